import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activeSpeechLevel, peakDbFs } from '../../audio';
import { packageRoot } from '../../config';
import { fakeProgram } from '../__fixtures__/fake-program';
import { keepPrinted } from '../__fixtures__/printed';
import { playCommand, type PlayArguments } from './prompts-play';

const path = process.env['PATH'];
let root: string;
const printed = keepPrinted();
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'earshot-play-'));
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(root, { recursive: true });
});

const play = (over: Partial<PlayArguments> = {}): Promise<number> =>
  playCommand({
    clip: 'en-light-on-a',
    folder: undefined,
    levelDbFs: undefined,
    with: undefined,
    device: undefined,
    times: 1,
    dryRun: false,
    json: false,
    ...over,
  });

describe('prompts play', () => {
  it('hands the program the very samples, at the level, as often as wanted', async () => {
    fakeProgram(root, 'aplay', `printf '%s\\n' "$@" > ${root}/args; cat >> ${root}/heard`);
    expect(await play({ levelDbFs: -35, times: 2, device: 'hw:CARD=USB' })).toBe(0);
    expect(readFileSync(join(root, 'args'), 'utf8').trim().split('\n')).toEqual([
      ...['-q', '-t', 'raw', '-f', 'S16_LE', '-c', '1', '-r', '24000', '-D', 'hw:CARD=USB'],
    ]);
    const heard = readFileSync(join(root, 'heard'));
    expect(heard).toHaveLength(2 * 2 * 44_824);
    const samples = Float32Array.from({ length: 44_824 }, (_, n) => heard.readInt16LE(n * 2) / 32_768);
    expect(activeSpeechLevel(samples, 24_000)!.levelDbFs).toBeCloseTo(-35, 1);
    expect(printed.text).toMatch(/^en-light-on-a {2}-35\.0 dBFS \(gain -1\d\.\d dB\) with aplay/);
  });

  it('refuses a level that would clip, with the highest that fits', async () => {
    fakeProgram(root, 'pacat', `cat > ${root}/heard`);
    const refusal = await play({ levelDbFs: -8 }).catch((error: unknown) => error as Error);
    const [, highest] = /so (-?[\d.]+) dBFS is the most/.exec((refusal as Error).message) ?? [];
    expect(existsSync(join(root, 'heard'))).toBe(false);
    expect(await play({ levelDbFs: Number(highest) - 0.1 })).toBe(0);
    const heard = readFileSync(join(root, 'heard'));
    const samples = Float32Array.from(
      { length: heard.length / 2 },
      (_, n) => heard.readInt16LE(n * 2) / 32_768,
    );
    expect(peakDbFs(samples)!).toBeGreaterThan(-0.3);
  });

  it('plays a WAV by its path, and nothing in a dry run', async () => {
    fakeProgram(root, 'aplay', `touch ${root}/heard`);
    const wav = join(packageRoot(), 'fixtures', 'replies', 'en-joke-a.wav');
    await play({ clip: wav, dryRun: true, json: true });
    expect(JSON.parse(printed.text)).toMatchObject({ path: wav, program: 'aplay', gainDb: 0, dryRun: true });
    expect(existsSync(join(root, 'heard'))).toBe(false);
  });

  it('names what is missing: the clip, the program, the device', async () => {
    await expect(play({ clip: 'en-light-onn-a' })).rejects.toThrow(/no clip en-light-onn-a.*en-light-on-a/);
    fakeProgram(root, 'none', '');
    await expect(play()).rejects.toThrow(
      /Neither aplay \(package alsa-utils\) nor pacat \(package pulseaudio-utils\) is installed/,
    );
    await expect(play({ with: 'pacat' })).rejects.toThrow(
      /^pacat \(package pulseaudio-utils\) is not installed/,
    );
    fakeProgram(root, 'aplay', 'echo "audio open error: No such file or directory" >&2; exit 1');
    await expect(play()).rejects.toMatchObject({
      code: 'HIL_CORPUS_SOUND',
      message: 'aplay ended with exit code 1; it wrote "audio open error: No such file or directory".',
    });
  });
});
