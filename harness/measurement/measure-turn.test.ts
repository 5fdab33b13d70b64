import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadCorpus, readSpeechClip } from '../corpus';
import type { BoardEvent, SpeechClip, TurnRecord } from '../ports';
import { benchLatenessMs } from './bench-lateness';
import { rigClockMap } from './clock-map';
import { diagnoseTurn } from './diagnose-turn';
import { measureTurn } from './measure-turn';
import { partNames } from './measures';
import { seededUniform } from './__fixtures__/seeded';
import { summariseSelfCheck } from './self-check';
import type { TurnMeasurement } from './turn-measurement';
import { receivedPrompt } from './witness';
import { syntheticTurn, type Spoken, type SyntheticTurnOptions } from './__fixtures__/synthetic-turn';

const corpus = loadCorpus(join(__dirname, '../../fixtures'));
const spoken = (clip: SpeechClip): Spoken => ({ clip, sound: readSpeechClip(clip) });
const prompt = spoken(corpus.prompts.get('en-light-on-a')!);
const reply = spoken(corpus.replies.get('en-light-is-on-a')!);
const lightOn = { name: 'SetLightState', arguments: { LightState: true } };
const calls = [lightOn];

async function measured(options: Partial<SyntheticTurnOptions>) {
  const turn = syntheticTurn({ seed: 1, prompt, reply, ...options });
  const measurement = await measureTurn(turn.record, turn.sound);
  return { ...turn, measurement, codes: diagnoseTurn(turn.record, measurement).map(({ code }) => code) };
}

const value = ({ measures }: TurnMeasurement, name: keyof TurnMeasurement['measures']): number => {
  const one = measures[name];
  return one.state === 'measured' ? one.valueMs : NaN;
};

const room = { rt60Ms: 400, directToReverberantDb: -6 };

