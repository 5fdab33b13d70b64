import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { activeSpeechLevel } from './active-speech-level';
import { locate, SearchableSound } from './locate';
import { peakDbFs, rmsDbFs } from './levels';
import { underConditions, type SoundConditions } from './under-conditions';
import { readWav } from './wav';

const fixture = join(__dirname, '../../fixtures/prompts/en-light-on-a.wav');
const { channels, rateHz } = readWav(readFileSync(fixture));
const quiet = { samples: channels[0]!.map((value) => value * 0.25), rateHz };
const levelDbFs = activeSpeechLevel(quiet.samples, rateHz)!.levelDbFs;
const under = (conditions: SoundConditions, seed = 1) => underConditions(quiet, conditions, seed);

describe('underConditions', () => {
  it.each([20, 10, 0, -5])('adds noise %i dB under the active level of the speech, counted', (snrDb) => {
    const { clip, leadSamples, speechLevelDbFs, noiseLevelDbFs } = under({ snrDb });
    const noise = clip.samples.map((value, n) => value - (quiet.samples[n - leadSamples] ?? 0));
    // Without its slopes.
    const steady = noise.subarray(6 * rateHz, noise.length - 0.2 * rateHz);
    expect(Math.abs(rmsDbFs(steady)! - (levelDbFs - snrDb))).toBeLessThan(0.3);
    expect(speechLevelDbFs).toBeCloseTo(levelDbFs, 6);
    expect(noiseLevelDbFs).toBeCloseTo(levelDbFs - snrDb, 6);
    // Whoever listens has got used to it; it goes on behind the speech, and does not break off.
    expect(leadSamples).toBe(7 * rateHz);
    expect(clip.samples).toHaveLength(leadSamples + quiet.samples.length + 0.8 * rateHz);
    expect(clip.samples[clip.samples.length - 1]).toBe(0);
    const levels = [1, 3, 5].map((s) => rmsDbFs(noise.subarray((s - 0.5) * rateHz, s * rateHz))!);
    expect(Math.abs(levels[1]! - levels[0]! - 13.3)).toBeLessThan(2);
    expect(Math.abs(levels[2]! - levels[1]! - 13.3)).toBeLessThan(2);
  });

  it('is the same for one seed and another for another', () => {
    const bytes = (seed: number): Buffer =>
      Buffer.from(under({ snrDb: 10, rt60Ms: 300 }, seed).clip.samples.buffer);
    expect(bytes(1).equals(bytes(1))).toBe(true);
    expect(bytes(2).equals(bytes(1))).toBe(false);
  });

  it.each([200, 400, 800])(
    'adds a room of %i ms, by the decay behind a click, and keeps the level',
    (rt60Ms) => {
      const { clip, speechLevelDbFs } = under({ rt60Ms });
      expect(activeSpeechLevel(clip.samples, rateHz)!.levelDbFs).toBeCloseTo(levelDbFs, 1);
      expect(speechLevelDbFs).toBeCloseTo(levelDbFs, 6);
      // Speech on both sides of half a second of nothing: what is heard there is the room's, by Schroeder's integral.
      const tail = clip.samples.subarray(quiet.samples.length - 0.19 * rateHz);
      const left = new Float64Array(tail.length + 1);
      for (let n = tail.length - 1; n >= 0; n -= 1) left[n] = left[n + 1]! + tail[n]! ** 2;
      const at = (dB: number): number => left.findIndex((energy) => energy < left[0]! * 10 ** (-dB / 10));
      const t20Ms = (3_000 * (at(25) - at(5))) / rateHz;
      expect(Math.abs(t20Ms - rt60Ms) / rt60Ms).toBeLessThan(0.15);
    },
  );

  it('leaves the prompt where it was, to the sample', () => {
    const { clip, leadSamples } = under({ snrDb: 5, rt60Ms: 500 });
    const found = locate(new SearchableSound(clip.samples, rateHz), quiet.samples.subarray(2_400, 26_400));
    expect(found.state).toBe('found');
    expect(Math.abs((found as { startSample: number }).startSample - leadSamples - 2_400)).toBeLessThan(1);
  });

  it('lowers everything rather than clip, the ratio kept', () => {
    const loud = { samples: quiet.samples.map((value) => value * 6), rateHz };
    const { clip, speechLevelDbFs, noiseLevelDbFs } = underConditions(loud, { snrDb: 0 }, 1);
    expect(peakDbFs(clip.samples)).toBeLessThanOrEqual(-0.49);
    expect(speechLevelDbFs!).toBeLessThan(levelDbFs + 15.5);
    expect(speechLevelDbFs! - noiseLevelDbFs!).toBeCloseTo(0, 6);
  });

  it('changes nothing where nothing is asked for, and finds nothing to say of silence', () => {
    expect(under({}).clip).toEqual(quiet);
    const silence = { samples: new Float32Array(1_600), rateHz: 16_000 };
    expect(underConditions(silence, { snrDb: 10, rt60Ms: 300 }, 1)).toEqual({
      clip: silence,
      leadSamples: 0,
      speechLevelDbFs: undefined,
      noiseLevelDbFs: undefined,
    });
  });
});
