import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activeSpeechLevel, readWav, writeWav } from '../../audio';
import { packageRoot } from '../../config';
import { checkClips, readManifest } from '../../corpus';
import { keepPrinted } from '../__fixtures__/printed';
import { importCommand, type ImportArguments } from './prompts-import';

const fixture = (name: string): string => join(packageRoot(), 'fixtures', 'prompts', name);
let root: string;
const printed = keepPrinted();
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'earshot-import-'));
  mkdirSync(join(root, 'takes'));
});
afterEach(() => rmSync(root, { recursive: true }));

const take = (name: string, bytes: Uint8Array, words?: string): void => {
  writeFileSync(join(root, 'takes', name), bytes);
  if (words !== undefined) writeFileSync(join(root, 'takes', name.replace(/wav$/i, 'txt')), words);
};
const good = (): Buffer => readFileSync(fixture('en-light-on-a.wav'));
const corpus = (): string => join(root, 'corpus', 'prompts');

const importing = (over: Partial<ImportArguments> = {}): number => {
  printed.clear();
  return importCommand({
    from: join(root, 'takes'),
    to: corpus(),
    language: undefined,
    voice: 'Ann',
    transcripts: undefined,
    licence: 'CC-BY-4.0',
    levelDbFs: undefined,
    replies: false,
    force: false,
    dryRun: false,
    reports: join(root, 'reports'),
    json: false,
    ...over,
  });
};

const tone = (amplitude: number, rateHz: number): Float32Array =>
  Float32Array.from({ length: 1.2 * rateHz }, (_, n) =>
    n < 0.3 * rateHz || n >= 0.9 * rateHz ? 0 : amplitude * Math.cos((2 * Math.PI * 700 * n) / rateHz),
  );