describe('measureTurn', () => {
  it.each([
    ['dry, 30 dB', { boardPpm: 200 }],
    ['room of -6 dB, 10 dB SNR, drift', { boardPpm: -180, snrDb: 10, room, seed: 4 }],
    ['loud bleed of the prompt', { bleedDb: 0, room, seed: 5 }],
    ['clipped', { clipAt: 0.08, seed: 6 }],
    ['a stall in the reply', { gap: { atMs: 600, lengthMs: 150 }, seed: 7 }],
  ])('measures the turn and its parts against counted truth: %s', async (_name, options) => {
    const { measurement, truth, codes } = await measured({ ...options, calls });
    const voiceToVoice = measurement.measures.voiceToVoice;
    expect(Math.abs(value(measurement, 'voiceToVoice') - truth.voiceToVoice)).toBeLessThan(0.1);
    expect(voiceToVoice.state === 'measured' && voiceToVoice.uncertaintyMs).toBeLessThan(0.05);
    for (const part of [...partNames, 'timeToFunctionCall', 'timeToConfirmation'] as const)
      expect(Math.abs(value(measurement, part) - truth[part])).toBeLessThan(1);
    const sum = partNames.reduce((total, part) => total + value(measurement, part), 0);
    expect(Math.abs(sum - value(measurement, 'voiceToVoice'))).toBeLessThan(0.05);
    expect(measurement.witness).toMatchObject({ onLoopback: true, asBleed: true });
    expect(measurement.methods).toEqual({ prompt: 'loopback', reply: 'known-reply' });
    expect(codes).toEqual([]);
    expect(summariseSelfCheck([measurement.selfCheck])).toMatchObject({ n: 1, ok: true });
  });

  it('splits the time to first audio of a tool turn at the call and at its output', async () => {
    const { measurement, record } = await measured({ calls });
    const at = (type: string): number => record.providerEvents.find((event) => event.type === type)!.hostAtMs;
    expect(measurement.callDetour).toEqual({
      toCallMs: at('tool-call') - at('endpoint'),
      throughBoardMs: at('tool-output') - at('tool-call'),
      toAudioMs: at('audio-out') - at('tool-output'),
    });
    const { toCallMs, throughBoardMs, toAudioMs } = measurement.callDetour!;
    expect(toCallMs + throughBoardMs + toAudioMs).toBeCloseTo(value(measurement, 'ttfa'), 9);
  });

  it('takes the confirmation for no answer of a plain turn, and the call for one of a tool turn alone', async () => {
    const { measurement } = await measured({});
    expect(measurement.measures.timeToConfirmation).toEqual({ state: 'not-measured', reason: 'no-call' });
    expect(measurement.measures.timeToFunctionCall).toEqual({ state: 'not-measured', reason: 'no-call' });
    expect(measurement.callDetour).toBeUndefined();
  });

  it('does not take what was said before the call for its confirmation', async () => {
    const { measurement } = await measured({
      calls,
      change: (record) => {
        const sent = record.providerEvents.filter(({ type }) => type === 'audio-out');
        const early = sent[0]!.hostAtMs - 60;
        return board((events) => events.map((event) => ({ ...event, hostAtMs: early + 30 })))({
          ...without(record, 'tool-output'),
          // The board reports the call when the reply is already on its way.
          providerEvents: without(record, 'tool-output').providerEvents.map((event) =>
            event.type === 'audio-out' ? { ...event, hostAtMs: event.hostAtMs - 60 } : event,
          ),
        });
      },
    });
    expect(measurement.measures.voiceToVoice.state).toBe('measured');
    expect(measurement.measures.timeToConfirmation).toEqual({
      state: 'not-measured',
      reason: 'no-reply-sent',
    });
  });

  it('keeps the silence ahead of a reply out of time to first audio and downlink', async () => {
    const silence = 3 * reply.clip.rateHz;
    const samples = new Float32Array(reply.sound.samples.length + silence);
    samples.set(reply.sound.samples, silence);
    const { clip } = reply;
    const late: Spoken = {
      sound: { ...reply.sound, samples },
      clip: {
        ...clip,
        lengthSamples: clip.lengthSamples + silence,
        onsetSample: clip.onsetSample + silence,
        offsetSample: clip.offsetSample + silence,
      },
    };
    // Four times faster than real time: the onset leaves long before it is played.
    const { measurement, truth } = await measured({ reply: late, boardPpm: 90 });
    expect(truth.replyLeadIn).toBeGreaterThan(3000);
    for (const part of partNames) expect(Math.abs(value(measurement, part) - truth[part])).toBeLessThan(1);
  });

  it("times a call by the board's own stamp where its line came late, and by the arrival without a stamp", async () => {
    const bootAtMs = 1000;
    const late = (record: TurnRecord, isStamped: boolean): TurnRecord => {
      const uniform = seededUniform(8);
      const stampOf = (hostAtMs: number) => ({ deviceAtMs: Math.floor(hostAtMs - bootAtMs), boot: 1 });
      const { lineIndex, hostAtMs } = record.boardEvents.find(({ type }) => type === 'function-call')!;
      const arrivedAtMs = hostAtMs + 14;
      return {
        ...record,
        consoleLink: { kind: 'usb' },
        clockLines: Array.from({ length: 60 }, (_, n) => {
          const loggedAtMs = record.startedAtHostMs - 6000 + 100 * n + 10 * uniform();
          // A latency timer of 16 ms.
          return { ...stampOf(loggedAtMs), hostAtMs: loggedAtMs + 16 * uniform(), byteOffset: 60 * n };
        }),
        consoleLines: record.consoleLines.map((line) =>
          line.index === lineIndex
            ? { ...line, ...(isStamped ? stampOf(hostAtMs) : {}), hostAtMs: arrivedAtMs }
            : line,
        ),
        boardEvents: record.boardEvents.map((event) =>
          event.lineIndex === lineIndex ? { ...event, hostAtMs: arrivedAtMs } : event,
        ),
      };
    };
    const of = async (isStamped: boolean) => {
      const { measurement, truth } = await measured({ calls, change: (record) => late(record, isStamped) });
      const { timeToFunctionCall: call } = measurement.measures;
      const mark = measurement.marks.find(({ name }) => name === 'functionCall')!;
      if (call.state !== 'measured') throw new Error('not measured');
      return {
        errorMs: call.valueMs - truth.timeToFunctionCall,
        uncertaintyMs: call.uncertaintyMs,
        stampedBy: mark.stampedBy,
        deviceMarks: measurement.deviceMarks?.map(({ type }) => type),
      };
    };
    const [stamped, bare] = [await of(true), await of(false)];
    expect(stamped).toMatchObject({ stampedBy: 'device', deviceMarks: ['function-call'] });
    expect(Math.abs(stamped.errorMs)).toBeLessThan(2);
    expect(Math.abs(stamped.errorMs)).toBeLessThan(2 * stamped.uncertaintyMs);
    expect(bare).toMatchObject({ stampedBy: 'host', deviceMarks: [] });
    expect(bare.errorMs).toBeCloseTo(14, 0);
    expect(bare.errorMs).toBeLessThan(2 * bare.uncertaintyMs);
  });

  it('states how late a simulated rig was where a part begins or ends', async () => {
    const { measurement } = await measured({
      change: (record) => {
        const { promptStartAtRigSample = 0 } = record.truth!;
        const offset = promptStartAtRigSample + (prompt.clip.offsetSample * 48_000) / prompt.clip.rateHz;
        const clockPoints = record.capture!.clockPoints.map((point) =>
          Math.abs(point.rigSample - offset) < 4_800 ? { ...point, hostAtMs: point.hostAtMs + 60 } : point,
        );
        return { ...record, capture: { ...record.capture!, clockPoints } };
      },
    });
    const uncertainty = (name: 'uplink' | 'downlink' | 'voiceToVoice'): number => {
      const one = measurement.measures[name];
      return one.state === 'measured' ? one.uncertaintyMs : NaN;
    };
    expect(uncertainty('uplink')).toBeGreaterThan(59);
    expect(uncertainty('downlink')).toBeLessThan(3);
    expect(uncertainty('voiceToVoice')).toBeLessThan(0.05);
  });

  it('finds a reply that came while a simulated rig stood still, before the line through its clock has it sent', async () => {
    const { measurement, truth, codes } = await measured({
      change: (record) => {
        const sent = record.providerEvents.find(({ type }) => type === 'audio-out')!.hostAtMs;
        const stalledMs = 200;
        // What came in the stall came to the sample before it, as it is in hand at the end; within 100 ms of sound all is in time again.
        const lateMs = (atMs: number): number =>
          atMs <= sent - 20 ? 0 : Math.max(0, stalledMs * (1 - (atMs - sent) / 100));
        const { clockPoints } = record.capture!;
        return {
          ...record,
          capture: {
            ...record.capture!,
            maxLagMs: stalledMs,
            clockPoints: clockPoints.map(({ rigSample, hostAtMs }) => ({
              rigSample,
              hostAtMs: hostAtMs + lateMs(hostAtMs),
            })),
          },
          providerEvents: record.providerEvents.map((event) =>
            event.hostAtMs < sent ? event : { ...event, hostAtMs: event.hostAtMs + stalledMs - 20 },
          ),
        };
      },
    });
    expect(codes).toEqual([]);
    expect(measurement.reply).toMatchObject({ state: 'found', completeness: 1 });
    expect(Math.abs(value(measurement, 'voiceToVoice') - truth.voiceToVoice)).toBeLessThan(0.1);
  });

  it('stamps each take with what it is worth, and lets the sound of the reply spoil none', async () => {
    const stamp = async (options: Partial<SyntheticTurnOptions>) =>
      (await measured(options)).measurement.take!;
    const clean = await stamp({ snrDb: 30 });
    expect(clean).toMatchObject({ spoiltBy: [], loopbackFound: true, xruns: 0 });
    expect(clean.clipping.map(({ clippedSamples }) => clippedSamples)).toEqual([0, 0]);
    const noisy = await stamp({ snrDb: 10 });
    // 20 dB more noise are 20 dB less over it.
    expect(clean.replySnrDb! - noisy.replySnrDb!).toBeGreaterThan(18);
    expect(clean.replySnrDb! - noisy.replySnrDb!).toBeLessThan(22);
    const clipped = await stamp({ clipAt: 0.08, seed: 6 });
    expect(clipped.spoiltBy).toEqual([]);
    expect(Math.max(...clipped.clipping.map(({ clippedSamples }) => clippedSamples))).toBeGreaterThan(100);
  });

  it.each<[string, Partial<SyntheticTurnOptions>, readonly string[], readonly string[]]>([
    [
      'lost sound',
      {
        change: (record) => ({
          ...record,
          capture: {
            ...record.capture!,
            overruns: 1,
            xruns: [
              { atRigSample: record.capture!.firstRigSample + 48_000, kind: 'overrun', lostSamples: 480 },
            ],
          },
        }),
      },
      ['xrun'],
      ['HIL_RIG_XRUN'],
    ],
    ['has no loopback', { loopbackGain: 0 }, ['no-loopback'], ['HIL_RIG_NO_LOOPBACK']],
    [
      'has no capture',
      { change: (record) => ({ ...record, capture: undefined }) },
      ['no-capture'],
      ['HIL_RIG_NO_LOOPBACK'],
    ],
  ])('blames the rig for a take that %s', async (_, options, spoiltBy, found) => {
    const { measurement, codes } = await measured(options);
    expect(measurement.take?.spoiltBy).toEqual(spoiltBy);
    expect(codes).toEqual(found);
  });

  /** A bench that stood still: stalls of the provider from its first reply packet on, and blocks of the rig that were late at the reply. */
  const standingStill =
    (stalls: readonly (readonly [afterSentMs: number, lengthMs: number])[], rigLateMs = 0) =>
    (record: TurnRecord): TurnRecord => {
      const sent = record.providerEvents.find(({ type }) => type === 'audio-out')!.hostAtMs;
      return {
        ...record,
        providerStalls: stalls.map(([after, lengthMs]) => ({ fromHostAtMs: sent + after, lengthMs })),
        capture: {
          ...record.capture!,
          clockPoints: record.capture!.clockPoints.map((point) =>
            point.hostAtMs > sent && point.hostAtMs < sent + 600
              ? { ...point, hostAtMs: point.hostAtMs + rigLateMs }
              : point,
          ),
        },
      };
    };

  it('repeats a take whose reply broke while the bench stood still, and counts it for nothing', async () => {
    const speechEndsMs = (1000 * reply.clip.offsetSample) / reply.clip.rateHz;
    const { measurement, codes } = await measured({
      cutAtMs: speechEndsMs - 250,
      change: standingStill([[300, 150]]),
    });
    expect(codes).toEqual(['HIL_TURN_BENCH_STALLED']);
    expect(measurement.take?.spoiltBy).toEqual(['stall']);
  });

  it('takes nothing that came before the turn for what the board sent of the prompt', () => {
    const noise = { samples: new Float32Array(2_400).fill(1e-3), rateHz: 24_000 };
    const levelAt = (hostAtMs: number): number | undefined => {
      const packets = [{ hostAtMs, streamSample: 0, lengthSamples: 2_400 }];
      const received = {
        ...{ sessionId: 's', path: 'p', rateHz: 24_000, firstStreamSample: 0 },
        lengthSamples: 2_400,
        packets,
      };
      const record = { prompt: prompt.clip, startedAtHostMs: 1_000, received } as unknown as TurnRecord;
      // A rig that was late puts the prompt ahead of the order to play it.
      const playing = { fromHostAtMs: 700, toHostAtMs: 2_000 };
      return receivedPrompt(record, noise, prompt.sound, playing).levelDbFs;
    };
    expect(levelAt(999)).toBeUndefined();
    expect(levelAt(1_000)).toBeCloseTo(-60, 3);
    expect(levelAt(3_000)).toBeCloseTo(-60, 3);
    expect(levelAt(3_001)).toBeUndefined();
  });

  describe('what the bench may have added to a time', () => {
    const block = 480;
    /** Blocks of 10 ms at 48 kHz from 0 to 2 s, each as late as is said. */
    const late = (lateMsOf: (atMs: number) => number, stalls: TurnRecord['providerStalls'] = []) => {
      const clockPoints = Array.from({ length: 200 }, (_, n) => ({
        rigSample: (n + 1) * block,
        hostAtMs: 5_000 + (n + 1) * 10 + lateMsOf((n + 1) * 10),
      }));
      const record = (topology: TurnRecord['topology']) =>
        ({
          topology,
          providerStalls: stalls,
          capture: { clockPoints, rateHz: 48_000 },
        }) as unknown as TurnRecord;
      const clock = rigClockMap(clockPoints, 48_000);
      const between = (topology: TurnRecord['topology'], fromMs: number, toMs: number): number =>
        Math.round(benchLatenessMs(record(topology), clock, fromMs * 48, toMs * 48));
      return between;
    };
    const spell = (fromMs: number, toMs: number, lengthMs: number) => (atMs: number) =>
      atMs > fromMs && atMs <= toMs ? lengthMs : 0;

    it('is nothing on a machine that has time for its blocks', () => {
      const between = late((atMs) => (atMs % 30 === 0 ? 19 : 0));
      expect(between('virtual', 500, 1_500)).toBe(0);
    });

    it('is each time that a simulated rig became later, and what it was late by at the beginning', () => {
      const between = late((atMs) => spell(600, 700, 60)(atMs) + spell(1_000, 1_100, 80)(atMs));
      expect(between('virtual', 500, 1_500)).toBe(140);
      expect(between('virtual', 650, 1_500)).toBe(140);
      expect(between('virtual', 750, 1_500)).toBe(80);
      expect(between('virtual', 750, 990)).toBe(0);
      // A sound card goes on whatever the host does.
      expect(between('loopback', 500, 1_500)).toBe(0);
    });

    it('is what it fell behind little by little', () => {
      const between = late((atMs) => Math.max(0, Math.min(100, atMs - 600)));
      // All but what was not yet enough to be seen.
      expect(between('virtual', 500, 1_500)).toBeGreaterThan(80);
      expect(between('virtual', 500, 1_500)).toBeLessThanOrEqual(100);
      expect(between('virtual', 500, 600)).toBe(0);
    });

    it('is what the provider stood still in it, as much as lies in it', () => {
      const between = late(
        () => 0,
        [
          { fromHostAtMs: 5_400, lengthMs: 150 },
          { fromHostAtMs: 6_000, lengthMs: 50 },
          { fromHostAtMs: 6_500, lengthMs: 50 },
        ],
      );
      expect(between('virtual', 500, 1_500)).toBe(100);
      expect(between('loopback', 500, 1_500)).toBe(100);
      expect(between('loopback', 600, 1_000)).toBe(0);
    });
  });

  it('tells what the bench did from what the board did', async () => {
    const { record, measurement } = await measured({});
    const codes = (changed: TurnRecord, of: Partial<TurnMeasurement> = {}): readonly string[] =>
      diagnoseTurn(changed, { ...measurement, ...of }).map(({ code }) => code);
    const sent = (...args: Parameters<typeof standingStill>) => standingStill(...args)(record);
    const stalled = ['HIL_TURN_BENCH_STALLED'];
    // Anywhere in the turn a process may stand still for 250 ms.
    expect(codes(sent([[-300, 250]]))).toEqual([]);
    expect(codes(sent([[-300, 250.1]]))).toEqual(stalled);
    // A rig that is late at the reply alone makes the latency shorter than it was; a card goes on while nobody reads.
    expect(codes(sent([], 245))).toEqual([]);
    expect(codes(sent([], 260))).toEqual(stalled);
    expect(codes({ ...sent([], 260), topology: 'loopback' })).toEqual([]);

    // Short ones add up where the board is to fall silent; between prompt and reply a limit is held without them.
    const within = (benchLateMs: TurnMeasurement['benchLateMs']) =>
      codes(record, { benchLateMs: benchLateMs ?? {} });
    expect(within({ voiceToVoice: 400, bargeInStop: 100 })).toEqual([]);
    expect(within({ bargeInStop: 101 })).toEqual(stalled);

    const { reply: whole } = measurement;
    if (whole.state !== 'found') throw new Error('the reply was not found');
    const missing = (missingMs: number) => ({ reply: { ...whole, completeness: 0.8, missingMs } });
    const incomplete = ['HIL_TURN_REPLY_INCOMPLETE'];
    // What is missing is no more than the bench was late by and what is lost around a gap.
    for (const bench of [sent([[100, 100]]), sent([[-50, 100]]), sent([], 100)]) {
      expect(codes(bench, missing(290))).toEqual(stalled);
      expect(codes(bench, missing(310))).toEqual(incomplete);
    }
    // Over before the reply began, or borne by any jitter buffer.
    expect(codes(sent([[-300, 240]]), missing(100))).toEqual(incomplete);
    expect(codes(sent([[100, 30]]), missing(100))).toEqual(incomplete);
    const notFound = { state: 'not-found', replyId: 'r', levelDbFs: -20 } as const;
    expect(codes(sent([[100, 110]]), { reply: notFound })).toEqual(stalled);
    expect(codes(sent([[100, 90]]), { reply: notFound })).toEqual(incomplete);
    // No stall makes a speaker silent.
    const silent = { ...notFound, levelDbFs: -110 };
    expect(codes(sent([[100, 240]]), { reply: silent })).toEqual(['HIL_TURN_SPEAKER_SILENT']);
    // Drivers without data play their buffer again.
    const { quality } = whole;
    if (quality === undefined) throw new Error('the reply has no quality');
    const stuttering = { reply: { ...whole, quality: { ...quality, repeats: { count: 1, totalMs: 60 } } } };
    expect(codes(sent([]), stuttering)).toEqual(['HIL_TURN_REPLY_STUTTERED']);
    expect(codes(sent([[100, 60]]), stuttering)).toEqual(stalled);
  });

  it('finds no fault of the rig in a turn that broke while its prompt was playing', async () => {
    const { measurement } = await measured({
      loopbackGain: 0,
      change: (record) => ({
        ...record,
        ending: 'fault',
        faults: [{ code: 'HIL_BOARD_PANIC', message: 'StoreProhibited', facts: {} }],
      }),
    });
    expect(measurement.take).toMatchObject({ spoiltBy: [], loopbackFound: false });
  });

  it('does not measure a take that lagged', async () => {
    const { measurement, codes } = await measured({
      change: (record) => ({ ...record, capture: { ...record.capture!, maxLagMs: 501 } }),
    });
    for (const measure of Object.values(measurement.measures))
      expect(measure).toEqual({ state: 'not-measured', reason: 'bad-take' });
    expect(codes).toEqual(['HIL_RIG_LAGGED']);
  });

  it('counts a missing reply of the board as slower than every number', async () => {
    const { measurement } = await measured({
      speakerGain: 0,
      change: (record) => ({ ...record, ending: 'deadline', deadlineMs: 1500 }),
    });
    expect(measurement.measures.voiceToVoice).toEqual({
      state: 'censored',
      aboveMs: 1500,
      reason: 'no-onset',
    });
  });

  it('does not blame the board for what bench or provider broke', async () => {
    const { measurement, codes } = await measured({
      speakerGain: 0,
      change: (record) => ({
        ...record,
        ending: 'fault',
        faults: [{ code: 'HIL_PROVIDER_DIED', message: 'The provider died.', facts: {} }],
      }),
    });
    expect(measurement.measures.voiceToVoice.state).toBe('not-measured');
    expect(codes).toEqual(['HIL_PROVIDER_DIED']);
  });

  it('measures the board without a capture as not measured', async () => {
    const { record, sound } = syntheticTurn({ seed: 1, prompt, reply });
    const measurement = await measureTurn(
      { ...record, capture: undefined },
      { ...sound, capture: undefined },
    );
    expect(measurement.measures.voiceToVoice).toEqual({ state: 'not-measured', reason: 'no-capture' });
  });
});

