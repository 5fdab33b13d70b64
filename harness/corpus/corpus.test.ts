import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { writeWav } from '../audio';
import { loadScenario, packageRoot } from '../config';
import type { Corpus } from '../ports';
import { checkScenario, corpusSha256, loadCorpus, readSpeechClip } from '.';

const fixtures = join(packageRoot(), 'fixtures');
const wav = writeWav({ samples: new Float32Array(1600), rateHz: 16_000 });
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A corpus of one prompt and one reply on disk, its prompt changed as a test wants it. */
function folderWith(
  changes: Readonly<Record<string, unknown>> = {},
  bytes: Buffer | undefined = wav,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-corpus-'));
  for (const [place, kind] of [
    ['prompts', 'prompt'],
    ['replies', 'reply'],
  ] as const) {
    mkdirSync(join(folder, place));
    const clip = {
      id: 'en-hello-a',
      utterance: 'en-hello',
      file: 'en-hello-a.wav',
      language: 'en',
      voice: 'test',
      transcript: 'Hello',
      sha256: sha256(wav),
      rateHz: 16_000,
      lengthSamples: 1600,
      onsetSample: 100,
      offsetSample: 1500,
      ...(kind === 'prompt' ? changes : {}),
    };
    const manifest = { schema: 'earshot/clips@1', kind, licence: 'CC0-1.0', clips: [clip] };
    writeFileSync(join(folder, place, `${place}.yaml`), JSON.stringify(manifest, undefined, 2));
    writeFileSync(join(folder, place, 'en-hello-a.wav'), kind === 'prompt' ? bytes : wav);
  }
  return folder;
}

