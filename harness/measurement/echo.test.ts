import type { PcmClip } from '../audio';
import type { ProviderEvent, SpeechClip, TurnRecord } from '../ports';
import { diagnoseEcho } from './diagnose-echo';
import { measureEcho, type PlayedReply } from './echo';
import type { TurnMeasurement } from './turn-measurement';

const RATE_HZ = 24_000;
const PROMPT_DBFS = -26;
const ONSET_AT_MS = 1_000;

const random = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
  return seed / 0x8000_0000;
};

/** 2 s of sound below 6 kHz that never repeats, RMS 0.1. */
const reply: PcmClip = (() => {
  const next = random(4);
  let low = 0;
  const samples = Float32Array.from({ length: 2 * RATE_HZ }, () => (low = 0.5 * low + 0.5 * next()));
  const rms = Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
  return { samples: samples.map((value) => (0.1 * value) / rms), rateHz: RATE_HZ };
})();

const clip = {
  id: 'en-joke-a',
  rateHz: RATE_HZ,
  lengthSamples: reply.samples.length,
  onsetSample: 0,
  offsetSample: reply.samples.length - 1,
} as SpeechClip;

const played: PlayedReply = {
  clip,
  sound: reply,
  onsetAtHostMs: ONSET_AT_MS,
  offsetAtHostMs: ONSET_AT_MS + 2_000,
  interruptedAtHostMs: Infinity,
  promptLevelDbFs: PROMPT_DBFS,
};

/** What the provider received: noise, and the reply at a level re the prompt, `delayMs` after the speaker. */
function received(levelDb: number, delayMs = 40, noiseDbFs = -70): PcmClip {
  const next = random(8);
  const noise = 10 ** (noiseDbFs / 20) * Math.sqrt(3);
  const samples = Float32Array.from({ length: 4 * RATE_HZ }, () => noise * next());
  const gain = 10 ** ((PROMPT_DBFS + levelDb + 20) / 20);
  const at = ((ONSET_AT_MS + delayMs) * RATE_HZ) / 1000;
  reply.samples.forEach((value, n) => (samples[at + n] = samples[at + n]! + gain * value));
  return { samples, rateHz: RATE_HZ };
}

const recordOf = (events: readonly Partial<ProviderEvent>[] = []): TurnRecord =>
  ({
    received: {
      firstStreamSample: 0,
      rateHz: RATE_HZ,
      packets: Array.from({ length: 200 }, (_, n) => ({
        hostAtMs: (n + 1) * 20,
        streamSample: n * 480,
        lengthSamples: 480,
      })),
    },
    providerEvents: events,
  }) as unknown as TurnRecord;

describe('measureEcho', () => {
  it.each([-10, -20, -30.5, -40, -50])('measures an echo of %d dB re the prompt', (levelDb) => {
    const echo = measureEcho(recordOf(), received(levelDb), played);
    expect(echo).toMatchObject({ state: 'measured', leaks: levelDb > -30, selfTriggers: 0 });
    if (echo.state !== 'measured') return;
    expect(Math.abs(echo.levelDb - levelDb)).toBeLessThan(1);
    expect(Math.abs((echo.delayMs ?? NaN) - 40)).toBeLessThan(1);
  });

  it('finds none in noise, and says below what', () => {
    const echo = measureEcho(recordOf(), received(-300), played);
    expect(echo).toMatchObject({ state: 'measured', leaks: false });
    if (echo.state !== 'measured') return;
    expect(echo.delayMs).toBeUndefined();
    expect(echo.levelDb).toBeLessThan(-60);
    // What it says would be found is found.
    const found = measureEcho(recordOf(), received(echo.levelDb + 3), played);
    expect(found).toMatchObject({ delayMs: expect.any(Number) as number });
  });

  it('finds one that comes late in what was received until soon after a short reply', () => {
    // 1.5 s of reply, and 150 ms more: an echo that is 400 ms late is not all there.
    const whole = received(-20, 400);
    const cut = { ...whole, samples: whole.samples.subarray(0, 2.65 * RATE_HZ) };
    const short = { ...clip, offsetSample: 1.5 * RATE_HZ - 1 };
    const echo = measureEcho(recordOf(), cut, {
      ...played,
      clip: short,
      offsetAtHostMs: ONSET_AT_MS + 1_500,
    });
    expect(echo).toMatchObject({ state: 'measured', leaks: true });
    if (echo.state !== 'measured') return;
    expect(Math.abs(echo.levelDb + 20)).toBeLessThan(1);
    expect(Math.abs((echo.delayMs ?? NaN) - 400)).toBeLessThan(1);
  });

  it('finds none in digital silence', () => {
    const silence = { samples: new Float32Array(4 * RATE_HZ), rateHz: RATE_HZ };
    expect(measureEcho(recordOf(), silence, played)).toMatchObject({ state: 'measured', leaks: false });
  });

  it('is not misled by a prompt that interrupts the reply', () => {
    const sound = received(-20);
    const next = random(31);
    for (let n = 1.8 * RATE_HZ; n < 3 * RATE_HZ; n++) sound.samples[n] = sound.samples[n]! + 0.3 * next();
    const echo = measureEcho(recordOf(), sound, { ...played, interruptedAtHostMs: 1_800 });
    expect(echo).toMatchObject({ state: 'measured', leaks: true });
    if (echo.state === 'measured') expect(Math.abs(echo.levelDb + 20)).toBeLessThan(1);
  });

  it('has no number without sound, or with too little of the reply', () => {
    const reason = 'no-received-audio';
    expect(measureEcho(recordOf(), undefined, played)).toEqual({ state: 'not-measured', reason });
    expect(measureEcho(recordOf(), received(-20), { ...played, offsetAtHostMs: ONSET_AT_MS + 200 })).toEqual({
      state: 'not-measured',
      reason: 'reply-over',
    });
  });

  it('counts speech that was detected while the board alone spoke', () => {
    const speech = (hostAtMs: number): Partial<ProviderEvent> => ({ type: 'speech-started', hostAtMs });
    const record = recordOf([speech(500), speech(1_500), speech(2_500), speech(4_000)]);
    expect(measureEcho(record, received(-20), played)).toMatchObject({ selfTriggers: 2 });
    const interrupted = { ...played, interruptedAtHostMs: 2_000 };
    expect(measureEcho(record, received(-20), interrupted)).toMatchObject({ selfTriggers: 1 });
  });
});

describe('diagnoseEcho', () => {
  const codes = (echo: TurnMeasurement['echo']): string[] =>
    diagnoseEcho({} as TurnRecord, { echo } as TurnMeasurement).map(({ code }) => code);
  const base = { state: 'measured', levelDb: -20, delayMs: 50, leaks: true, selfTriggers: 0 } as const;

  it('blames a board whose echo leaks or starts turns, and only where its own voice was found', () => {
    expect(codes(base)).toEqual(['HIL_TURN_ECHO_LEAK']);
    expect(codes({ ...base, selfTriggers: 1 })).toEqual(['HIL_TURN_SELF_TRIGGERED']);
    expect(codes({ ...base, levelDb: -50, leaks: false })).toEqual([]);
    expect(codes({ state: 'measured', levelDb: -60, leaks: false, selfTriggers: 2 })).toEqual([]);
    expect(codes(undefined)).toEqual([]);
  });
});
