import { join } from 'node:path';

import { loadCorpus, readSpeechClip } from '../corpus';
import type { SpeechClip, TurnRecord } from '../ports';
import { diagnoseTurn } from './diagnose-turn';
import { measureTurn } from './measure-turn';
import { partNames } from './measures';
import { syntheticTurn, type Spoken, type SyntheticTurnOptions } from './__fixtures__/synthetic-turn';

const { abs } = Math;

const corpus = loadCorpus(join(__dirname, '../../fixtures'));
const spoken = (clip: SpeechClip): Spoken => ({ clip, sound: readSpeechClip(clip) });
const prompts = [...corpus.prompts.values()];
const replies = [...corpus.replies.values()];
const pick = <T>(all: readonly T[], n: number): T => all[n % all.length]!;

async function measured(seed: number, options: Partial<SyntheticTurnOptions>) {
  const prompt = spoken(pick(prompts, seed * 7));
  const reply = spoken(pick(replies, seed * 5));
  const turn = syntheticTurn({ seed, prompt, reply, ...options });
  return { ...turn, measurement: await measureTurn(turn.record, turn.sound) };
}

const valueOf = ({ measurement }: Awaited<ReturnType<typeof measured>>) => {
  const { voiceToVoice } = measurement.measures;
  if (voiceToVoice.state !== 'measured') throw new Error(voiceToVoice.reason);
  return voiceToVoice;
};

describe('bleed: one channel for prompt and reply', () => {
  const bleed = { topology: 'bleed', bleedDb: -20, snrDb: 20 } as const;

  it.each([
    ['in a dry room', {}],
    ['in a room of 0 dB', { room: { rt60Ms: 400, directToReverberantDb: 0 } }],
    ['in a room of -6 dB', { room: { rt60Ms: 400, directToReverberantDb: -6 } }],
  ])('finds a prompt 20 dB below the reply within 0.5 ms: %s', async (_name, options) => {
    for (const seed of [101, 102, 103, 104]) {
      const turn = await measured(seed, { ...bleed, ...options });
      const { valueMs, uncertaintyMs } = valueOf(turn);
      const error = abs(valueMs - turn.truth.voiceToVoice);
      expect(error).toBeLessThan(0.5);
      expect(error).toBeLessThan(2 * uncertaintyMs);
      // The air path to this microphone is known to 10 cm.
      expect(uncertaintyMs).toBeGreaterThan(0.15);
      expect(uncertaintyMs).toBeLessThan(0.5);
      expect(turn.measurement).toMatchObject({ topology: 'bleed', methods: { prompt: 'bleed' } });
      expect(diagnoseTurn(turn.record, turn.measurement)).toEqual([]);
    }
  });

  it('finds it under a reply that began before the prompt was over', async () => {
    for (const seed of [111, 112]) {
      const turn = await measured(seed, { ...bleed, endpointAfterMs: -700 });
      expect(turn.truth.voiceToVoice).toBeLessThan(-200);
      expect(abs(valueOf(turn).valueMs - turn.truth.voiceToVoice)).toBeLessThan(0.5);
    }
  });

  it('has no number without a prompt in the room', async () => {
    const { measurement } = await measured(121, { ...bleed, bleedDb: -Infinity });
    expect(measurement.measures.voiceToVoice).toEqual({ state: 'not-measured', reason: 'no-prompt' });
  });
});

describe('timestamps: nothing hears the prompt', () => {
  /** What a bench without loopback and bleed keeps: the speaker, and when the playback was handed out. */
  const unheard =
    (outputMs: number, calibrated?: TurnRecord['roundTrip']) =>
    (record: TurnRecord): TurnRecord => ({
      ...record,
      topology: 'timestamps',
      playback: {
        ...record.playback!,
        startedAtRigSample: record.playback!.startedAtRigSample - 48 * outputMs,
      },
      ...(calibrated === undefined ? {} : { roundTrip: calibrated }),
    });

  it('reckons the prompt from the playback and the calibrated round trip, and says so', async () => {
    const turn = await measured(131, {
      bleedDb: -Infinity,
      change: unheard(31, { ms: 28, uncertaintyMs: 3 }),
    });
    const { valueMs, uncertaintyMs } = valueOf(turn);
    // The output was 3 ms slower than the calibration says.
    expect(valueMs - turn.truth.voiceToVoice).toBeGreaterThan(2.9);
    expect(valueMs - turn.truth.voiceToVoice).toBeLessThan(3.1);
    expect(uncertaintyMs).toBeCloseTo(3, 1);
    expect(turn.measurement).toMatchObject({
      topology: 'timestamps',
      methods: { prompt: 'host-time' },
      witness: { onLoopback: false },
    });
    expect(diagnoseTurn(turn.record, turn.measurement)).toEqual([]);
    const sum = partNames.reduce((total, name) => {
      const part = turn.measurement.measures[name];
      return total + (part.state === 'measured' ? part.valueMs : NaN);
    }, 0);
    expect(sum).toBeCloseTo(valueMs, 1);
  });

  it('is off by tens of milliseconds at worst where the rig was never calibrated, and says that too', async () => {
    for (const outputMs of [0, 100]) {
      const turn = await measured(132, { bleedDb: -Infinity, change: unheard(outputMs) });
      const { valueMs, uncertaintyMs } = valueOf(turn);
      expect(uncertaintyMs).toBeCloseTo(28.9, 1);
      expect(abs(valueMs - turn.truth.voiceToVoice)).toBeLessThan(2 * uncertaintyMs);
    }
  });

  it('has no number when nothing was played', async () => {
    const { measurement } = await measured(133, {
      change: (record) => ({ ...record, topology: 'timestamps', playback: undefined }),
    });
    expect(measurement.measures.voiceToVoice).toEqual({ state: 'not-measured', reason: 'no-prompt' });
  });
});

describe('stated air paths', () => {
  it('are reported beside the measures and in none of them', async () => {
    const [bare, stated] = [
      await measured(141, {}),
      await measured(141, { change: (record) => ({ ...record, acousticDelayMs: 2.4 }) }),
    ];
    expect(stated.measurement.acousticDelayMs).toBe(2.4);
    expect(bare.measurement.acousticDelayMs).toBeUndefined();
    expect(stated.measurement.measures).toEqual(bare.measurement.measures);
  });
});
