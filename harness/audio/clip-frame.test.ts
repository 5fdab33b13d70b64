import { activeSpeechLevel } from './active-speech-level';
import { annotateSpeech } from './annotate';
import { framedSpeech, levelledSpeech } from './clip-frame';
import { peakDbFs } from './levels';

const RATE_HZ = 16_000;
const frame = { leadMs: 100, tailMs: 200, fadeMs: 10 };

/** A second of a tone with syllables from 0.5 s on, in two seconds of faint hiss. */
const recording = {
  rateHz: RATE_HZ,
  samples: Float32Array.from({ length: 2 * RATE_HZ }, (_, n) => {
    const hiss = 1e-4 * Math.sin(n * n);
    if (n < 8_000 || n >= 24_000) return hiss;
    const syllable = 0.55 + 0.45 * Math.cos((2 * Math.PI * 4 * (n - 8_000)) / RATE_HZ);
    return hiss + 0.1 * syllable * Math.sin((2 * Math.PI * 500 * n) / RATE_HZ);
  }),
};

describe('framedSpeech', () => {
  const speech = annotateSpeech(recording)!;
  const framed = framedSpeech(recording, speech, frame);

  it('puts the speech between digital silences of the wanted length, its samples untouched', () => {
    const length = speech.offsetSample + 1 - speech.onsetSample;
    expect(framed.samples).toHaveLength(1_600 + length + 3_200);
    expect(framed.samples.slice(1_600, 1_600 + length)).toEqual(
      recording.samples.slice(speech.onsetSample, speech.offsetSample + 1),
    );
    expect(framed.samples.subarray(0, 1_440).every((sample) => sample === 0)).toBe(true);
    expect(framed.samples.subarray(1_600 + length + 160).every((sample) => sample === 0)).toBe(true);
    // The room fades in over 10 ms and is not cut.
    expect(framed.samples.subarray(1_440, 1_600).some((sample) => sample !== 0)).toBe(true);
  });

  it('can do without a slope', () => {
    const hard = framedSpeech(recording, speech, { ...frame, fadeMs: 0 });
    expect(hard.samples.subarray(0, 1_600).every((sample) => sample === 0)).toBe(true);
    expect(hard.samples[1_600]).toBe(recording.samples[speech.onsetSample]);
  });
});

describe('levelledSpeech', () => {
  it.each([-35, -26, -20])('sets the active level to %d dBFS', (wanted) => {
    const { clip, levelDbFs, gainDb } = levelledSpeech(recording, wanted)!;
    expect(levelDbFs).toBeCloseTo(wanted, 6);
    expect(activeSpeechLevel(clip.samples, RATE_HZ)!.levelDbFs).toBeCloseTo(wanted, 1);
    expect(peakDbFs(clip.samples)! - peakDbFs(recording.samples)!).toBeCloseTo(gainDb, 3);
  });

  it('stops where the peaks would pass -1 dBFS, and says where it is', () => {
    const { clip, levelDbFs } = levelledSpeech(recording, -3)!;
    expect(peakDbFs(clip.samples)!).toBeLessThan(-1);
    expect(peakDbFs(clip.samples)!).toBeGreaterThan(-1.2);
    expect(levelDbFs).toBeLessThan(-3);
    expect(activeSpeechLevel(clip.samples, RATE_HZ)!.levelDbFs).toBeCloseTo(levelDbFs, 1);
  });

  it('has nothing to say of silence', () => {
    expect(levelledSpeech({ samples: new Float32Array(RATE_HZ), rateHz: RATE_HZ }, -20)).toBeUndefined();
  });
});