const without = (record: TurnRecord, type: string): TurnRecord => ({
  ...record,
  providerEvents: record.providerEvents.filter((event) => event.type !== type),
});
const heardAs =
  (utterance: string | undefined) =>
  (record: TurnRecord): TurnRecord => ({
    ...record,
    providerEvents: record.providerEvents.map((event) => {
      if (event.type !== 'heard') return event;
      const { confidence, hostAtMs, seq } = event;
      return { type: 'heard', seq, hostAtMs, confidence, ...(utterance === undefined ? {} : { utterance }) };
    }),
  });
const unanswered = (record: TurnRecord): TurnRecord => ({
  ...record,
  ending: 'deadline',
  replies: [],
  providerEvents: record.providerEvents.filter(
    (event) =>
      event.type !== 'audio-out' && !(event.type === 'response-started' && event.responseId === 'r1'),
  ),
});
const board =
  (change: (events: readonly BoardEvent[]) => readonly BoardEvent[]) =>
  (record: TurnRecord): TurnRecord => ({
    ...record,
    boardEvents: change(record.boardEvents),
  });
const boot = (resetCause: string, { startedAtHostMs }: TurnRecord): BoardEvent => ({
  type: 'boot',
  resetCause,
  hostAtMs: startedAtHostMs + 500,
  boot: 2,
  lineIndex: 40,
});
const endedByPower = ({ startedAtHostMs }: TurnRecord): BoardEvent => ({
  type: 'boot-ended',
  session: {
    boot: 1,
    startedBy: 'ordered',
    startedAtHostMs: startedAtHostMs - 9_000,
    firstLine: 0,
    lastLine: 38,
    endedBy: 'power',
    milestones: [],
    crashes: 0,
    watchdogWarnings: 0,
  },
  hostAtMs: startedAtHostMs + 500,
  boot: 1,
  lineIndex: 38,
});
const gap = ({ startedAtHostMs }: TurnRecord): BoardEvent => ({
  type: 'console-gap',
  awaySinceHostMs: startedAtHostMs + 100,
  reason: 'read EIO',
  byteOffset: 4711,
  hostAtMs: startedAtHostMs + 500,
  boot: 2,
  lineIndex: 40,
});
const offline = ({ startedAtHostMs }: TurnRecord): BoardEvent => ({
  type: 'network-lost',
  reason: 'run -> init (0xc800)',
  hostAtMs: startedAtHostMs + 500,
  boot: 1,
  lineIndex: 40,
});
const deaf = (record: TurnRecord): TurnRecord => without(without(unanswered(record), 'heard'), 'endpoint');

