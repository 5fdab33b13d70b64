import { join } from 'node:path';

import { loadCorpus, readSpeechClip } from '../corpus';
import type { SpeechClip, TurnRecord } from '../ports';
import { diagnoseTurn } from './diagnose-turn';
import { measureTurn } from './measure-turn';
import { syntheticTurn, type Spoken, type SyntheticTurnOptions } from './__fixtures__/synthetic-turn';

const corpus = loadCorpus(join(__dirname, '../../fixtures'));
const spoken = (clip: SpeechClip): Spoken => ({ clip, sound: readSpeechClip(clip) });
const prompt = spoken(corpus.prompts.get('en-light-on-b')!);
const reply = spoken(corpus.replies.get('en-light-is-on-a')!);

const unknown = (record: TurnRecord): TurnRecord => ({ ...record, replyAudio: 'unknown' });
/** A provider of which only the sound is known. */
const unwatched = (record: TurnRecord): TurnRecord => ({
  ...unknown(record),
  replies: [],
  providerEvents: record.providerEvents.filter(({ type }) => type !== 'audio-out'),
});

async function measured(options: Partial<SyntheticTurnOptions>) {
  const turn = syntheticTurn({ seed: 1, prompt, reply, change: unknown, ...options });
  const measurement = await measureTurn(turn.record, turn.sound);
  return { ...turn, measurement, codes: diagnoseTurn(turn.record, measurement).map(({ code }) => code) };
}

const room = { rt60Ms: 400, directToReverberantDb: 0 };

describe('a reply that nobody knows', () => {
  it.each<[string, Partial<SyntheticTurnOptions>, number]>([
    ['dry, 30 dB', {}, 10],
    ['in a room, 20 dB, drift', { snrDb: 20, room, boardPpm: 200, seed: 2 }, 15],
    ['in a room, 10 dB', { snrDb: 10, room, seed: 3 }, 50],
    ['Mandarin', { reply: spoken(corpus.replies.get('zh-joke-a')!), seed: 4 }, 15],
    ['with a loud bleed of the prompt', { bleedDb: -15, room, seed: 5 }, 15],
    ['clipped', { clipAt: 0.1, seed: 6 }, 15],
    ['of a provider that is not watched', { change: unwatched, seed: 7 }, 10],
  ])('is timed against counted truth: %s', async (_name, options, withinMs) => {
    const { measurement, truth, codes } = await measured(options);
    const { voiceToVoice } = measurement.measures;
    if (voiceToVoice.state !== 'measured') throw new Error(voiceToVoice.reason);
    const errorMs = Math.abs(voiceToVoice.valueMs - truth.voiceToVoice);
    expect(errorMs).toBeLessThan(withinMs);
    expect(errorMs).toBeLessThan(3 * voiceToVoice.uncertaintyMs);
    expect(voiceToVoice.uncertaintyMs).toBeGreaterThan(1);
    expect(measurement.methods).toEqual({ prompt: 'loopback', reply: 'onset-detector' });
    expect(measurement.reply.state).toBe('heard');
    const onset = measurement.marks.find(({ name }) => name === 'replyOnset');
    expect(onset?.uncertaintyMs).toBeGreaterThan(1);
    expect(measurement.selfCheck).toBeUndefined();
    expect(codes).toEqual([]);
  });

  it('is taken for unknown when its sound is missing', async () => {
    const { record, sound, truth } = syntheticTurn({ seed: 8, prompt, reply });
    const { measures, methods } = await measureTurn(record, { ...sound, replies: new Map() });
    expect(methods?.reply).toBe('onset-detector');
    expect(measures.voiceToVoice.state === 'measured' && measures.voiceToVoice.valueMs).toBeCloseTo(
      truth.voiceToVoice,
      -1.5,
    );
    expect(measures.replyLeadIn).toEqual({ state: 'not-measured', reason: 'no-reference' });
  });

  it.each<[string, Partial<SyntheticTurnOptions>, string]>([
    ['a silent speaker', { speakerGain: 0 }, 'no-onset'],
    ['a reply of which 80 ms were played', { cutAtMs: 120 }, 'no-onset'],
    ['a prompt that did not leave the rig', { loopbackGain: 0 }, 'no-prompt'],
    [
      'a take that lost samples',
      { change: (record) => unknown({ ...record, capture: { ...record.capture!, overruns: 1 } }) },
      'bad-take',
    ],
  ])('has no number but a reason: %s', async (_name, options, reason) => {
    const { measurement } = await measured(options);
    const { voiceToVoice } = measurement.measures;
    expect(voiceToVoice.state).not.toBe('measured');
    expect(voiceToVoice.state !== 'measured' && voiceToVoice.reason).toBe(reason);
  });

  it('is no longer looked for where the capture was cut', async () => {
    const { record, sound } = syntheticTurn({ seed: 1, prompt, reply, change: unknown });
    const capture = sound.capture!;
    const cut = { ...capture, channels: capture.channels.map((samples) => samples.subarray(0, 125_000)) };
    const { measures, reply: check } = await measureTurn(record, { ...sound, capture: cut });
    expect(check).toMatchObject({ state: 'not-heard', reason: 'no-sound' });
    expect(measures.voiceToVoice.state).not.toBe('measured');
  });
});

describe('a turn of a board that reaches its provider by itself', () => {
  const direct = (record: TurnRecord): TurnRecord => ({
    ...unknown(record),
    unwatched: true,
    replies: [],
    providerEvents: [],
  });

  it('is timed, and blamed on nobody for what nobody saw', async () => {
    const { measurement, codes } = await measured({ change: direct, seed: 11 });
    expect(measurement.measures.voiceToVoice.state).toBe('measured');
    expect(measurement.measures.ttfa.state).toBe('not-measured');
    expect(codes).toEqual([]);
  });

  it('has calls that only the scenario can be held against', async () => {
    const executed = (record: TurnRecord): TurnRecord => ({
      ...direct(record),
      expected: { ...record.expected, calls: [{ name: 'SetVolume', arguments: { volume: 40 } }] },
    });
    const { codes } = await measured({ change: executed, seed: 12 });
    expect(codes).toEqual(['HIL_TURN_UNWATCHED']);
  });
});

describe('who is blamed for a reply that nobody knows and nobody heard', () => {
  it('is the board, when sound left the provider and the speaker is silent', async () => {
    expect((await measured({ speakerGain: 0 })).codes).toEqual(['HIL_TURN_SPEAKER_SILENT']);
  });

  it('is nobody, when it is not known whether anything was sent', async () => {
    const { codes, measurement } = await measured({ speakerGain: 0, change: unwatched });
    expect(codes).toEqual(['HIL_TURN_UNMEASURED']);
    expect(measurement.measures.voiceToVoice).toEqual({ state: 'not-measured', reason: 'no-onset' });
  });

  it('is nobody, when there is sound that is no speech', async () => {
    const { codes } = await measured({ cutAtMs: 120 });
    expect(codes).toEqual(['HIL_TURN_UNMEASURED']);
  });

  it('is nobody, when no reply was expected', async () => {
    const { codes } = await measured({
      speakerGain: 0,
      change: (record) => unwatched({ ...record, expected: { ...record.expected, spoken: false } }),
    });
    expect(codes).toEqual([]);
  });
});
