import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWav } from '../../audio';
import { packageRoot } from '../../config';
import { loadCorpus, readManifest } from '../../corpus';
import { keepPrinted } from '../__fixtures__/printed';
import { annotateCommand, checkCommand, listCommand, type AnnotateArguments } from './prompts';

const fixtures = join(packageRoot(), 'fixtures');
let root: string;
const printed = keepPrinted();
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'earshot-prompts-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const annotate = (wavs: readonly string[], over: Partial<AnnotateArguments> = {}): number =>
  annotateCommand({
    wavs,
    id: undefined,
    utterance: undefined,
    language: undefined,
    voice: undefined,
    transcript: undefined,
    licence: 'CC0-1.0',
    replies: false,
    force: false,
    reports: join(root, 'reports'),
    json: false,
    ...over,
  });

/** A WAV of the package under another name, beside a manifest of its own or none. */
function recorded(name: string, from = 'prompts/en-light-on-a.wav'): string {
  const folder = join(root, 'corpus', 'prompts');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  cpSync(join(fixtures, from), path);
  return path;
}

const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (thrown) {
    const { code, message } = thrown as { code: string; message: string };
    return `${code} ${message}`;
  }
  throw new Error('nothing was thrown');
};

const words = { transcript: 'Please turn on the kitchen light' };

describe('prompts annotate', () => {
  it('adds a clip that the corpus loads, with a plot to review it by', () => {
    const wav = recorded('en-lamp-on-c.wav');
    expect(annotate([wav], words)).toBe(0);
    const { clips } = readManifest(join(root, 'corpus', 'prompts'), 'prompt');
    expect(clips).toMatchObject([
      {
        id: 'en-lamp-on-c',
        utterance: 'en-lamp-on',
        language: 'en',
        voice: 'recorded',
        onsetSample: 2_400,
        offsetSample: 40_023,
      },
    ]);
    cpSync(join(fixtures, 'replies'), join(root, 'corpus', 'replies'), { recursive: true });
    expect(loadCorpus(join(root, 'corpus')).prompts.get('en-lamp-on-c')?.transcript).toBe(words.transcript);
    const plot = join(root, 'reports', 'prompts', 'en-lamp-on-c.html');
    expect(printed.text).toContain(
      `en-lamp-on-c  new  speech from 100.0 to 1667.7 ms (samples 2400 to 40023)  -20.4 dBFS\n  plot  ${plot}\n`,
    );
    expect(readFileSync(plot, 'utf8')).toContain('Please turn on the kitchen light');
  });

  it('asks for what the name of a new clip does not tell, and writes nothing until it knows', () => {
    const wav = recorded('lamp.wav');
    expect(refusal(() => annotate([wav]))).toBe(
      'HIL_CONFIG_USAGE lamp.wav is in no manifest yet; a new clip needs --transcript "what is said" and --language.',
    );
    expect(existsSync(join(root, 'corpus', 'prompts', 'prompts.yaml'))).toBe(false);
    annotate([wav], {
      ...words,
      language: 'en',
      id: 'en-lamp',
      utterance: 'en-lamp-on',
      voice: 'Ann',
      json: true,
    });
    expect(JSON.parse(printed.text)).toMatchObject({
      schema: 'earshot/annotations@1',
      clips: [{ id: 'en-lamp', utterance: 'en-lamp-on', voice: 'Ann', change: 'new' }],
    });
  });

  it('leaves a manifest that is right untouched', () => {
    cpSync(join(fixtures, 'replies'), join(root, 'replies'), { recursive: true });
    const manifest = join(root, 'replies', 'replies.yaml');
    const before = readFileSync(manifest, 'utf8');
    annotate([join(root, 'replies', 'en-joke-a.wav'), join(root, 'replies', 'zh-joke-a.wav')]);
    expect(printed.text).toMatch(/en-joke-a {2}unchanged[^]*zh-joke-a {2}unchanged/);
    expect(readFileSync(manifest, 'utf8')).toBe(before);
    expect(existsSync(join(root, 'reports', 'replies', 'zh-joke-a.html'))).toBe(true);
  });

  it('does not write over what somebody may have reviewed, unless it is told to', () => {
    const wav = recorded('en-lamp-on-c.wav');
    annotate([wav], words);
    const manifest = join(root, 'corpus', 'prompts', 'prompts.yaml');
    const reviewed = readFileSync(manifest, 'utf8').replace(
      'offsetSample: 40023',
      'offsetSample: 39900 # by ear',
    );
    writeFileSync(manifest, reviewed);
    expect(refusal(() => annotate([wav]))).toBe(
      `HIL_CORPUS_REVIEWED ${manifest}: en-lamp-on-c has speech from sample 2400 to 39900, annotated anew 2400 to 40023. Nothing was written; --force writes the new one.`,
    );
    expect(readFileSync(manifest, 'utf8')).toBe(reviewed);
    // The plot shows both.
    expect(readFileSync(join(root, 'reports', 'prompts', 'en-lamp-on-c.html'), 'utf8')).toContain(
      'class="end before"',
    );
    expect(annotate([wav], { force: true })).toBe(0);
    expect(readFileSync(manifest, 'utf8')).toContain('offsetSample: 40023 # by ear');
  });

  it('says so when the WAV itself is another one, and changes words without being forced', () => {
    const wav = recorded('en-lamp-on-c.wav');
    annotate([wav], words);
    annotate([wav], { transcript: 'Other words' });
    expect(readManifest(join(root, 'corpus', 'prompts'), 'prompt').clips[0]?.transcript).toBe('Other words');
    recorded('en-lamp-on-c.wav', 'prompts/en-light-off-a.wav');
    expect(refusal(() => annotate([wav]))).toMatch(
      /annotated anew 2400 to 42959, and its WAV is another one\. Nothing/,
    );
  });

  it('writes none of several when one is unfit', () => {
    const good = recorded('en-lamp-on-c.wav');
    const bad = join(root, 'corpus', 'prompts', 'en-lamp-on-d.wav');
    writeFileSync(bad, writeWav({ samples: new Float32Array(16_000), rateHz: 16_000 }));
    expect(refusal(() => annotate([good, bad], words))).toMatch(
      /^HIL_CORPUS_UNUSABLE en-lamp-on-d\.wav holds no speech/,
    );
    expect(existsSync(join(root, 'corpus', 'prompts', 'prompts.yaml'))).toBe(false);
  });

  it('gives one name to one clip', () => {
    const wavs = [recorded('en-lamp-on-c.wav'), recorded('en-lamp-on-d.wav')];
    expect(refusal(() => annotate(wavs, { ...words, id: 'en-lamp' }))).toMatch(
      /^HIL_CONFIG_USAGE --id names one clip/,
    );
    annotate(wavs, words);
    expect(refusal(() => annotate([wavs[0]!], { id: 'en-lamp-on-d' }))).toMatch(
      /is the clip en-lamp-on-c of/,
    );
  });
});

