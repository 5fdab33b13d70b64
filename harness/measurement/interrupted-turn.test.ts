import { join } from 'node:path';

import { loadCorpus, readSpeechClip } from '../corpus';
import type { SpeechClip, TurnRecord } from '../ports';
import { diagnoseTurn } from './diagnose-turn';
import { measureTurn } from './measure-turn';
import { selfCheck, summariseSelfCheck } from './self-check';
import { syntheticTurn, type Spoken } from './__fixtures__/synthetic-turn';

const corpus = loadCorpus(join(__dirname, '../../fixtures'));
const spoken = (clip: SpeechClip): Spoken => ({ clip, sound: readSpeechClip(clip) });
const prompt = spoken(corpus.prompts.get('en-joke-a')!);
const reply = spoken(corpus.replies.get('en-joke-a')!);
const second = spoken(corpus.prompts.get('en-light-off-a')!);
const answer = spoken(corpus.replies.get('en-light-is-off-a')!);

const RIG_HZ = 48_000;
/** The answer's first sample comes so long after the interrupting prompt was played to its end. */
const ANSWER_AFTER_MS = 700;

/** A turn that was interrupted 700 ms into its reply, fell silent 300 ms later, and went on to answer the second prompt. */
function interruptedTurn(keepOfAnswer: number) {
  const turn = syntheticTurn({
    seed: 12,
    prompt,
    reply,
    boardPpm: 60,
    interruption: { prompt: second, atMs: 700 },
    cutAtMs: 1000,
  });
  const { capture, interruption, providerEvents } = turn.record;
  const { startedAtRigSample, lengthSamples, askedAtHostMs } = interruption!.playback!;
  const answerAt = Math.round(
    startedAtRigSample + lengthSamples + (ANSWER_AFTER_MS * RIG_HZ) / 1000 - capture!.firstRigSample,
  );
  const perClip = RIG_HZ / answer.clip.rateHz;
  const { samples } = answer.sound;
  const kept = samples.subarray(0, Math.round(samples.length * keepOfAnswer));
  const channels = turn.sound.capture!.channels.map((channel, index) => {
    const longer = new Float32Array(Math.round(answerAt + samples.length * perClip + RIG_HZ / 2));
    // Faint noise where nothing was simulated: no channel is silent to the last bit.
    for (let n = 0; n < longer.length; n++) longer[n] = channel[n] ?? 1e-4 * Math.sin(n * n);
    if (index > 0) return longer;
    for (let n = 0; n + 1 < kept.length * perClip; n++) {
      const at = n / perClip;
      const below = Math.floor(at);
      const here = (kept[below] ?? 0) * (1 - (at - below)) + (kept[below + 1] ?? 0) * (at - below);
      longer[answerAt + n] = (longer[answerAt + n] ?? 0) + 0.3 * here;
    }
    return longer;
  });
  const playedMs = (lengthSamples * 1000) / RIG_HZ;
  const stamp = (afterMs: number, seq: number) => ({
    seq,
    sessionId: providerEvents[0]!.sessionId,
    hostAtMs: askedAtHostMs + playedMs + afterMs,
  });
  const seq = providerEvents.length;
  const record: TurnRecord = {
    ...turn.record,
    endedAtHostMs: turn.record.endedAtHostMs + 5000,
    capture: { ...capture!, lengthSamples: channels[0]!.length },
    replies: [...turn.record.replies, { responseId: 'r2', itemId: 'i2', clip: answer.clip }],
    providerEvents: [
      ...providerEvents,
      { ...stamp(450, seq), type: 'endpoint', offsetAtStreamSample: 1e6 },
      { ...stamp(450, seq + 1), type: 'heard', utterance: second.clip.utterance, confidence: 0.9 },
      {
        ...stamp(500, seq + 2),
        type: 'audio-out',
        responseId: 'r2',
        itemId: 'i2',
        fromSample: 0,
        lengthSamples: answer.clip.lengthSamples,
        rateHz: answer.clip.rateHz,
      },
    ] as TurnRecord['providerEvents'],
  };
  const replies = new Map([...turn.sound.replies, [answer.clip.id, answer.sound]]);
  return { ...turn, record, sound: { ...turn.sound, capture: { channels, rateHz: RIG_HZ }, replies } };
}

