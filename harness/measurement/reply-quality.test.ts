import { join } from 'node:path';

import { timeScaled, type PcmClip } from '../audio';
import { loadCorpus, readSpeechClip } from '../corpus';
import { diagnoseTurn } from './diagnose-turn';
import { measureTurn } from './measure-turn';
import type { ReplyQuality } from './reply-quality';
import type { ReplyCheck } from './turn-measurement';
import { syntheticTurn, type SyntheticTurnOptions } from './__fixtures__/synthetic-turn';

const corpus = loadCorpus(join(__dirname, '../../fixtures'));
const prompt = spoken(corpus.prompts.get('en-weather-a')!);
const reply = spoken(corpus.replies.get('en-weather-a')!);
const { onsetSample, offsetSample, rateHz } = reply.clip;
const inMs = rateHz / 1000;

function spoken(clip: Parameters<typeof readSpeechClip>[0]) {
  return { clip, sound: readSpeechClip(clip) };
}

/** A turn in which the board plays something else than the reply that it was sent. */
async function heardAs(played: Float32Array, options: Partial<SyntheticTurnOptions> = {}) {
  const turn = syntheticTurn({
    seed: 1,
    prompt,
    reply: { clip: reply.clip, sound: { samples: played, rateHz } },
    ...options,
  });
  const measurement = await measureTurn(turn.record, {
    ...turn.sound,
    replies: new Map<string, PcmClip>([[reply.clip.id, reply.sound]]),
  });
  const findings = diagnoseTurn(turn.record, measurement);
  return {
    ...measurement,
    truth: turn.truth,
    findings: findings.map(({ code, message }) => `${code}: ${message}`),
  };
}
const whole = reply.sound.samples;
const joined = (...parts: readonly Float32Array[]): Float32Array =>
  Float32Array.from(parts.flatMap((part) => [...part]));
const part = (fromMs: number, toMs: number): Float32Array =>
  whole.subarray(onsetSample + fromMs * inMs, onsetSample + toMs * inMs);
const lead = whole.subarray(0, onsetSample);
const speechMs = (offsetSample + 1 - onsetSample) / inMs;
const silence = (ms: number): Float32Array => new Float32Array(ms * inMs);

function qualityOf(check: ReplyCheck): ReplyQuality {
  if (check.state !== 'found' || check.quality === undefined) throw new Error(`reply ${check.state}`);
  return check.quality;
}
const none = { count: 0, totalMs: 0 };
const unbroken = { dropouts: none, repeats: none, skips: none, leadingCutMs: 0, trailingCutMs: 0 };
const expectWithin = (value: number | undefined, truth: number, tolerance: number): void =>
  expect(Math.abs((value ?? NaN) - truth)).toBeLessThanOrEqual(tolerance);