const refusal = (load: () => unknown): { readonly code: string; readonly message: string } => {
  try {
    load();
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was thrown');
};

const promptOf = (corpus: Corpus, id: string) => corpus.prompts.get(id)!;

describe('loadCorpus', () => {
  let corpus: Corpus;
  beforeAll(() => {
    corpus = loadCorpus(fixtures);
  });

  it('reads the corpus of the package', () => {
    const clip = promptOf(corpus, 'en-light-on-a');
    expect(clip).toMatchObject({ kind: 'prompt', utterance: 'en-light-on', recognisable: true });
    expect(corpus.replies.get('zh-sorry-a')?.kind).toBe('reply');
    expect(corpus.prompts.get('en-greeting-a')?.kind).toBe('prompt');
    expect(corpus.replies.get('en-greeting-a')?.kind).toBe('reply');
    expect([...corpus.prompts.values()].some(({ recognisable }) => recognisable === false)).toBe(true);
  });

  it('reads the sound of a clip once', () => {
    const clip = promptOf(corpus, 'en-light-on-a');
    const sound = readSpeechClip(clip);
    expect(sound).toMatchObject({ rateHz: clip.rateHz });
    expect(sound.samples).toHaveLength(clip.lengthSamples);
    expect(readSpeechClip(clip)).toBe(sound);
  });

  it('hashes a corpus whatever the order of its clips, and notices every change', () => {
    const turned = { ...corpus, prompts: new Map([...corpus.prompts].reverse()) };
    expect(corpusSha256(turned)).toBe(corpusSha256(corpus));
    const shorter = { ...corpus, prompts: new Map([...corpus.prompts].slice(1)) };
    expect(corpusSha256(shorter)).not.toBe(corpusSha256(corpus));
  });

  it('loads a small corpus of its own', () => {
    const own = loadCorpus(folderWith({ recognisable: false }));
    expect(promptOf(own, 'en-hello-a')).toMatchObject({ licence: 'CC0-1.0', recognisable: false });
  });

  it('gives both hashes of a WAV that has changed', () => {
    const other = writeWav({ samples: new Float32Array(1600).fill(0.5), rateHz: 16_000 });
    const { code, message } = refusal(() => loadCorpus(folderWith({}, other)));
    expect(code).toBe('HIL_CORPUS_HASH');
    expect(message).toContain(sha256(wav));
    expect(message).toContain(sha256(other));
  });

  it('notices a WAV that changes after it was loaded', () => {
    const folder = folderWith();
    const own = loadCorpus(folder);
    rmSync(join(folder, 'prompts', 'en-hello-a.wav'));
    expect(refusal(() => readSpeechClip(promptOf(own, 'en-hello-a'))).code).toBe('HIL_CONFIG_FILE_MISSING');
  });

  it.each([
    ['a text file', Buffer.from('this is no sound')],
    ['an empty file', Buffer.alloc(0)],
    ['stereo', writeWav({ channels: [new Float32Array(10), new Float32Array(10)], rateHz: 16_000 })],
  ])('refuses %s in place of a WAV', (_, bytes) => {
    const refused = refusal(() => loadCorpus(folderWith({ sha256: sha256(bytes) }, bytes)));
    expect(refused).toMatchObject({
      code: 'HIL_AUDIO_NOT_WAV',
      message: expect.stringContaining('prompt en-hello-a'),
    });
  });

  it.each([
    ['HIL_CORPUS_ANNOTATION', '1600 samples at 16000 Hz; the manifest says 1601', { lengthSamples: 1601 }],
    ['HIL_CORPUS_ANNOTATION', '1600 samples at 16000 Hz; the manifest says 1600 at 8000', { rateHz: 8000 }],
    ['HIL_CONFIG_FILE_MISSING', 'cannot be read (ENOENT)', { file: 'gone.wav' }],
    ['HIL_CONFIG_INVALID', 'clips[0].onsetSample is 1500; expected less than', { onsetSample: 1500 }],
    ['HIL_CONFIG_INVALID', 'clips[0].offsetSample is 1600; expected less than', { offsetSample: 1600 }],
    ['HIL_CONFIG_INVALID', 'clips[0].file is "../x.wav"; expected a .wav in', { file: '../x.wav' }],
    ['HIL_CONFIG_INVALID', 'clips[0].file is "/x.wav"; expected a .wav in', { file: '/x.wav' }],
    ['HIL_CONFIG_INVALID', 'clips[0].sha256 is "00"; expected 64 lower-case', { sha256: '00' }],
    ['HIL_CONFIG_INVALID', 'clips[0].onsetSampel is unknown; did you mean onsetSample?', { onsetSampel: 1 }],
  ])('ends with %s: %s', (code, message, changes) => {
    const refused = refusal(() => loadCorpus(folderWith(changes)));
    expect(refused).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('refuses two clips with one id', () => {
    const folder = folderWith();
    const path = join(folder, 'prompts', 'prompts.yaml');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as { clips: unknown[] };
    manifest.clips.push(manifest.clips[0]);
    writeFileSync(path, JSON.stringify(manifest, undefined, 2));
    expect(refusal(() => loadCorpus(folder)).message).toMatch(/prompts\.yaml:\d+:\d+: .*clips\[1\]\.id/);
  });

  it('refuses replies in the place of prompts', () => {
    const folder = folderWith();
    cpSync(join(folder, 'replies', 'replies.yaml'), join(folder, 'prompts', 'prompts.yaml'));
    expect(refusal(() => loadCorpus(folder)).message).toContain('kind is "reply"; expected prompt');
  });
});

describe('checkScenario', () => {
  let corpus: Corpus;
  beforeAll(() => {
    corpus = loadCorpus(fixtures);
  });
  const path = join(fixtures, 'scenarios', 'voice-assistant.yaml');
  const scenario = loadScenario(path);

  it('finds everything that the scenario of the package hears and says', () => {
    expect(() => checkScenario(scenario, corpus, path)).not.toThrow();
  });

  it('has an answer to every recognisable prompt', () => {
    const heard = new Set(scenario.turns.flatMap((turn) => turn.heard));
    const recognisable = [...corpus.prompts.values()].filter((clip) => clip.recognisable !== false);
    expect(recognisable.filter(({ utterance }) => !heard.has(utterance))).toEqual([]);
  });

  it.each([
    [
      { heard: ['en-ligth-on'], calls: [] },
      'own.yaml: turns[0].heard[0] is en-ligth-on; no prompt says that; did you mean',
    ],
    [
      { heard: ['en-off-topic'], calls: [] },
      'turns[0].heard[0] is en-off-topic; that prompt is not recognisable',
    ],
    [{ heard: ['zh-joke'], calls: [], say: { en: 'en-joke' } }, 'its language zh has no entry in say'],
    [
      { heard: ['en-joke'], calls: [], say: { en: 'zh-joke' } },
      'turns[0].say.en is zh-joke; that reply is in the language zh',
    ],
    [
      { heard: ['en-joke'], calls: [], say: { en: 'en-jokes' } },
      'turns[0].say.en is en-jokes; no reply says that; did you mean en-joke?',
    ],
  ])('refuses %j', (turn, message) => {
    expect(refusal(() => checkScenario({ ...scenario, turns: [turn] }, corpus, 'own.yaml'))).toMatchObject({
      code: 'HIL_CORPUS_UNKNOWN_CLIP',
      message: expect.stringContaining(message),
    });
  });
});
