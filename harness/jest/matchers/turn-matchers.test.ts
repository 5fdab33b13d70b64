import type { TurnResult } from '../../host';
import type { NotMeasuredReason, ReplyCheck, TurnMeasurement } from '../../measurement';
import { foundReply, turnOf as syntheticTurn } from './__fixtures__/synthetic-turn';
import { judgeStoppedSpeaking } from './barge-in-matchers';
import { eventList } from './event-list';
import { findingOf, type Judgement } from './judgement';
import {
  judgeAnsweredWithin,
  judgeHeardAs,
  judgeHeardAsUnknown,
  judgeMeasured,
  judgePlayedCompletely,
} from './turn-matchers';

const turnOf = (measurement: Partial<TurnMeasurement>, findings: TurnResult['findings'] = []): TurnResult =>
  ({
    record: {
      turnId: 't0001',
      startedAtHostMs: 1_000,
      prompt: { id: 'en-light-on-a' },
      expected: { utterance: 'en-light-on', calls: [], spoken: true },
      boardEvents: [{ type: 'function-call', name: 'OpenDoor', arguments: { open: true }, hostAtMs: 1_500 }],
      providerEvents: [{ type: 'tool-call', name: 'OpenDoor', arguments: { open: true }, hostAtMs: 1_400 }],
    },
    measurement: { calls: [], marks: [], witness: { onLoopback: true, asBleed: true }, ...measurement },
    findings,
  }) as unknown as TurnResult;