describe('prompts check and list', () => {
  it('find the corpus of the package right', () => {
    expect(checkCommand({ folder: undefined, json: false })).toBe(0);
    expect(printed.text).toBe('90 clips checked: as their manifests say\n');
  });

  it('ends with 2 and each difference', () => {
    const folder = join(root, 'corpus', 'prompts');
    annotate([recorded('en-lamp-on-c.wav')], words);
    const manifest = join(folder, 'prompts.yaml');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('onsetSample: 2400', 'onsetSample: 2401'));
    printed.clear();
    expect(checkCommand({ folder, json: false })).toBe(2);
    expect(printed.text).toBe(
      `${manifest}: en-lamp-on-c: onsetSample is 2400 in the WAV; the manifest says 2401\n1 clips checked: 1 differences\n`,
    );
    printed.clear();
    expect(checkCommand({ folder: join(root, 'corpus'), json: true })).toBe(2);
    expect(JSON.parse(printed.text)).toMatchObject({
      schema: 'earshot/corpus-check@1',
      clips: 1,
      differences: [{ id: 'en-lamp-on-c', field: 'onsetSample', manifest }],
    });
  });

  it('lists clips of both kinds', () => {
    expect(listCommand({ folder: undefined, json: false })).toBe(0);
    const lines = printed.text.trimEnd().split('\n');
    expect(lines).toHaveLength(90);
    expect(lines[0]).toMatch(/^prompt {2}en-light-on-a +en {2}1\.57 s {2}Please turn on the kitchen light$/);
    expect(lines.filter((line) => line.endsWith('(not recognisable)'))).toHaveLength(4);
    printed.clear();
    listCommand({ folder: join(fixtures, 'replies'), json: true });
    const { clips } = JSON.parse(printed.text) as { clips: { kind: string }[] };
    expect(new Set(clips.map(({ kind }) => kind))).toEqual(new Set(['reply']));
  });

  it('say that a folder holds no corpus', () => {
    expect(refusal(() => checkCommand({ folder: root, json: false }))).toMatch(
      /^HIL_CONFIG_FILE_MISSING There is no/,
    );
  });
});
