import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWav } from '../audio';
import { packageRoot } from '../config';
import {
  annotateWav,
  checkClips,
  fileInManifest,
  kindOfFolder,
  readManifest,
  writeClips,
  type ManifestClip,
} from '.';

const RATE_HZ = 16_000;
/** A burst from 300 ms to 900 ms in 1.2 s of digital silence. */
const tone = (amplitude: number, fromMs = 300, toMs = 900): Float32Array =>
  Float32Array.from({ length: 1.2 * RATE_HZ }, (_, n) => {
    const atMs = (n * 1000) / RATE_HZ;
    return atMs < fromMs || atMs >= toMs ? 0 : amplitude * Math.cos((2 * Math.PI * 700 * n) / RATE_HZ);
  });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-manifest-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const saved = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const wav = (samples: Float32Array, rateHz = RATE_HZ): Buffer => writeWav({ samples, rateHz });

/** The same as 32-bit float. */
function floatWav(samples: Float32Array): Buffer {
  const bytes = Buffer.concat([wav(samples).subarray(0, 44), Buffer.from(samples.buffer)]);
  bytes.writeUInt32LE(36 + samples.length * 4, 4);
  bytes.writeUInt16LE(3, 20);
  bytes.writeUInt32LE(RATE_HZ * 4, 28);
  bytes.writeUInt16LE(4, 32);
  bytes.writeUInt16LE(32, 34);
  bytes.writeUInt32LE(samples.length * 4, 40);
  return bytes;
}

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (thrown) {
    const { code, message } = thrown as { code: string; message: string };
    return `${code} ${message}`;
  }
  throw new Error('nothing was thrown');
};

describe('annotateWav', () => {
  it('finds the very samples of a burst, and the hash of the bytes', () => {
    const bytes = wav(tone(0.3));
    const { annotation, speech } = annotateWav(saved('a.wav', bytes));
    expect(annotation).toMatchObject({
      rateHz: RATE_HZ,
      lengthSamples: 19_200,
      onsetSample: 4_800,
      offsetSample: 14_399,
    });
    expect(annotation.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Math.abs(speech.activeLevelDbFs - (20 * Math.log10(0.3) - 3.01))).toBeLessThan(2);
  });

  const clippedTone = tone(1.4).map((sample) => Math.max(-0.99, Math.min(0.99, sample)));
  it.each<[string, Uint8Array, string]>([
    ['clipped', wav(clippedTone), 'HIL_CORPUS_UNUSABLE a.wav is clipped: '],
    ['silent', wav(new Float32Array(RATE_HZ)), 'HIL_CORPUS_UNUSABLE a.wav holds no speech'],
    [
      'cut at its beginning',
      wav(tone(0.3, 0)),
      'HIL_CORPUS_UNUSABLE a.wav has sound up to its very beginning:',
    ],
    ['cut at its end', wav(tone(0.3, 300, 1200)), 'HIL_CORPUS_UNUSABLE a.wav has sound up to its very end:'],
    [
      'noisy throughout',
      wav(tone(0.3).map((sample, n) => sample + 0.02 * Math.cos(n * n))),
      'HIL_CORPUS_UNUSABLE a.wav has sound up to its very beginning and end:',
    ],
    [
      'stereo',
      writeWav({ channels: [tone(0.3), tone(0.3)], rateHz: RATE_HZ }),
      'HIL_AUDIO_NOT_WAV a.wav has 2 channels; expected 1.',
    ],
    ['no WAV', Buffer.from('ID3'), 'HIL_AUDIO_NOT_WAV '],
    [
      'cut off by a copy that failed',
      wav(tone(0.3)).subarray(0, 30_044),
      'HIL_CORPUS_UNUSABLE a.wav is cut off: 8400 bytes of the sound',
    ],
    [
      'of floats that are no number',
      floatWav(tone(0.3).map((sample, n) => (n === 5_000 ? NaN : sample))),
      'HIL_CORPUS_UNUSABLE a.wav holds 1 samples that are no number',
    ],
    ['at another rate', wav(tone(0.3), 96_000), 'HIL_AUDIO_RATE a.wav is at 96000 Hz'],
  ])('refuses a file that is %s', (_, bytes, refusal) => {
    const path = saved('a.wav', bytes);
    const said = codeOf(() => annotateWav(path));
    expect(said.startsWith(refusal)).toBe(true);
    expect(said).toContain(path);
  });

  it('says that a file is missing', () => {
    expect(codeOf(() => annotateWav(join(folder, 'gone.wav')))).toMatch(/^HIL_CONFIG_FILE_MISSING .*ENOENT/);
    mkdirSync(join(folder, 'folder.wav'));
    expect(codeOf(() => annotateWav(join(folder, 'folder.wav')))).toMatch(
      /^HIL_CONFIG_FILE_MISSING .*\(it is no file\)/,
    );
  });
});

