import type { TurnResult } from '../../host';
import type { CallObservation, NotMeasuredReason, ReplyCheck, TurnMeasurement } from '../../measurement';
import {
  eventList,
  findingOf,
  judgeAnsweredWithin,
  judgeCalled,
  judgeCalledNothing,
  judgeCalledOnly,
  judgeHeardAs,
  judgeHeardAsUnknown,
  judgeMeasured,
  judgePlayedCompletely,
} from './turn-matchers';

const call = (name: string, ...runs: readonly Record<string, unknown>[]): CallObservation => ({
  name,
  asked: undefined,
  executed: runs.map((args) => ({ arguments: args, hostAtMs: 0 })),
  effects: [],
});

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
    measurement: { calls: [], marks: [], ...measurement },
    findings,
  }) as unknown as TurnResult;

const light = { LightState: true, LightColor: { red: 0, green: 0, blue: 255 } };

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

  it.each([
    ['missing', [], 'HIL_TURN_CALL_MISSING'],
    ['repeated', [call('SetLightState', light, light)], 'HIL_TURN_CALL_REPEATED'],
    ['with other arguments', [call('SetLightState', { LightState: false })], 'HIL_TURN_CALL_ARGUMENTS'],
    ['with arguments left out', [call('SetLightState', { LightState: true })], 'HIL_TURN_CALL_ARGUMENTS'],
  ])('see a call that is %s', (_, calls, code) => {
    expect(judgeCalled(turnOf({ calls }), 'SetLightState', light)).toMatchObject({ pass: false, code });
  });

  it('blame the scenario, not a board that did what it was asked for', () => {
    const obeyed = turnOf({ calls: [call('OpenDoor', { open: true })] });
    const code = 'HIL_SCENARIO_MISMATCH';
    expect(judgeCalled(obeyed, 'OpenDoor', { open: false })).toMatchObject({ pass: false, code });
    expect(judgeCalled(obeyed, 'SetVolume')).toMatchObject({ pass: false, code });
    expect(judgeCalledNothing(obeyed)).toMatchObject({ pass: false, code });
    const disobeyed = turnOf({ calls: [call('OpenDoor', { open: false })] });
    expect(judgeCalled(disobeyed, 'OpenDoor', { open: true })).toMatchObject({
      code: 'HIL_TURN_CALL_ARGUMENTS',
    });
  });

  it('accept the right call, deep arguments included, and refuse company only when asked to', () => {
    const turn = turnOf({ calls: [call('SetLightState', light), call('OpenDoor', { open: true })] });
    expect(judgeCalled(turn, 'SetLightState', light).pass).toBe(true);
    expect(judgeCalled(turn, 'SetLightState').pass).toBe(true);
    expect(judgeCalledOnly(turn, 'SetLightState', light)).toMatchObject({
      pass: false,
      code: 'HIL_TURN_CALL_UNEXPECTED',
      message: 'The board also executed OpenDoor({"open":true}).',
    });
    expect(judgeCalledNothing(turn).pass).toBe(false);
    expect(judgeCalledNothing(turnOf({ calls: [] })).pass).toBe(true);
  });

  it('do not count a call that was asked for and never executed', () => {
    expect(judgeCalledNothing(turnOf({ calls: [call('OpenDoor')] })).pass).toBe(true);
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
  ])('judge a reply that is %s', (_, reply, pass, code) => {
    expect(judgePlayedCompletely(turnOf({ reply }))).toMatchObject({ pass, code });
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

  it('list the events of both sides in order of time', () => {
    expect(
      eventList(turnOf({}))
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual([
      '400 ms  provider      asks OpenDoor({"open":true})',
      '500 ms  board         ▶ OpenDoor({"open":true})',
    ]);
  });
});
