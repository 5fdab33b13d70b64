import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activeSpeechLevel, readWav } from '../../audio';
import { packageRoot } from '../../config';
import { checkClips, readManifest } from '../../corpus';
import { fakeProgram } from '../__fixtures__/fake-program';
import { keepPrinted } from '../__fixtures__/printed';
import { synthCommand, type SynthArguments } from './prompts-synth';

const path = process.env['PATH'];
let root: string;
const printed = keepPrinted();
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'earshot-synth-'));
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(root, { recursive: true });
});

const synth = (over: Partial<SynthArguments> = {}): number =>
  synthCommand({
    id: 'en-lamp-on-a',
    transcript: 'Lamp on',
    speaker: undefined,
    wordsPerMinute: 150,
    pitch: 40,
    utterance: undefined,
    language: undefined,
    licence: undefined,
    to: join(root, 'prompts'),
    levelDbFs: -26,
    replies: false,
    force: false,
    dryRun: false,
    reports: join(root, 'reports'),
    json: false,
    ...over,
  });

/** An espeak-ng that says a clip of the corpus, its silence cut off as by -z, with a size that a stream leaves open. */
const espeak = (): void => {
  const wav = join(packageRoot(), 'fixtures', 'prompts', 'en-light-on-a.wav');
  fakeProgram(
    root,
    'espeak-ng',
    `printf '%s\\n' "$@" > ${root}/args\nhead -c 40 ${wav}; printf '\\000\\360\\377\\177'; tail -c +4845 ${wav} | head -c 75248`,
  );
};

describe('prompts synth', () => {
  it('has the sentence spoken, cut, levelled and annotated', () => {
    espeak();
    expect(synth()).toBe(0);
    expect(readFileSync(join(root, 'args'), 'utf8').trim().split('\n')).toEqual([
      ...['-v', 'en-us', '-s', '150', '-p', '40', '-z', '--stdout', '--', 'Lamp on'],
    ]);
    const manifest = readManifest(join(root, 'prompts'), 'prompt');
    expect(manifest.licence).toBe('LicenseRef-Proprietary');
    expect(manifest.clips).toMatchObject([
      { id: 'en-lamp-on-a', utterance: 'en-lamp-on', voice: 'espeak-ng en-us', onsetSample: 2_400 },
    ]);
    expect(checkClips(manifest)).toEqual([]);
    const { channels, rateHz } = readWav(readFileSync(join(root, 'prompts', 'en-lamp-on-a.wav')));
    expect(activeSpeechLevel(channels[0]!, rateHz)!.levelDbFs).toBeCloseTo(-26, 1);
    expect(printed.text).toMatch(
      /^en-lamp-on-a {2}new {2}speech from 100\.0 to 16\d\d\.\d ms {2}-26\.0 dBFS/,
    );
    expect(existsSync(join(root, 'reports', 'prompts', 'en-lamp-on-a.html'))).toBe(true);
  });

  it('changes nothing the second time, nor in a dry run', () => {
    espeak();
    synth({ dryRun: true, json: true });
    expect(JSON.parse(printed.text)).toMatchObject({
      schema: 'earshot/clip-made@1',
      dryRun: true,
      change: 'new',
    });
    expect(existsSync(join(root, 'prompts'))).toBe(false);
    synth();
    printed.clear();
    synth();
    expect(printed.text).toMatch(/^en-lamp-on-a {2}unchanged/);
    expect(() => synth({ levelDbFs: -30 })).toThrow(/en-lamp-on-a was not written/);
    expect(synth({ levelDbFs: -30, force: true })).toBe(0);
  });

  it('names the package of a program that is missing, and what the program says', () => {
    fakeProgram(root, 'other', '');
    expect(() => synth()).toThrow(
      expect.objectContaining({
        code: 'HIL_CORPUS_PROGRAM',
        message: expect.stringMatching(/package espeak-ng .*`apt install espeak-ng`/) as string,
      }) as Error,
    );
    fakeProgram(root, 'espeak-ng', 'echo "voice does not exist" >&2; exit 1');
    expect(() => synth({ speaker: 'tlh' })).toThrow(
      /said nothing for voice tlh \(ended with 1: voice does not exist\)/,
    );
    expect(() => synth({ id: 'lamp' })).toThrow(/lamp does not begin with a language/);
  });
});
