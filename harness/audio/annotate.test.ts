import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

import { activeSpeechLevel } from './active-speech-level';
import { annotateSpeech } from './annotate';
import { peakDbFs } from './levels';
import type { PcmClip } from './pcm-clip';
import { readWav } from './wav';

const rateHz = 24_000;
const frameSamples = 240;

/** A 1 kHz tone whose amplitude at each millisecond is what `envelope` says. */
const shaped = (durationMs: number, envelope: (atMs: number) => number): PcmClip => ({
  rateHz,
  samples: Float32Array.from(
    { length: (durationMs * rateHz) / 1000 },
    (_, i) => envelope((i * 1000) / rateHz) * Math.cos((2 * Math.PI * i) / 24),
  ),
});

const plus = (clip: PcmClip, add: (index: number) => number): PcmClip => ({
  rateHz,
  samples: clip.samples.map((sample, index) => sample + add(index)),
});

describe('annotateSpeech', () => {
  const burst = shaped(1500, (atMs) => (atMs >= 137 && atMs < 1003 ? 0.1 : 0));
  const [first, last] = [137 * 24, 1003 * 24 - 1];

  it('finds the very samples of a burst between digital silence', () => {
    const found = annotateSpeech(burst)!;
    expect(found).toMatchObject({ onsetSample: first, offsetSample: last, longestPauseMs: 0 });
    expect(Math.abs(found.activeLevelDbFs + 23)).toBeLessThan(1.5);
  });

  it('rounds to whole frames in noise that lies 45 dB under the speech', () => {
    let state = 1;
    const noisy = plus(burst, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return 0.1 * 10 ** (-45 / 20) * (state / 2 ** 31 - 1);
    });
    expect(annotateSpeech(noisy)).toMatchObject({
      onsetSample: Math.floor(first / frameSamples) * frameSamples,
      offsetSample: Math.ceil(last / frameSamples) * frameSamples - 1,
    });
  });

  it('follows a decay until it is 35 dB under the active level', () => {
    // 60 dB per second from 600 ms on: 35 dB under the active level is where the tail has lost 35 dB more than that level.
    const decaying = shaped(2000, (atMs) =>
      atMs < 100 ? 0 : 0.1 * 10 ** (-Math.max(0, atMs - 600) / 333.3),
    );
    const { offsetSample, activeLevelDbFs } = annotateSpeech(decaying)!;
    const toneDbFs = -23.01;
    const crossingMs = 600 + ((toneDbFs - (activeLevelDbFs - 35)) / 60) * 1000;
    expect(Math.abs((offsetSample * 1000) / rateHz - crossingMs)).toBeLessThanOrEqual(10);
  });

  it('does not take mains hum for speech', () => {
    const humming = plus(burst, (index) => 0.004 * Math.sin((2 * Math.PI * 50 * index) / rateHz));
    const found = annotateSpeech(humming)!;
    expect(Math.abs(found.onsetSample - first)).toBeLessThanOrEqual(frameSamples);
    expect(Math.abs(found.offsetSample - last)).toBeLessThanOrEqual(frameSamples);
  });

  it('does not move with the gain', () => {
    const quiet = { rateHz, samples: burst.samples.map((sample) => sample / 30) };
    expect(annotateSpeech(quiet)).toMatchObject({ onsetSample: first, offsetSample: last });
  });

  it('measures the longest pause', () => {
    const paused = shaped(2000, (atMs) =>
      atMs < 100 || atMs > 1900 || (atMs >= 500 && atMs < 650) || (atMs >= 900 && atMs < 930) ? 0 : 0.1,
    );
    expect(Math.abs(annotateSpeech(paused)!.longestPauseMs - 150)).toBeLessThanOrEqual(20);
  });

  it.each([8000, 16_000, 48_000])('works at %i Hz', (otherHz) => {
    const samples = Float32Array.from({ length: otherHz }, (_, i) =>
      i >= otherHz / 4 && i < otherHz / 2 ? 0.1 * Math.cos((2 * Math.PI * i * 1000) / otherHz + 0.1) : 0,
    );
    const found = annotateSpeech({ samples, rateHz: otherHz })!;
    expect(found).toMatchObject({ onsetSample: otherHz / 4, offsetSample: otherHz / 2 - 1 });
  });

  it('finds no speech in silence or in nothing', () => {
    expect(annotateSpeech({ samples: new Float32Array(rateHz), rateHz })).toBeUndefined();
    expect(annotateSpeech({ samples: new Float32Array(0), rateHz })).toBeUndefined();
  });
});

interface Entry {
  readonly id: string;
  readonly file: string;
  readonly sha256: string;
  readonly rateHz: number;
  readonly lengthSamples: number;
  readonly onsetSample: number;
  readonly offsetSample: number;
}

describe.each([
  ['prompts', { leadMs: 100, tailMs: 200, clipCount: 60 }],
  ['replies', { leadMs: 40, tailMs: 100, clipCount: 30 }],
])('fixtures/%s', (name, { leadMs, tailMs, clipCount }) => {
  const folder = join(__dirname, '../../fixtures', name);
  const { clips } = parse(readFileSync(join(folder, `${name}.yaml`), 'utf8')) as { clips: Entry[] };

  it('has every clip once', () => {
    expect(new Set(clips.map(({ id }) => id)).size).toBe(clipCount);
    expect(new Set(clips.map(({ sha256 }) => sha256)).size).toBe(clipCount);
  });

  it.each(clips)('$id is what its manifest and the README say', (entry) => {
    const bytes = readFileSync(join(folder, entry.file));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(entry.sha256);

    const wav = readWav(bytes);
    const clip: PcmClip = { samples: wav.channels[0]!, rateHz: wav.rateHz };
    const found = annotateSpeech(clip)!;
    expect(wav.channels).toHaveLength(1);
    expect({
      rateHz: wav.rateHz,
      lengthSamples: clip.samples.length,
      onsetSample: found.onsetSample,
      offsetSample: found.offsetSample,
    }).toEqual({
      rateHz: 24_000,
      lengthSamples: entry.lengthSamples,
      onsetSample: entry.onsetSample,
      offsetSample: entry.offsetSample,
    });

    expect(entry.onsetSample).toBe(leadMs * 24);
    expect(entry.lengthSamples - 1 - entry.offsetSample).toBeGreaterThanOrEqual((tailMs - 10) * 24);
    expect(found.longestPauseMs).toBeLessThan(120);
    expect(Math.abs(activeSpeechLevel(clip.samples, clip.rateHz)!.levelDbFs + 20)).toBeLessThan(0.5);
    expect(peakDbFs(clip.samples)!).toBeLessThan(-1);
  });
});
