import type { TurnRecord } from '../ports';
import { diagnoseCalls } from './diagnose-calls';
import { diagnoseReply } from './diagnose-reply';
import type { TurnMeasurement } from './turn-measurement';

const call = { name: 'SetVolume', arguments: { volume: 80 } };
const asked = { ...call, type: 'tool-call', callId: 'c1', seq: 1, hostAtMs: 1 };
const executed = { ...call, type: 'function-call', callId: 'c1', hostAtMs: 2, lineIndex: 1 };
const complaint = {
  type: 'complaint',
  text: 'Unhandled attribute type or invalid value for: volume',
  lineIndex: 2,
};
const effect = { type: 'volume', value: 80, lineIndex: 3 };

const codesOfCalls = (boardEvents: readonly object[], scenario: object = call): readonly string[] =>
  diagnoseCalls(
    {
      expected: { utterance: 'en-volume-up', calls: [scenario], spoken: true },
      providerEvents: [asked],
      boardEvents,
      consoleLines: [],
      replies: [],
    } as unknown as TurnRecord,
    {} as TurnMeasurement,
  ).map(({ code }) => code);

describe('a call of which the firmware complains', () => {
  it('was executed on nothing where no effect shows, and well where one does', () => {
    expect(codesOfCalls([executed, complaint])).toEqual(['HIL_TURN_CALL_ARGUMENTS']);
    expect(codesOfCalls([executed, complaint, effect])).toEqual([]);
    expect(codesOfCalls([executed, { ...complaint, text: 'Network is slow' }])).toEqual([]);
  });

  it('is not held against it where the provider sent other arguments than it should', () => {
    const other = { ...call, arguments: { volume: '80' } };
    expect(codesOfCalls([executed, complaint], other)).not.toContain('HIL_TURN_CALL_ARGUMENTS');
  });
});

describe('a reply that was played as far as it was sent', () => {
  const started = { type: 'response-started', responseId: 'r1', sessionId: 's1', seq: 1 };
  const done = (status: string) => ({ type: 'response-done', responseId: 'r1', status, seq: 2 });
  const closed = { type: 'session-closed', sessionId: 's1', closeCode: 1006, seq: 3 };
  const judge = (...providerEvents: readonly object[]): readonly string[] =>
    diagnoseReply(
      { expected: { calls: [], spoken: true }, providerEvents } as unknown as TurnRecord,
      { reply: { state: 'found', completeness: 1 } } as unknown as TurnMeasurement,
    ).map(({ code }) => code);

  it('is whole once the provider is done with it, whatever becomes of its session', () => {
    expect(judge(started, done('completed'))).toEqual([]);
    expect(judge(started, done('completed'), closed)).toEqual([]);
    expect(judge(started, done('cancelled'))).toEqual([]);
    expect(judge(started)).toEqual([]);
  });

  it('is the provider’s failure where it gave up, or its session ended in the middle', () => {
    expect(judge(started, done('incomplete'))).toEqual(['HIL_TURN_PROVIDER_FAILED']);
    expect(judge(started, closed)).toEqual(['HIL_TURN_PROVIDER_FAILED']);
  });

  it('is not where the board hung up, or another session ended', () => {
    expect(judge(started, { ...closed, closedBy: 'board' })).toEqual([]);
    expect(judge(started, { ...closed, sessionId: 's0' })).toEqual([]);
  });
});
