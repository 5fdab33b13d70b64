import type { TurnRecord } from '../ports';
import { diagnoseCalls } from './diagnose-calls';
import { diagnoseReply } from './diagnose-reply';
import { diagnoseSession } from './diagnose-session';
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
    judgeEnded('answered', ...providerEvents);
  const judgeEnded = (
    ending: TurnRecord['ending'],
    ...providerEvents: readonly object[]
  ): readonly string[] =>
    diagnoseReply(
      {
        expected: { calls: [], spoken: true },
        providerEvents,
        ending,
        deadlineMs: 8_000,
      } as unknown as TurnRecord,
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

  it('is the provider’s failure where it was not done when the turn was over', () => {
    expect(judgeEnded('deadline', started)).toEqual(['HIL_TURN_PROVIDER_FAILED']);
    expect(judgeEnded('deadline', started, done('completed'))).toEqual([]);
  });

  it('is the provider’s failure where its sound stopped on the way, though it said that it was done', () => {
    const stopped = { type: 'deviation', code: 'sound-stopped', message: 'The sound stopped.', seq: 1 };
    expect(judge(started, stopped, done('completed'))).toEqual(['HIL_TURN_PROVIDER_FAILED']);
    expect(judge(started, { ...stopped, code: 'channel-closed' }, done('completed'))).toEqual([]);
  });

  it('is not where the board hung up, or another session ended', () => {
    expect(judge(started, { ...closed, closedBy: 'board' })).toEqual([]);
    expect(judge(started, { ...closed, sessionId: 's0' })).toEqual([]);
  });
});

describe('a session that the provider ended in the middle of the turn', () => {
  const ofSession = (...events: readonly object[]): TurnRecord['providerEvents'] =>
    events.map((event, seq) => ({ sessionId: 's1', hostAtMs: 100 * seq, ...event, seq })) as never;
  const closed = { type: 'session-closed', closeCode: 1001, reason: 'session_expired', closedBy: 'provider' };
  const speech = { type: 'speech-started' };
  const heard = [speech, { type: 'endpoint' }, { type: 'heard' }];
  const started = { type: 'response-started', responseId: 'r1' };
  const done = (status = 'completed') => ({ type: 'response-done', responseId: 'r1', status });
  const asks = { type: 'tool-call', responseId: 'r1', callId: 'c1' };
  /** Two seconds on a track, of which 100 ms pass between two events. */
  const track = { type: 'audio-out', itemId: 'i1', lengthSamples: 48_000, rateHz: 24_000, rtp: {} };
  const judge = (events: TurnRecord['providerEvents'], over: Partial<TurnRecord> = {}): readonly string[] =>
    diagnoseSession({
      providerEvents: events,
      expected: { utterance: 'en-joke', calls: [], spoken: true },
      received: undefined,
      ...over,
    }).map(({ code, message }) => `${code} ${message}`);
  const blamed = [
    'HIL_TURN_PROVIDER_FAILED The provider ended the session with 1001 (session_expired) in the middle of the turn.',
  ];

  it.each<[string, readonly object[]]>([
    ['before the prompt was heard', []],
    ['while the prompt was said', [speech]],
    ['ahead of the answer', heard],
    ['within the answer', [...heard, started]],
    ['as it gave the answer up', [...heard, started, done('failed')]],
    ['between a call and the reply to it', [...heard, started, asks, done()]],
    ['while the reply was still on its way on the track', [...heard, started, track, done()]],
  ])('is its failure, whatever was heard: %s', (_, before) => {
    expect(judge(ofSession(...before, closed))).toEqual(blamed);
  });

  it('is nobody’s in particular where neither side closed it, and not the board’s', () => {
    const broke = { ...closed, closeCode: 1006, reason: '', closedBy: undefined };
    expect(judge(ofSession(speech, broke))).toEqual([
      'HIL_TURN_PROVIDER_FAILED The session broke off with 1006 in the middle of the turn, and neither side had closed it.',
    ]);
  });

  it.each<[string, readonly object[], Partial<TurnRecord>?]>([
    ['it had answered', [...heard, started, done(), closed]],
    [
      'the reply on its track had been played',
      [...heard, started, track, done(), { ...closed, hostAtMs: 5_000 }],
    ],
    [
      'it had asked for all that was wanted of it',
      [...heard, started, asks, done(), closed],
      { expected: { utterance: 'en-joke', calls: [], spoken: false } },
    ],
    ['the board hung up', [...heard, { ...closed, closedBy: 'board' }]],
    ['the board did not answer any more', [...heard, { ...closed, reason: 'ping_timeout' }]],
    ['the board broke the protocol', [...heard, { ...closed, closeCode: 1007 }]],
    [
      'it was one that the board had left behind',
      [...heard, { ...closed, sessionId: 's0' }],
      { received: { sessionId: 's1' } as TurnRecord['received'] },
    ],
  ])('is none where %s', (_, events, over = {}) => {
    expect(judge(ofSession(...events), over)).toEqual([]);
  });
});
