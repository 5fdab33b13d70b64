import { align, SearchableSound, timeScaled, type PcmClip } from '../audio';
import type { Finding, SpeechClip, TurnInterruption, TurnRecord } from '../ports';
import { bargeInStop, replySilence } from './barge-in';
import { diagnoseInterruption, diagnoseInterruptionHearing } from './diagnose-interruption';
import type { Measured } from './measured';
import type { TurnMeasurement } from './turn-measurement';

const CLIP_HZ = 24_000;
const RIG_HZ = 48_000;

const random = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
  return seed / 0x8000_0000;
};

/** 3 s of syllables that never repeat. */
const reply: PcmClip = (() => {
  const next = random(21);
  let low = 0;
  const samples = Float32Array.from({ length: 3 * CLIP_HZ }, (_, n) => {
    low = 0.6 * low + 0.4 * next();
    return n % 4_800 < 4_000 ? 0.4 * low : 0;
  });
  return { samples, rateHz: CLIP_HZ };
})();
const clip = {
  rateHz: CLIP_HZ,
  lengthSamples: reply.samples.length,
  onsetSample: 0,
  offsetSample: reply.samples.length - 801,
} as SpeechClip;

const REPLY_AT = 0.5 * RIG_HZ;

/** The speaker channel: the reply from 500 ms on, `ppm` slow, cut at `cutAtMs` of the clip, with noise. */
function speakerOf(cutAtMs: number, ppm: number): SearchableSound {
  const perClip = (RIG_HZ / CLIP_HZ) * (1 + ppm * 1e-6);
  const cut = reply.samples.slice(0, Math.round((cutAtMs * CLIP_HZ) / 1000));
  const length = Math.round(reply.samples.length * perClip);
  const played = timeScaled(cut, { start: 0, step: 1 / perClip, lengthSamples: length });
  const next = random(5);
  const samples = Float32Array.from({ length: 5 * RIG_HZ }, () => 0.001 * next());
  played.forEach((value, n) => (samples[REPLY_AT + n] = samples[REPLY_AT + n]! + 0.7 * value));
  return new SearchableSound(samples, RIG_HZ);
}

function silenceOf(
  cutAtMs: number,
  interruptedAtMs: number,
  ppm = 0,
  isCutOff = false,
): ReturnType<typeof replySilence> {
  const speaker = speakerOf(cutAtMs, ppm);
  const reference = timeScaled(reply.samples, {
    start: 0,
    step: CLIP_HZ / RIG_HZ,
    lengthSamples: reply.samples.length * 2,
  });
  const interruptedAt = REPLY_AT + (interruptedAtMs * RIG_HZ) / 1000;
  const alignment = align(speaker, reference, { onset: 0, end: reference.length, until: interruptedAt });
  if (alignment.state !== 'found') throw new Error('the reply was not found');
  if (!isCutOff) return replySilence({ speaker }, clip, reply, alignment, interruptedAt);
  const samples = reply.samples.slice(0, Math.round((cutAtMs * CLIP_HZ) / 1000));
  const known = { ...clip, lengthSamples: samples.length, offsetSample: samples.length - 1 };
  return replySilence({ speaker }, known, { ...reply, samples }, alignment, interruptedAt, true);
}