describe('replyQuality', () => {
  it.each<[string, Partial<SyntheticTurnOptions>]>([
    ['in quiet', {}],
    ['clocks 200 ppm apart', { boardPpm: 200 }],
    ['noise of 10 dB', { snrDb: 10, boardPpm: -100 }],
  ])('has nothing to complain about in a reply that came whole: %s', async (_name, options) => {
    const { reply: check, levels } = await heardAs(whole, options);
    const quality = qualityOf(check);
    expect(quality).toMatchObject({ ...unbroken, clippedSamples: 0 });
    // The synthetic turn plays at an active level of -26 dBFS.
    expectWithin(quality.activeLevelDbFs, -26, 0.7);
    expectWithin(quality.pitchRatio, 1 + (options.boardPpm ?? 0) * 1e-6, 2e-5);
    expect(levels.crossTalkDb).toBeUndefined();
  });

  it('tells noise of 10 dB in the speech band', async () => {
    // White up to 24 kHz: of its energy 5.4 dB less lie in the 6 850 Hz that are looked at; the active level leaves out pauses.
    const { siSdrDb } = qualityOf((await heardAs(whole, { snrDb: 10 })).reply);
    expectWithin(siSdrDb, 15.4, 1);
  });

  it('counts the samples that clipped', async () => {
    const { reply: check } = await heardAs(whole, { clipAt: 0.08 });
    const { clippedSamples, siSdrDb } = qualityOf(check);
    expect(clippedSamples).toBeGreaterThan(1000);
    expect(siSdrDb).toBeLessThan(15);
  });

  it('measures an underrun of 120 ms', async () => {
    const stalled = joined(lead, part(0, 700), silence(120), part(700, speechMs));
    const { dropouts, repeats, skips, siSdrDb } = qualityOf((await heardAs(stalled)).reply);
    expect({ count: dropouts.count, repeats, skips }).toEqual({ count: 1, repeats: none, skips: none });
    expectWithin(dropouts.totalMs, 120, 5);
    // What is there is as good as ever.
    expect(siSdrDb).toBeGreaterThan(30);
  });

  it('measures 100 ms that come twice', async () => {
    const stuttered = joined(lead, part(0, 700), part(600, speechMs));
    const { reply: check, findings } = await heardAs(stuttered);
    const { dropouts, repeats, skips } = qualityOf(check);
    expect({ dropouts, count: repeats.count, skips }).toEqual({ dropouts: none, count: 1, skips: none });
    expectWithin(repeats.totalMs, 100, 2);
    expect(findings).toEqual([
      'HIL_TURN_REPLY_STUTTERED: The board played parts of the reply again: 1 repeat of 100 ms in all.',
    ]);
  });

  it('times a reply that stutters early, in a hard room', async () => {
    // The head alone, 360 ms, is so like itself a pitch period earlier that this was taken for its direct sound.
    const stuttered = joined(whole.subarray(0, 9600), whole.subarray(9600 - 1440));
    const room = { rt60Ms: 350, directToReverberantDb: -5 };
    const { measures, truth } = await heardAs(stuttered, { room, boardPpm: 80 });
    const { voiceToVoice } = measures;
    expectWithin(
      voiceToVoice.state === 'measured' ? voiceToVoice.valueMs : undefined,
      truth.voiceToVoice,
      0.1,
    );
  });

  it('measures what is cut at both ends', async () => {
    const cut = joined(lead, silence(250), part(250, speechMs - 400), silence(400));
    const { reply: check, findings } = await heardAs(cut);
    const { leadingCutMs, trailingCutMs, dropouts } = qualityOf(check);
    expectWithin(leadingCutMs, 250, 20);
    expectWithin(trailingCutMs, 400, 20);
    expect(findings).toEqual([
      expect.stringMatching(
        /^HIL_TURN_REPLY_INCOMPLETE: .* \(2\d\d ms at the beginning, [34]\d\d ms at the end\); 95 % have/,
      ),
    ]);
    expect(dropouts).toEqual(none);
  });

  it.each([
    ['silence', {}, 0],
    ['digital zero', { snrDb: 200 }, 0],
  ])('has no quality in %s', async (_name, options, speakerGain) => {
    const { reply: check } = await heardAs(whole, { ...options, speakerGain, bleedDb: -Infinity });
    expect(check).toMatchObject({ state: 'not-found' });
    expect(check).not.toHaveProperty('pitchRatio');
  });
});

describe('a reply at the wrong rate', () => {
  const playedAt = (hz: number): Float32Array =>
    timeScaled(whole, {
      start: 0,
      step: hz / rateHz,
      lengthSamples: Math.floor((whole.length * rateHz) / hz),
    });

  it.each([8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000])('is recognised at %i Hz', async (hz) => {
    const { reply: check, findings } = await heardAs(playedAt(hz), { boardPpm: 150, snrDb: 20 });
    expect(findings).toEqual([
      `HIL_TURN_REPLY_WRONG_RATE: The reply was played at ${((hz / rateHz) * (1 + 150e-6)).toFixed(3)} of its rate: a 24 kHz reply played at ${hz / 1000} kHz.`,
    ]);
    if (check.state !== 'not-found') throw new Error(check.state);
    expect(check.playedAtHz).toBe(hz);
    expectWithin(check.pitchRatio, (hz / rateHz) * (1 + 150e-6), 5e-5);
  });

  it.each([
    ['another reply', readSpeechClip(corpus.replies.get('en-joke-a')!).samples],
    ['itself backwards', whole.slice().reverse()],
  ])('is not seen in %s', async (_name, played) => {
    const { reply: check } = await heardAs(played);
    expect(check).not.toHaveProperty('pitchRatio');
  });
});

describe('levels of the rig', () => {
  it('gives the loopback against the clip, and the reply that leaks into it', async () => {
    const turn = syntheticTurn({ seed: 3, prompt, reply, loopbackGain: 0.5 });
    const [speaker, loopback] = turn.sound.capture!.channels as [Float32Array, Float32Array];
    const leaking = loopback.map((value, n) => value + 0.01 * speaker[n]!);
    const { levels } = await measureTurn(turn.record, {
      ...turn.sound,
      capture: { rateHz: 48_000, channels: [speaker, leaking] },
    });
    expectWithin(levels.loopbackGainDb, -6.02, 0.1);
    expectWithin(levels.crossTalkDb, -40, 0.5);
  });
});