describe('a manifest', () => {
  const clip = (id: string, over: Partial<ManifestClip> = {}): ManifestClip => ({
    id,
    utterance: 'en-hello',
    file: `${id}.wav`,
    language: 'en',
    voice: 'recorded',
    transcript: 'Hello: "you", there',
    sha256: 'ab'.repeat(32),
    rateHz: RATE_HZ,
    lengthSamples: 1_000,
    onsetSample: 10,
    offsetSample: 900,
    recognisable: true,
    ...over,
  });

  it('is made where there is none, and read back as it was written', () => {
    const clips = [clip('en-hello-a'), clip('en-hello-b', { recognisable: false })];
    writeClips(readManifest(folder, 'reply'), clips, 'CC0-1.0');
    const made = readManifest(folder, 'reply');
    expect(made.clips).toEqual(clips);
    expect(readFileSync(made.path, 'utf8')).toMatch(
      /^schema: earshot\/clips@1\nkind: reply\nlicence: CC0-1\.0\nclips:\n {2}- id: en-hello-a\n/,
    );
    expect(readdirSync(folder)).toEqual(['replies.yaml']);
  });

  it.each(['\n', '\r\n'])(
    'keeps comments, order and everything that is not changed, line ends %j',
    (newline) => {
      const text = [
        '# Ours. Do not reorder.',
        'kind: prompt # of the kitchen',
        'schema: earshot/clips@1',
        'licence: CC0-1.0',
        '',
        'clips:',
        '  # The first one.',
        '  - transcript: "Hello"',
        '    id: en-hello-a',
        '    utterance: en-hello',
        '    file: en-hello-a.wav',
        '    language: en',
        "    voice: 'Ann'",
        `    sha256: ${'ab'.repeat(32)}`,
        '    rateHz: 16000',
        '    lengthSamples: 1000 # one thousand',
        '    onsetSample: 10',
        '    offsetSample: 900 # reviewed by Ann',
        '',
      ].join(newline);
      writeFileSync(join(folder, 'prompts.yaml'), text);
      const manifest = readManifest(folder, 'prompt');
      writeClips(manifest, [{ ...manifest.clips[0]!, offsetSample: 910 }, clip('en-hello-b')], 'unused');
      const written = readFileSync(manifest.path, 'utf8');
      const expected = text.replace('offsetSample: 900', 'offsetSample: 910');
      expect(written.slice(0, expected.length)).toBe(expected);
      expect(written.slice(expected.length)).toContain(`  - id: en-hello-b${newline}`);
      expect(readManifest(folder, 'prompt').clips.map(({ id }) => id)).toEqual(['en-hello-a', 'en-hello-b']);
    },
  );

  it('is not written when it would be none', () => {
    const manifest = readManifest(folder, 'prompt');
    expect(codeOf(() => writeClips(manifest, [clip('Not An Id')], 'CC0-1.0'))).toMatch(
      /^HIL_CONFIG_INVALID .*prompts\.yaml was not written: clips\.0\.id/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('holds what its folder says', () => {
    expect(kindOfFolder(folder)).toBe('prompt');
    mkdirSync(join(folder, 'replies'));
    expect(kindOfFolder(join(folder, 'replies'))).toBe('reply');
    writeFileSync(join(folder, 'replies.yaml'), '');
    expect(kindOfFolder(folder)).toBe('reply');
  });

  it('names WAVs by paths with slashes, in or below its folder', () => {
    const manifest = readManifest(folder, 'prompt');
    expect(fileInManifest(manifest, join(folder, 'ann', 'a.wav'))).toBe('ann/a.wav');
    expect(codeOf(() => fileInManifest(manifest, join(folder, '..', 'a.wav')))).toMatch(/^HIL_CONFIG_USAGE /);
  });
});

describe('checkClips', () => {
  it.each(['prompt', 'reply'] as const)('finds every %s of the package as its manifest says', (kind) => {
    const manifest = readManifest(
      join(packageRoot(), 'fixtures', kind === 'prompt' ? 'prompts' : 'replies'),
      kind,
    );
    expect(manifest.clips.length).toBeGreaterThanOrEqual(30);
    expect(checkClips(manifest)).toEqual([]);
  });

  it('names each field that differs, and each WAV that is unfit', () => {
    const { annotation } = annotateWav(saved('en-a.wav', wav(tone(0.3))));
    saved('en-c.wav', wav(new Float32Array(RATE_HZ)));
    const base = {
      utterance: 'en',
      language: 'en',
      voice: 'v',
      transcript: 't',
      recognisable: true,
      ...annotation,
    };
    const clips = [
      { ...base, id: 'en-a', file: 'en-a.wav', offsetSample: annotation.offsetSample - 160 },
      { ...base, id: 'en-b', file: 'en-b.wav' },
      { ...base, id: 'en-c', file: 'en-c.wav' },
    ];
    writeClips(readManifest(folder, 'prompt'), clips, 'CC0-1.0');
    expect(checkClips(readManifest(folder, 'prompt'))).toEqual([
      {
        id: 'en-a',
        field: 'offsetSample',
        message: 'offsetSample is 14399 in the WAV; the manifest says 14239',
      },
      {
        id: 'en-b',
        field: undefined,
        message: expect.stringMatching(/^HIL_CONFIG_FILE_MISSING: /) as string,
      },
      { id: 'en-c', field: undefined, message: expect.stringMatching(/^HIL_CORPUS_UNUSABLE: /) as string },
    ]);
  });
});