describe('replySilence', () => {
  it.each([
    [1_210, 1_000, 0],
    [1_333, 1_000, 200],
    [1_610, 1_100, -200],
    [2_015, 1_500, 40],
  ])('finds a reply cut at %d ms, interrupted at %d ms, crystals %d ppm apart', (cutAtMs, atMs, ppm) => {
    const silence = silenceOf(cutAtMs, atMs, ppm);
    expect(silence.state).toBe('found');
    if (silence.state !== 'found') return;
    const truth = REPLY_AT + (cutAtMs * RIG_HZ * (1 + ppm * 1e-6)) / 1000;
    const errorMs = ((silence.atSample - truth) * 1000) / RIG_HZ;
    const uncertaintyMs = (silence.uncertaintySamples * 1000) / RIG_HZ;
    expect(Math.abs(errorMs)).toBeLessThanOrEqual(2 * uncertaintyMs + 0.1);
    expect(uncertaintyMs).toBeLessThan(20);
  });

  it('finds the end of a reply of which nobody knows more than what was heard', () => {
    const silence = silenceOf(1_333, 1_100, 200, true);
    const truth = REPLY_AT + 1.333 * RIG_HZ * (1 + 200e-6);
    expect(silence).toMatchObject({ state: 'found', uncertaintySamples: RIG_HZ / 1000 });
    expect(Math.abs((silence.state === 'found' ? silence.atSample : 0) - truth)).toBeLessThan(RIG_HZ / 1000);
  });

  it('tells a reply that went on from one that had no time to stop', () => {
    expect(silenceOf(3_000, 1_000)).toEqual({ state: 'not-found', reason: 'never-stopped' });
    expect(silenceOf(3_000, 2_700)).toEqual({ state: 'not-found', reason: 'reply-over' });
    expect(silenceOf(3_000, 3_200)).toEqual({ state: 'not-found', reason: 'reply-over' });
  });
});

describe('bargeInStop', () => {
  it('is the time between two places of one capture', () => {
    const onset = { atSample: 48_000, uncertaintySamples: 3 };
    expect(bargeInStop(onset, { state: 'found', atSample: 52_800, uncertaintySamples: 4 }, RIG_HZ)).toEqual({
      state: 'measured',
      valueMs: 100,
      uncertaintyMs: 5 / 48,
    });
  });
});

describe('diagnosis of an interruption', () => {
  const prompt = { id: 'en-light-off-a' } as SpeechClip;
  const expected = { utterance: 'en-light-off', calls: [], spoken: true };
  const playback = { startedAtRigSample: 0, lengthSamples: 1, askedAtHostMs: 0 };
  const recordOf = (interruption?: Partial<TurnInterruption>): TurnRecord =>
    ({
      interruption: interruption && { prompt, expected, afterMs: 600, playback, ...interruption },
    }) as TurnRecord;
  const stopOf = (bargeIn: Measured): TurnMeasurement =>
    ({ measures: { bargeInStop: bargeIn }, reply: { state: 'not-sent' } }) as unknown as TurnMeasurement;
  const codes = (found: readonly Pick<Finding, 'code'>[]): string[] => found.map(({ code }) => code);
  const never = stopOf({ state: 'not-measured', reason: 'never-stopped' });

  it('blames a board that never stopped', () => {
    expect(codes(diagnoseInterruption(recordOf({}), never))).toEqual(['HIL_TURN_NOT_INTERRUPTED']);
  });

  it('blames nobody without an interruption, for a number, and for a reply that ended by itself', () => {
    expect(diagnoseInterruption(recordOf(), never)).toEqual([]);
    const number = stopOf({ state: 'measured', valueMs: 100, uncertaintyMs: 1 });
    expect(diagnoseInterruption(recordOf({}), number)).toEqual([]);
    const over = stopOf({ state: 'not-measured', reason: 'reply-over' });
    expect(diagnoseInterruption(recordOf({}), over)).toEqual([]);
  });

  it('tells the suite that it interrupts too late', () => {
    const late = diagnoseInterruption(recordOf({ playback: undefined }), never);
    expect(codes(late)).toEqual(['HIL_TURN_INTERRUPTION_LATE']);
  });

  it('blames the microphone only for a prompt that is known to have been in the room', () => {
    const heardNothing = (asBleed: boolean): TurnMeasurement =>
      ({
        interruption: {
          heard: undefined,
          arrived: false,
          witness: { onLoopback: true, asBleed, receivedLevelDbFs: -100 },
        },
        marks: [{ name: 'uplinkEnd' }],
      }) as unknown as TurnMeasurement;
    const of = (asBleed: boolean): string[] =>
      codes(diagnoseInterruptionHearing(recordOf({}), heardNothing(asBleed)));
    expect(of(true)).toEqual(['HIL_TURN_MICROPHONE_SILENT']);
    expect(of(false)).toEqual(['HIL_TURN_UNHEARD']);
  });
});