describe('diagnoseTurn', () => {
  it.each<[string, Partial<SyntheticTurnOptions>, readonly string[]]>([
    ['a good turn', { calls }, []],
    ['a dead microphone', { micGain: 0, change: deaf }, ['HIL_TURN_MICROPHONE_SILENT']],
    ['silence without a witness', { micGain: 0, bleedDb: -Infinity, change: deaf }, ['HIL_TURN_UNHEARD']],
    ['another utterance', { change: heardAs('en-door-open') }, ['HIL_TURN_MISHEARD']],
    [
      'an utterance that the provider did not know, though all of it was there',
      { change: heardAs(undefined) },
      ['HIL_TURN_PROVIDER_FAILED'],
    ],
    ['no loopback', { loopbackGain: 0 }, ['HIL_RIG_NO_LOOPBACK']],
    ['a dead speaker', { speakerGain: 0 }, ['HIL_TURN_SPEAKER_SILENT']],
    ['a reply cut short', { cutAtMs: 700 }, ['HIL_TURN_REPLY_INCOMPLETE']],
    ['a provider that heard and said nothing', { change: unanswered }, ['HIL_TURN_PROVIDER_FAILED']],
    [
      'a lost call and no confirmation',
      { calls, change: (record) => board(() => [])(without(unanswered(record), 'tool-output')) },
      ['HIL_TURN_CALL_MISSING'],
    ],
    [
      'a call without output',
      { calls, change: (record) => without(unanswered(record), 'tool-output') },
      ['HIL_TURN_REPLY_MISSING'],
    ],
    [
      'a repeated call',
      { calls, change: board((events) => [...events, ...events]) },
      ['HIL_TURN_CALL_REPEATED'],
    ],
    [
      'a call that nobody asked for',
      {
        calls,
        change: board((events) => [
          ...events,
          { ...(events[0] as never as object), callId: 'x', name: 'OpenDoor' } as BoardEvent,
        ]),
      },
      ['HIL_TURN_CALL_UNEXPECTED'],
    ],
    [
      'other arguments',
      {
        calls,
        change: board((events) =>
          events.map((event) =>
            event.type === 'function-call' ? { ...event, arguments: { LightState: false } } : event,
          ),
        ),
      },
      ['HIL_TURN_CALL_ARGUMENTS'],
    ],
    [
      'an effect that contradicts the call',
      {
        calls,
        change: board((events) =>
          events.map((event) => (event.type === 'light' ? { ...event, on: false } : event)),
        ),
      },
      ['HIL_TURN_CALL_ARGUMENTS'],
    ],
    [
      'a tool that the firmware never declared, so that nobody could call it',
      {
        calls,
        change: (record) => ({
          ...board(() => [])(without(without(record, 'tool-call'), 'tool-output')),
          advertised: ['OpenDoor'],
        }),
      },
      ['HIL_SESSION_TOOL_MISSING'],
    ],
    [
      'a tool that the firmware never declared, and the provider asked for all the same',
      { calls, change: (record) => ({ ...board(() => [])(record), advertised: ['OpenDoor'] }) },
      ['HIL_SESSION_TOOL_MISSING'],
    ],
    [
      'a silent restart ahead of the reply',
      { change: (record) => board(() => [boot('software CPU reset (0xc)', record)])(unanswered(record)) },
      ['HIL_BOARD_RESTARTED'],
    ],
    [
      'a board whose power failed',
      { change: (record) => board(() => [boot('brownout (0xf)', record)])(unanswered(record)) },
      ['HIL_BOARD_POWER_FAULT'],
    ],
    [
      'a firmware that restarts itself by a soft reset',
      { change: (record) => board(() => [boot('soft reset of MicroPython', record)])(unanswered(record)) },
      ['HIL_BOARD_RESTARTED'],
    ],
    [
      'a firmware that wakes from its sleep',
      { change: (record) => board(() => [boot('deep-sleep wake (0x5)', record)])(unanswered(record)) },
      ['HIL_BOARD_RESTARTED'],
    ],
    [
      'a boot of which nobody says that it was the firmware',
      {
        change: (record) => board(() => [boot('unknown, its banner was lost', record)])(unanswered(record)),
      },
      ['HIL_BOARD_POWER_FAULT'],
    ],
    [
      'a software reset behind a supply that sagged ahead of the turn',
      {
        change: (record) =>
          board(() => [endedByPower(record), boot('software system reset (0x3)', record)])(
            unanswered(record),
          ),
      },
      ['HIL_BOARD_POWER_FAULT'],
    ],
    [
      'a port that was away, whatever is missing then',
      { calls, change: (record) => board(() => [gap(record)])(unanswered(record)) },
      ['HIL_BOARD_CONSOLE_GAP'],
    ],
    [
      'a network that was lost in a reply, of which the rest never came',
      { cutAtMs: 700, change: (record) => board((events) => [...events, offline(record)])(record) },
      ['HIL_BOARD_NETWORK_LOST'],
    ],
    [
      'a firmware that restarts itself, and leaves its network first',
      {
        change: (record) =>
          board(() => [offline(record), boot('software CPU reset (0xc)', record)])(unanswered(record)),
      },
      ['HIL_BOARD_RESTARTED'],
    ],
    [
      'a restart that took the port with it',
      {
        change: (record) =>
          board(() => [gap(record), boot('software CPU reset (0xc)', record)])(unanswered(record)),
      },
      ['HIL_BOARD_RESTARTED'],
    ],
    [
      'a scenario that asks for something else',
      { calls, change: (record) => ({ ...record, expected: { ...record.expected, calls: [] } }) },
      ['HIL_SCENARIO_MISMATCH'],
    ],
  ])('finds one cause: %s', async (_name, options, expected) => {
    expect((await measured(options)).codes).toEqual(expected);
  });

  const middle = (samples: Float32Array): number => Math.round(samples.length / 2);
  it.each<[string, (samples: Float32Array, rateHz: number) => Float32Array]>([
    [
      'with a syllable missing',
      (samples, rateHz) =>
        samples.map((value, n) => (Math.abs(n - middle(samples)) < 0.1 * rateHz ? 0 : value)),
    ],
    ['clipped', (samples) => samples.map((value) => Math.max(-0.002, Math.min(0.002, value)))],
    [
      'with a piece of it twice',
      (samples, rateHz) =>
        samples.map((value, n) =>
          n < middle(samples) ? value : (samples[n - Math.round(0.05 * rateHz)] ?? 0),
        ),
    ],
  ])('blames the board where the prompt arrived damaged: %s', async (_name, damaged) => {
    const { record, sound } = syntheticTurn({ seed: 1, prompt, reply, change: heardAs(undefined) });
    const { samples, rateHz } = sound.received!;
    const received = { samples: damaged(samples, rateHz), rateHz };
    const measurement = await measureTurn(record, { ...sound, received });
    expect(measurement.witness.receivedWhole).toBeUndefined();
    expect(diagnoseTurn(record, measurement).map(({ code }) => code)).toEqual(['HIL_TURN_MISHEARD']);
  });

  it("blames nobody's board for a prompt that was misheard while the simulated rig stood still in it", async () => {
    const { record, measurement } = await measured({ change: heardAs('en-door-open') });
    const { capture } = record;
    const onset = measurement.marks.find(({ name }) => name === 'promptOnset')!.atRigSample!;
    const codes = (lateMs: number, topology: TurnRecord['topology'] = 'virtual') => {
      const clockPoints = capture!.clockPoints.map((point) => {
        const isLate = point.rigSample > onset + 9_600 && point.rigSample < onset + 24_000;
        return isLate ? { ...point, hostAtMs: point.hostAtMs + lateMs } : point;
      });
      const changed = { ...record, topology, capture: { ...capture!, clockPoints } };
      return diagnoseTurn(changed, measurement).map(({ code }) => code);
    };
    expect(codes(150)).toEqual(['HIL_TURN_BENCH_STALLED']);
    expect(codes(80)).toEqual(['HIL_TURN_MISHEARD']);
    expect(codes(150, 'loopback')).toEqual(['HIL_TURN_MISHEARD']);
  });

  it('compares a reply that was truncated up to what was kept', async () => {
    const { codes, measurement } = await measured({
      cutAtMs: 700,
      change: (record) => ({
        ...record,
        providerEvents: [
          ...record.providerEvents,
          { seq: 999, hostAtMs: record.endedAtHostMs, type: 'truncated', itemId: 'i1', audioEndMs: 680 },
        ],
      }),
    });
    expect(codes).toEqual([]);
    expect(measurement.reply).toMatchObject({ state: 'found', completeness: 1 });
  });
});

describe('counted truth', () => {
  it('is read by the self-check alone', () => {
    const readers = readdirSync(__dirname).filter(
      (name) =>
        name.endsWith('.ts') &&
        !name.endsWith('.test.ts') &&
        /\btruth\b[^\n]*=|\.truth\b|speakerSpans|uplinkMarks/.test(
          readFileSync(join(__dirname, name), 'utf8'),
        ),
    );
    expect(readers).toEqual(['self-check.ts']);
  });
});
