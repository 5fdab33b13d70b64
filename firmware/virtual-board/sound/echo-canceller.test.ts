import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWav, resample } from '../../../harness/audio';
import { EchoCanceller } from './echo-canceller';

const DAC_HZ = 24_000;
const MIC_HZ = 16_000;
const PIECE_MS = 10;
const fixtures = join(__dirname, '../../../fixtures');

const random = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
  return seed / 0x8000_0000;
};

async function speech(file: string, rateHz: number): Promise<Float32Array> {
  const { channels, rateHz: fileHz } = readWav(readFileSync(join(fixtures, file)));
  return (await resample({ samples: channels[0]!, rateHz: fileHz }, rateHz)).samples;
}

const joined = (...parts: readonly Float32Array[]): Float32Array => {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
const silence = (ms: number, rateHz: number): Float32Array => new Float32Array((ms * rateHz) / 1000);
const pcm = (samples: Float32Array): Int16Array =>
  Int16Array.from(samples, (value) => Math.round(value * 32_767));

const energyDb = (samples: ArrayLike<number>, fromMs = 0, toMs = Infinity): number => {
  const [from, to] = [fromMs, toMs].map((ms) => Math.min(samples.length, (ms * MIC_HZ) / 1000)) as [
    number,
    number,
  ];
  let sum = 1e-9;
  for (let n = Math.round(from); n < Math.round(to); n++) sum += (samples[n]! / 32_768) ** 2;
  return 10 * Math.log10(sum);
};

/** A room's impulse response at the microphone: direct sound, then a tail that falls by 60 dB in `rt60Ms`. */
function room(gainDb: number, delayMs: number, rt60Ms: number, seed: number): Float32Array {
  const next = random(seed);
  const tail = (rt60Ms * MIC_HZ) / 1000;
  const response = new Float32Array(Math.round((delayMs * MIC_HZ) / 1000) + Math.round(tail) + 16);
  const direct = Math.round((delayMs * MIC_HZ) / 1000);
  const reflections = Float32Array.from({ length: tail }, (_, n) => next() * 10 ** ((-3 * n) / tail));
  const norm = Math.sqrt(reflections.reduce((sum, value) => sum + value * value, 0) || 1);
  response[direct] = 10 ** (gainDb / 20);
  // 6 dB under the direct sound, from 1 ms after it.
  reflections.forEach((value, n) => (response[direct + 16 + n] = (0.5 * 10 ** (gainDb / 20) * value) / norm));
  return response;
}

function through(response: Float32Array, samples: Float32Array): Float32Array {
  const out = new Float32Array(samples.length);
  samples.forEach((value, n) => {
    if (value !== 0)
      for (let tap = 0; tap < response.length && n + tap < out.length; tap++)
        out[n + tap] = out[n + tap]! + value * response[tap]!;
  });
  return out;
}

/** Plays at the DAC and hears the echo, the near end and noise, piece by piece as a link does: hears first, then plays. */
async function talk(options: {
  readonly far: readonly (string | number)[];
  readonly near?: Float32Array;
  readonly gainDb?: number;
  readonly rt60Ms?: number;
  readonly noise?: number;
}): Promise<{ readonly raw: Int16Array; readonly out: Int16Array }> {
  const { gainDb = -26, rt60Ms = 200, noise = 0.001 } = options;
  const at = async (rateHz: number): Promise<Float32Array> => {
    const parts: Float32Array[] = [];
    for (const part of options.far)
      parts.push(typeof part === 'number' ? silence(part, rateHz) : await speech(part, rateHz));
    return joined(...parts);
  };
  const dac = pcm(await at(DAC_HZ));
  const echo = through(room(gainDb, 12, rt60Ms, 7), await at(MIC_HZ));
  const next = random(3);
  const raw = pcm(echo.map((value, n) => value + (options.near?.[n] ?? 0) + noise * next()));
  const canceller = new EchoCanceller(DAC_HZ, MIC_HZ);
  const out = new Int16Array(raw.length);
  for (let piece = 0; (piece * PIECE_MS * MIC_HZ) / 1000 < raw.length; piece++) {
    const [from, to] = [piece, piece + 1].map((n) => (n * PIECE_MS * MIC_HZ) / 1000);
    out.set(canceller.hear(raw.subarray(from, to)), from);
    canceller.play(
      dac.subarray((piece * PIECE_MS * DAC_HZ) / 1000, ((piece + 1) * PIECE_MS * DAC_HZ) / 1000),
    );
  }
  return { raw, out };
}

const greeting = 'replies/en-greeting-a.wav';
const joke = 'replies/en-joke-a.wav';

describe('EchoCanceller', () => {
  it.each([
    ['in a dry room', 0],
    ['in a room with reverberation', 200],
  ])('takes more than 25 dB off its own voice %s', async (_name, rt60Ms) => {
    const { raw, out } = await talk({ far: [500, greeting, 500, joke], rt60Ms, noise: 0.00005 });
    const jokeFromMs = 500 + 1_599 + 500;
    expect(energyDb(raw, jokeFromMs) - energyDb(out, jokeFromMs)).toBeGreaterThan(25);
  });

  it.each([-20, -26, -30])(
    'leaves no more than the noise of the room from the first word on, at %d dB of coupling',
    async (gainDb) => {
      const { out } = await talk({ far: [1_000, greeting], gainDb });
      const noiseDb = energyDb(out, 500, 600);
      for (let ms = 1_000; ms < 2_500; ms += 100)
        expect(energyDb(out, ms, ms + 100) - noiseDb).toBeLessThan(2);
    },
  );

  it('lets a voice through that speaks into the very first word, and into a later one', async () => {
    const prompt = (await speech('prompts/en-light-off-a.wav', MIC_HZ)).map((value) => value / 2);
    for (const atMs of [600, 3_000]) {
      const near = joined(silence(atMs, MIC_HZ), prompt);
      const { out } = await talk({ far: [500, greeting, 500, joke, 500], near });
      const pure = pcm(near);
      const rest = pure.map((value, n) => out[n]! - value);
      const toMs = atMs + 1_600;
      expect(energyDb(pure, atMs, toMs) - energyDb(rest, atMs, toMs)).toBeGreaterThan(15);
    }
  });

  it('still knows the room after somebody has spoken into a reply', async () => {
    const prompt = (await speech('prompts/en-light-off-a.wav', MIC_HZ)).map((value) => value / 2);
    const near = joined(silence(2_700, MIC_HZ), prompt);
    const { raw, out } = await talk({ far: [500, greeting, 500, joke, 500, greeting], near, noise: 0.0001 });
    const fromMs = 500 + 1_599 + 500 + 2_297 + 500;
    expect(energyDb(raw, fromMs) - energyDb(out, fromMs)).toBeGreaterThan(15);
  });

  it('passes the microphone bit for bit while nothing was played', async () => {
    const { raw, out } = await talk({ far: [2_000], near: await speech(joke, MIC_HZ) });
    expect(out).toEqual(raw);
  });

  it('takes pieces of any length', async () => {
    const canceller = new EchoCanceller(DAC_HZ, MIC_HZ);
    canceller.play(pcm((await speech(greeting, DAC_HZ)).subarray(0, DAC_HZ)));
    for (const length of [0, 1, 159, 161, 1_000])
      expect(canceller.hear(new Int16Array(length))).toHaveLength(length);
  });
});