describe('an interrupted turn', () => {
  it('is held against what was counted of both prompts and both replies', async () => {
    const { record, sound, truth } = interruptedTurn(1);
    const measurement = await measureTurn(record, sound);
    const check = measurement.selfCheck;
    expect(check?.voiceToVoiceTruthMs).toBeCloseTo(truth.voiceToVoice, 3);
    expect(Math.abs(check?.voiceToVoiceErrorMs ?? NaN)).toBeLessThan(0.1);
    const stop = check!.bargeInStop!;
    expect(stop.truthMs).toBeCloseTo(truth.bargeInStop, 1);
    expect(Math.abs(stop.errorMs)).toBeLessThanOrEqual(2 * stop.uncertaintyMs);

    const summary = summariseSelfCheck([check])!;
    // The stop's error is a thousand times the other and must not be among its errors.
    expect(summary).toMatchObject({ n: 1, ok: true, bargeInStop: { n: 1, withinTwoU: 1 } });
    expect(summary.p95AbsErrorMs).toBe(Math.abs(check!.voiceToVoiceErrorMs));
    expect(summary.bargeInStop?.p95AbsErrorMs).toBe(Math.abs(stop.errorMs));
    expect(measurement.interruption?.reply).toMatchObject({ state: 'found', replyId: answer.clip.id });
    expect(diagnoseTurn(record, measurement)).toEqual([]);

    // Older versions counted the latest clip alone, which is the wrong prompt.
    const { playbackStartsAtRigSample, ...older } = record.truth!;
    const latest = { ...older, promptStartAtRigSample: playbackStartsAtRigSample!.at(-1)! };
    expect(selfCheck({ ...record, truth: latest }, measurement)).toBeUndefined();
  });

  it('has its second reply judged like a plain one', async () => {
    const { record, sound } = interruptedTurn(0.6);
    const measurement = await measureTurn(record, sound);
    expect(measurement.reply).toMatchObject({ state: 'found', replyId: reply.clip.id });
    const late = measurement.interruption?.reply;
    expect(late).toMatchObject({ state: 'found', replyId: answer.clip.id });
    expect(late?.state === 'found' && late.completeness).toBeLessThan(0.9);
    expect(diagnoseTurn(record, measurement)).toMatchObject([
      {
        code: 'HIL_TURN_REPLY_INCOMPLETE',
        origin: 'board',
        message: expect.stringMatching(/^After prompt en-light-off-a had interrupted the reply: /) as string,
      },
    ]);
  });

  it('takes what was recognised for what it is about, however late it was recognised', async () => {
    const { record, sound } = interruptedTurn(1);
    const { askedAtHostMs } = record.interruption!.playback!;
    const firstEndpoint = record.providerEvents.find((event) => event.type === 'endpoint')!;
    const { offsetAtStreamSample, sessionId } = firstEndpoint;
    // Of the first prompt, while the second is being said; and of the second, while nobody has recognised it yet.
    const late = (providerEvents: TurnRecord['providerEvents']): TurnRecord['providerEvents'] =>
      providerEvents.map((event) => {
        if (event.type !== 'heard') return event;
        if (event.utterance === second.clip.utterance) return { ...event, offsetAtStreamSample: 1e6 };
        return {
          ...{ ...event, hostAtMs: askedAtHostMs + 300, offsetAtStreamSample },
          ...(sessionId === undefined ? {} : { sessionId }),
        };
      });
    const both = await measureTurn({ ...record, providerEvents: late(record.providerEvents) }, sound);
    expect(both.heard).toMatchObject({ utterance: prompt.clip.utterance });
    expect(both.interruption?.heard).toMatchObject({ utterance: second.clip.utterance });
    const noise = { type: 'heard', confidence: 0, seq: 9_999, hostAtMs: record.endedAtHostMs } as const;
    const noisy = await measureTurn({ ...record, providerEvents: [...record.providerEvents, noise] }, sound);
    expect(noisy.interruption?.heard).toMatchObject({ utterance: second.clip.utterance });
    const unheard = record.providerEvents.filter(
      (event) => event.type !== 'heard' || event.utterance !== second.clip.utterance,
    );
    const first = await measureTurn({ ...record, providerEvents: late(unheard) }, sound);
    expect(first.heard).toMatchObject({ utterance: prompt.clip.utterance });
    expect(first.interruption?.heard).toBeUndefined();
  });
});