describe('prompts import', () => {
  it('takes what is fit and names each other file with what is wrong with it', () => {
    take('My Take_1.wav', good(), 'Please turn on the kitchen light\n');
    take(
      'en-clipped.wav',
      writeWav({ samples: tone(1.4, 16_000).map((s) => Math.max(-0.9, Math.min(0.9, s))), rateHz: 16_000 }),
      'x',
    );
    take('en-silent.wav', writeWav({ samples: new Float32Array(16_000), rateHz: 16_000 }), 'x');
    take(
      'en-stereo.wav',
      writeWav({ channels: [tone(0.3, 16_000), tone(0.3, 16_000)], rateHz: 16_000 }),
      'x',
    );
    take('en-fast.wav', writeWav({ samples: tone(0.3, 96_000), rateHz: 96_000 }), 'x');
    take('en-mp3.wav', Buffer.from('4944330300000000000f54495432', 'hex'), 'x');
    take('en-wordless.wav', good());
    take('en-cut.wav', good().subarray(0, 60_000), 'x');
    take('notes.md', Buffer.from('no sound'));
    expect(importing({ language: 'en' })).toBe(2);
    const of = (name: string): string | undefined =>
      printed.text.split('\n').find((line) => line.includes(name));
    expect(of('my-take-1')).toMatch(
      /^new {8}my-take-1 {2}1\.57 s of speech {2}-2\d\.\d dBFS {2}Please turn on/,
    );
    expect(of('en-clipped.wav')).toMatch(
      /^refused .*HIL_CORPUS_UNUSABLE: en-clipped\.wav is clipped: \d+ samples/,
    );
    expect(of('en-silent.wav')).toMatch(/^refused .*holds no speech/);
    expect(of('en-stereo.wav')).toMatch(/^refused .*HIL_AUDIO_NOT_WAV: .*has 2 channels; expected 1/);
    expect(of('en-fast.wav')).toMatch(/^refused .*HIL_AUDIO_RATE: .*at 96000 Hz; expected 8000 to 48000/);
    expect(of('en-mp3.wav')).toMatch(/^refused .*HIL_AUDIO_NOT_WAV: .*it is MP3/);
    expect(of('en-wordless.wav')).toMatch(/^refused .*put it into en-wordless\.txt beside it/);
    expect(of('en-cut.wav')).toMatch(/^refused .*is cut off: 29692 bytes/);
    expect(printed.text).toContain('8 WAVs: 1 new, 0 changed, 0 unchanged, 7 refused\n');
    const { clips, licence } = readManifest(corpus(), 'prompt');
    expect(licence).toBe('CC-BY-4.0');
    expect(clips).toMatchObject([{ id: 'my-take-1', file: 'my-take-1.wav', voice: 'Ann', language: 'en' }]);
    expect(readFileSync(join(corpus(), 'my-take-1.wav')).equals(good())).toBe(true);
    expect(existsSync(join(root, 'reports', 'prompts', 'my-take-1.html'))).toBe(true);
    expect(checkClips(readManifest(corpus(), 'prompt'))).toEqual([]);
  });

  it('writes nothing when it is told so, and nothing again what is there', () => {
    take('en-lamp-a.wav', good(), 'Lamp on');
    expect(importing({ dryRun: true })).toBe(0);
    expect(printed.text).toContain(
      '1 new, 0 changed, 0 unchanged, 0 refused; nothing was written (--dry-run)',
    );
    expect(existsSync(corpus())).toBe(false);
    expect(existsSync(join(root, 'reports'))).toBe(false);
    importing();
    const before = readFileSync(join(corpus(), 'prompts.yaml'), 'utf8');
    expect(importing({ json: true })).toBe(0);
    expect(JSON.parse(printed.text)).toMatchObject({
      schema: 'earshot/clips-import@1',
      licence: 'CC-BY-4.0',
      counts: { new: 0, changed: 0, unchanged: 1, refused: 0 },
      files: [{ change: 'unchanged', clip: { id: 'en-lamp-a' } }],
    });
    expect(readFileSync(join(corpus(), 'prompts.yaml'), 'utf8')).toBe(before);
  });

  it('leaves alone what differs, and writes over it when forced', () => {
    take('en-lamp-a.wav', good(), 'Lamp on');
    importing();
    cpSync(fixture('en-light-off-a.wav'), join(root, 'takes', 'en-lamp-a.wav'));
    expect(importing()).toBe(2);
    expect(printed.text).toMatch(
      /^refused .*HIL_CORPUS_EXISTS: en-lamp-a was not written: .*another clip en-lamp-a, and there is another file/m,
    );
    expect(readFileSync(join(corpus(), 'en-lamp-a.wav')).equals(good())).toBe(true);
    expect(importing({ force: true })).toBe(0);
    expect(printed.text).toContain('0 new, 1 changed');
    expect(checkClips(readManifest(corpus(), 'prompt'))).toEqual([]);
  });

  it('cuts and levels on request, and tells two files of one name', () => {
    take('en-lamp-a.wav', good(), 'Lamp on');
    take('en lamp a.wav', good(), 'Lamp on');
    expect(importing({ levelDbFs: -30 })).toBe(2);
    expect(printed.text).toMatch(
      /^refused {4}en-lamp-a\.wav {2}HIL_CORPUS_EXISTS: Another file of this folder/m,
    );
    const { channels, rateHz } = readWav(readFileSync(join(corpus(), 'en-lamp-a.wav')));
    expect(activeSpeechLevel(channels[0]!, rateHz)!.levelDbFs).toBeCloseTo(-30, 1);
    // 100 ms of silence; the faintest first samples are lost in 16 bits at this level.
    expect(readManifest(corpus(), 'prompt').clips[0]?.onsetSample).toBeGreaterThanOrEqual(2_400);
    expect(readManifest(corpus(), 'prompt').clips[0]?.onsetSample).toBeLessThan(2_440);
    expect(readdirSync(corpus()).sort()).toEqual(['en-lamp-a.wav', 'prompts.yaml']);
  });

  it('keeps to one licence, and says that there is nothing', () => {
    expect(() => importing()).toThrow(/There is no \.wav in /);
    expect(() => importing({ from: join(root, 'none') })).toThrow(/cannot be read \(ENOENT\)/);
    take('en-lamp-a.wav', good(), 'Lamp on');
    importing();
    expect(() => importing({ licence: 'MIT' })).toThrow(
      /are under CC-BY-4\.0; MIT would need a folder of its own/,
    );
    take('en-lamp-b.wav', good(), 'Lamp on');
    expect(importing({ licence: undefined })).toBe(0);
  });
});
