import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activeSpeechLevel, readWav, toPcm16 } from '../../audio';
import { packageRoot } from '../../config';
import { checkClips, readManifest } from '../../corpus';
import { fakeProgram } from '../__fixtures__/fake-program';
import { keepPrinted } from '../__fixtures__/printed';
import { recordPcm } from '../sound/record-pcm';
import { chooseProgram, recorders } from '../sound/sound-program';
import { recordCommand, type RecordArguments, type Stage } from './record';

const path = process.env['PATH'];
let root: string;
let shown: string;
const printed = keepPrinted();
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'earshot-record-'));
  shown = '';
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(root, { recursive: true });
});

/** A clip of the corpus as a microphone hears it: half a second later, in a quiet room. */
function microphone(amplitude = 0.5): Float32Array {
  const clip = readWav(readFileSync(join(packageRoot(), 'fixtures', 'prompts', 'en-light-on-a.wav')))
    .channels[0]!;
  return Float32Array.from({ length: 72_000 }, (_, n) => {
    const heard = amplitude * (clip[n - 12_000] ?? 0);
    return Math.max(-1, Math.min(1, heard + 1e-4 * Math.sin(n * n)));
  });
}

/** An arecord that gives this sound and then keeps its pipe open, as a microphone does. */
function arecord(samples: Float32Array, after = 'exec sleep 60'): void {
  const raw = join(root, 'microphone.raw');
  writeFileSync(raw, Buffer.from(toPcm16(samples).pcm.buffer));
  fakeProgram(root, 'arecord', `printf '%s\\n' "$@" > ${root}/args\ncat ${raw}\n${after}`);
}

const stage = (isTerminal: boolean): Stage => ({
  isTerminal,
  clock: {
    nowMs: () => 0,
    after: (_ms, callback) => {
      const timer = setImmediate(callback);
      return () => clearImmediate(timer);
    },
  },
  write: (text) => {
    shown += text;
  },
  onEnter: () => () => undefined,
});

const record = (over: Partial<RecordArguments> = {}, isTerminal = false): Promise<number> =>
  recordCommand(
    {
      id: 'en-lamp-on-a',
      transcript: 'Lamp on',
      utterance: undefined,
      language: undefined,
      voice: 'Ann',
      licence: 'CC0-1.0',
      to: join(root, 'prompts'),
      with: undefined,
      device: undefined,
      rateHz: 24_000,
      seconds: 3,
      countdown: 3,
      levelDbFs: -20,
      replies: false,
      force: false,
      dryRun: false,
      reports: join(root, 'reports'),
      json: false,
      ...over,
    },
    stage(isTerminal),
  );

describe('record', () => {
  it('takes a prompt into the corpus: cut to its speech, at the level, annotated, drawn', async () => {
    arecord(microphone());
    expect(await record({ device: 'hw:CARD=USB' })).toBe(0);
    expect(readFileSync(join(root, 'args'), 'utf8').trim().split('\n')).toEqual([
      ...['-q', '-t', 'raw', '-f', 'S16_LE', '-c', '1', '-r', '24000', '-D', 'hw:CARD=USB'],
    ]);
    const manifest = readManifest(join(root, 'prompts'), 'prompt');
    expect(manifest.licence).toBe('CC0-1.0');
    expect(manifest.clips).toMatchObject([
      {
        id: 'en-lamp-on-a',
        utterance: 'en-lamp-on',
        voice: 'Ann',
        transcript: 'Lamp on',
        onsetSample: 2_400,
      },
    ]);
    const [clip] = manifest.clips;
    // The corpus's own annotation of the same speech: 37 624 samples, found again to a frame at each end.
    expect(Math.abs(clip!.offsetSample + 1 - clip!.onsetSample - 37_624)).toBeLessThanOrEqual(480);
    expect(checkClips(manifest)).toEqual([]);
    const { channels } = readWav(readFileSync(join(root, 'prompts', 'en-lamp-on-a.wav')));
    expect(activeSpeechLevel(channels[0]!, 24_000)!.levelDbFs).toBeCloseTo(-20, 0);
    expect(existsSync(join(root, 'reports', 'prompts', 'en-lamp-on-a.html'))).toBe(true);
    expect(shown).toBe('');
  });

  it('counts down and shows the level on a terminal', async () => {
    arecord(microphone());
    await record({ dryRun: true }, true);
    expect(shown).toMatch(/^Say: Lamp on\n\r3 … \r2 … \r1 … /);
    expect(shown).toMatch(/\rspeak, then Enter {2}\[#*\|? *\] (-\d+|silent) dBFS, peak/);
    expect(printed.text).toMatch(/nothing was written \(--dry-run\)/);
    expect(existsSync(join(root, 'prompts'))).toBe(false);
  });

  it('ends when it is stopped', async () => {
    arecord(microphone());
    const stop = new AbortController();
    const { samples } = await recordPcm({
      program: chooseProgram(recorders, 'arecord'),
      rateHz: 24_000,
      device: undefined,
      longestMs: 60_000,
      stop: stop.signal,
      onPiece: (piece, atMs) => {
        if (atMs + (piece.length * 1000) / 24_000 >= 2_900) stop.abort();
      },
    });
    expect(samples.length).toBeGreaterThanOrEqual(69_600);
    expect(samples.length).toBeLessThanOrEqual(72_000);
  });

  it.each<[string, () => void, RegExp]>([
    ['a take that is clipped', () => arecord(microphone(30)), /en-lamp-on-a\.wav is clipped/],
    ['silence', () => arecord(new Float32Array(72_000)), /holds no speech/],
    [
      'a take that was cut',
      () =>
        arecord(
          microphone().subarray(20_000, 92_000).slice(0, 52_000),
          `cat ${join(root, 'microphone.raw')}`,
        ),
      /sound up to its very beginning/,
    ],
  ])('refuses %s and writes nothing', async (_, prepare, message) => {
    prepare();
    await expect(record()).rejects.toThrow(message);
    expect(existsSync(join(root, 'prompts'))).toBe(false);
    expect(existsSync(join(root, 'reports'))).toBe(false);
  });

  it('says before anybody speaks what is wrong with the name', async () => {
    arecord(microphone());
    await record();
    rmSync(join(root, 'args'));
    await expect(record()).rejects.toMatchObject({ code: 'HIL_CORPUS_EXISTS' });
    await expect(record({ id: 'Lamp On' })).rejects.toThrow(/--language|lower-case words/);
    await expect(record({ seconds: undefined })).rejects.toThrow(/give --seconds/);
    expect(existsSync(join(root, 'args'))).toBe(false);
    expect(await record({ force: true })).toBe(0);
  });

  it('tells what the recorder says when it gives up, and which package has it', async () => {
    arecord(microphone().subarray(0, 2_400), 'echo "read error: Input/output error" >&2; exit 1');
    await expect(record()).rejects.toMatchObject({
      code: 'HIL_CORPUS_SOUND',
      message:
        'arecord ended with exit code 1 after 100 ms of sound; it wrote "read error: Input/output error".',
    });
    await expect(record({ with: 'parec' })).rejects.toThrow(
      /^parec \(package pulseaudio-utils\) is not installed/,
    );
  });
});