describe('turn matchers', () => {
  it('tell what was heard from what was meant', () => {
    const heard = turnOf({ heard: { utterance: 'en-light-on', confidence: 0.9 } });
    expect(judgeHeardAs(heard, 'en-light-on').pass).toBe(true);
    expect(judgeHeardAs(heard, 'en-light-off')).toMatchObject({
      pass: false,
      message: 'The provider heard en-light-on, expected en-light-off.',
    });
    expect(judgeHeardAsUnknown(heard).pass).toBe(false);
    expect(judgeHeardAsUnknown(turnOf({ heard: { utterance: undefined, confidence: 0.2 } })).pass).toBe(true);
    expect(judgeHeardAsUnknown(turnOf({ heard: undefined })).pass).toBe(false);
  });

  it('hold a time against the board that is too long without what the bench stood still in it', () => {
    const measured = (valueMs: number) => ({ state: 'measured', valueMs, uncertaintyMs: 1 }) as const;
    const codes = (valueMs: number, lateMs: number | undefined) => {
      const turn = turnOf({
        measures: {
          voiceToVoice: measured(valueMs),
          bargeInStop: measured(valueMs),
        } as TurnMeasurement['measures'],
        ...(lateMs === undefined ? {} : { benchLateMs: { voiceToVoice: lateMs, bargeInStop: lateMs } }),
      });
      const interrupted = { ...turn, record: { ...turn.record, interruption: {} } } as unknown as TurnResult;
      return [judgeAnsweredWithin(turn, 500), judgeStoppedSpeaking(interrupted, { maxMs: 500 })].map(
        ({ pass, code, message }) =>
          `${pass} ${code}${/stood still for \d+ ms/.test(message) ? ', late' : ''}`,
      );
    };
    expect(codes(541, undefined)).toEqual(['false HIL_TURN_TOO_SLOW', 'false HIL_TURN_TOO_SLOW']);
    expect(codes(541, 40.9)).toEqual(['false HIL_TURN_TOO_SLOW, late', 'false HIL_TURN_TOO_SLOW, late']);
    expect(codes(541, 41)).toEqual([
      'false HIL_TURN_BENCH_STALLED, late',
      'false HIL_TURN_BENCH_STALLED, late',
    ]);
    expect(codes(500, 90).map((said) => said.split(' ')[0])).toEqual(['true', 'true']);
  });

  it.each<[string, ReplyCheck, boolean, string]>([
    ['not sent', { state: 'not-sent' }, false, 'HIL_TURN_REPLY_MISSING'],
    ['not found', { state: 'not-found', replyId: 'r', levelDbFs: -80 }, false, 'HIL_TURN_SPEAKER_SILENT'],
    [
      'cut',
      {
        state: 'found',
        replyId: 'r',
        completeness: 0.8,
        missingMs: 300,
        levelDbFs: -20,
        confidence: 9,
        driftPpm: 0,
      },
      false,
      'HIL_TURN_REPLY_INCOMPLETE',
    ],
    [
      'whole',
      {
        state: 'found',
        replyId: 'r',
        completeness: 1,
        missingMs: 0,
        levelDbFs: -20,
        confidence: 9,
        driftPpm: 0,
      },
      true,
      'HIL_TURN_REPLY_INCOMPLETE',
    ],
    [
      'of unknown wording',
      {
        state: 'heard',
        levelDbFs: -20,
        overFloorDb: 30,
        onsetAtRigSample: 1,
        onsetUncertaintyMs: 2,
        endAtRigSample: 9,
      },
      false,
      'HIL_TURN_UNMEASURED',
    ],
    [
      'of unknown wording and not heard',
      { state: 'not-heard', reason: 'no-sound', levelDbFs: -80 },
      false,
      'HIL_TURN_UNMEASURED',
    ],
  ])('judge a reply that is %s', (_, reply, pass, code) => {
    expect(judgePlayedCompletely(turnOf({ reply }))).toMatchObject({ pass, code });
  });

  it.each([
    ['complete', { state: 'found', replyId: 'en-ok-a', completeness: 1, missingMs: 0 }, true, true],
    ['half', { state: 'found', replyId: 'en-ok-a', completeness: 0.5, missingMs: 400 }, true, false],
    ['missing', { state: 'not-sent' }, true, false],
    ['missing, and so it should be,', { state: 'not-sent' }, false, true],
    ['of a run before it was judged, and so absent', undefined, true, true],
  ])('judge the reply to an interruption as any other: one that is %s', (_, late, spoken, pass) => {
    const reply = { state: 'found', replyId: 'en-joke-a', completeness: 1, missingMs: 0 };
    const turn = turnOf({ reply, interruption: { reply: late } } as unknown as TurnMeasurement);
    const interruption = { prompt: { id: 'en-light-off-a' }, expected: { spoken } };
    const interrupted = { ...turn, record: { ...turn.record, interruption } } as unknown as TurnResult;
    const judgement = judgePlayedCompletely(interrupted);
    expect(judgement.pass).toBe(pass);
    if (!pass) expect(judgement.message).toMatch(/^After the interruption with en-light-off-a: /);
  });

  it('never take a missing number for a fast one', () => {
    const measures = { voiceToVoice: { state: 'censored', aboveMs: 8_000, reason: 'no-onset' } };
    const turn = turnOf({ measures: measures as unknown as TurnMeasurement['measures'] });
    expect(judgeMeasured(turn, 'voiceToVoice').pass).toBe(false);
    expect(judgeAnsweredWithin(turn, 10_000).pass).toBe(false);
  });

  it('blame the suite for an utterance that was not played and a reply that the scenario does not hold', () => {
    const code = 'HIL_SCENARIO_MISMATCH';
    const asPlayed = turnOf({ heard: { utterance: 'en-light-on', confidence: 0.9 } });
    expect(judgeHeardAs(asPlayed, 'en-light-off')).toMatchObject({ pass: false, code });
    const misheard = turnOf({ heard: { utterance: 'en-door-open', confidence: 0.9 } });
    expect(judgeHeardAs(misheard, 'en-light-off')).toMatchObject({ code: 'HIL_TURN_MISHEARD' });
    const unknown = { heard: { utterance: undefined, confidence: 0 } };
    expect(judgeHeardAs(turnOf(unknown), 'en-light-on')).toMatchObject({ code: 'HIL_TURN_MISHEARD' });
    const witness = { onLoopback: true, asBleed: true, receivedLevelDbFs: -20, receivedWhole: true } as const;
    expect(judgeHeardAs(turnOf({ ...unknown, witness }), 'en-light-on')).toMatchObject({
      code: 'HIL_TURN_PROVIDER_FAILED',
    });
    expect(
      judgeHeardAs(turnOf({ heard: misheard.measurement.heard, witness }), 'en-light-off'),
    ).toMatchObject({
      code: 'HIL_TURN_MISHEARD',
    });
    const silent = turnOf({ reply: { state: 'not-sent' } });
    const { record } = silent;
    const unspoken = { ...silent, record: { ...record, expected: { ...record.expected, spoken: false } } };
    expect(judgePlayedCompletely(unspoken)).toMatchObject({ pass: false, code });
  });

  it.each<[NotMeasuredReason, string]>([
    ['no-onset', 'HIL_TURN_REPLY_INCOMPLETE'],
    ['no-reply-sent', 'HIL_TURN_REPLY_MISSING'],
    ['no-call', 'HIL_SCENARIO_MISMATCH'],
    ['no-clock', 'HIL_TURN_UNMEASURED'],
    ['not-heard', 'HIL_TURN_UNMEASURED'],
    ['no-received-audio', 'HIL_TURN_UNMEASURED'],
  ])('say who is at fault for a number that is missing: %s', (reason, code) => {
    const measures = { uplink: { state: 'not-measured', reason } } as unknown as TurnMeasurement['measures'];
    expect(judgeMeasured(turnOf({ measures }), 'uplink')).toMatchObject({ pass: false, code });
  });

  it('never blame the board for a reply that nobody knows', () => {
    const measures = { voiceToVoice: { state: 'not-measured', reason: 'no-onset' } };
    const turn = turnOf({
      measures: measures as unknown as TurnMeasurement['measures'],
      methods: { prompt: 'loopback', reply: 'onset-detector' },
    });
    expect(judgeMeasured(turn, 'voiceToVoice')).toMatchObject({ pass: false, code: 'HIL_TURN_UNMEASURED' });
  });

  it('blame nobody twice: a turn whose cause is known gives no further finding', () => {
    const judgement = { pass: false, message: 'no', code: 'HIL_TURN_CALL_MISSING' } as const;
    expect(findingOf(turnOf({}), judgement)).toMatchObject({
      origin: 'board',
      code: 'HIL_TURN_CALL_MISSING',
    });
    const known = turnOf({}, [
      { code: 'HIL_PROVIDER_DIED', origin: 'provider', message: 'x', facts: {}, hostAtMs: 0 },
    ]);
    expect(findingOf(known, judgement)).toBeUndefined();
  });

  it('mark where the turn parts from what was expected', () => {
    const lines = (turn: TurnResult, { mismatches }: Judgement): string[] =>
      eventList(turn, mismatches)
        .split('\n')
        .filter((line) => line.startsWith('✗'))
        .map((line) => line.slice(11));
    const heardLight = { promptId: 'en-light-on-a', utterance: 'en-light-on', confidence: 0.9 };
    const event = { seq: 9, hostAtMs: 1_300, type: 'heard', ...heardLight } as const;
    const turn = syntheticTurn([], {
      record: { providerEvents: [event] },
      measurement: {
        heard: { utterance: 'en-light-on', confidence: 0.9 },
        marks: [
          { name: 'replyOnset', hostAtMs: 4_000, uncertaintyMs: 0.02 },
          { name: 'replyOffset', hostAtMs: 5_000, uncertaintyMs: 0.02 },
        ],
        measures: { voiceToVoice: { state: 'measured', valueMs: 1_000, uncertaintyMs: 0.1 } } as never,
        reply: { ...foundReply, completeness: 0.8, missingMs: 300 } as ReplyCheck,
      },
    });
    expect(lines(turn, judgeHeardAs(turn, 'en-door-open'))).toEqual([
      'provider  hears en-light-on  ← expected en-door-open',
    ]);
    expect(lines(turn, judgeAnsweredWithin(turn, 800))).toEqual([
      'rig       reply begins  ← expected 800 ms after the prompt at most',
    ]);
    expect(lines(turn, judgePlayedCompletely(turn))).toEqual([
      'rig       reply ends  ← 300 ms of it are missing',
    ]);
    const deaf = syntheticTurn([], { measurement: { heard: undefined, reply: { state: 'not-sent' } } });
    expect(lines(deaf, judgeHeardAs(deaf, 'en-door-open'))).toEqual([
      'provider  missing: anything heard, expected en-door-open',
    ]);
    expect(lines(deaf, judgePlayedCompletely(deaf))).toEqual(['provider  missing: a reply']);
    const mute = syntheticTurn([], {
      measurement: { reply: { state: 'not-found', replyId: 'r', levelDbFs: -90 } },
    });
    expect(lines(mute, judgePlayedCompletely(mute))).toEqual(['rig       missing: the sound of r']);
  });
});
