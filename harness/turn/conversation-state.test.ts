import type { ProviderEvent } from '../ports';
import { Conversation, type ConversationState } from './conversation-state';

type Body = ProviderEvent extends infer E
  ? E extends ProviderEvent
    ? Omit<E, 'seq' | 'hostAtMs'>
    : never
  : never;

const log = (...entries: readonly [number, Body][]): ProviderEvent[] =>
  entries.map(([hostAtMs, body], seq) => ({ seq, hostAtMs, ...body }));

const audio = (itemId: string, fromSample: number, lengthSamples: number): Body => ({
  type: 'audio-out',
  responseId: 'r1',
  itemId,
  replyId: 'en-ok-a',
  rateHz: 24_000,
  fromSample,
  lengthSamples,
});

const conversationState = (events: readonly ProviderEvent[]): ConversationState =>
  new Conversation(events, 0).state;

describe('Conversation', () => {
  it('is idle and silent before anything happened', () => {
    expect(conversationState([])).toMatchObject({
      responding: false,
      awaitsBoard: false,
      speechStarted: false,
      endpointed: false,
      responses: 0,
      spoke: false,
      playoutEndsAtMs: -Infinity,
    });
  });

  it('responds from response-started to response-done', () => {
    const started = log([0, { type: 'response-started', responseId: 'r1', trigger: 'client' }]);
    expect(conversationState(started).responding).toBe(true);
    const done = log(
      [0, { type: 'response-started', responseId: 'r1', trigger: 'client' }],
      [5, { type: 'response-done', responseId: 'r1', status: 'completed' }],
    );
    expect(conversationState(done)).toMatchObject({ responding: false, responses: 1 });
  });

  it('counts playout from the first packet and over all packets of an item', () => {
    const state = conversationState(log([100, audio('i1', 0, 4_800)], [110, audio('i1', 4_800, 4_800)]));
    expect(state.playoutEndsAtMs).toBeCloseTo(100 + 400);
    expect(state.spoke).toBe(true);
  });

  it('queues a second item behind the first', () => {
    const state = conversationState(log([100, audio('i1', 0, 24_000)], [150, audio('i2', 0, 12_000)]));
    expect(state.playoutEndsAtMs).toBeCloseTo(100 + 1_000 + 500);
  });

  it('ends playout where an item was truncated', () => {
    const state = conversationState(
      log([0, audio('i1', 0, 24_000)], [300, { type: 'truncated', itemId: 'i1', audioEndMs: 250 }]),
    );
    expect(state.playoutEndsAtMs).toBeCloseTo(250);
  });

  it('waits for the board between a call and the response that follows it', () => {
    const call: Body = { type: 'tool-call', responseId: 'r1', callId: 'c1', name: 'OpenDoor', arguments: {} };
    expect(conversationState(log([0, call])).awaitsBoard).toBe(true);
    const answered = log(
      [0, call],
      [1, { type: 'tool-output', callId: 'c1', output: '{}' }],
      [2, { type: 'response-started', responseId: 'r2', trigger: 'client' }],
    );
    expect(conversationState(answered)).toMatchObject({ awaitsBoard: false, responding: true });
  });

  it('forgets what an earlier session left open', () => {
    const state = conversationState(
      log(
        [0, { type: 'response-started', responseId: 'r1', trigger: 'client' }],
        [1, audio('i1', 0, 240_000)],
        [2, { type: 'session-closed', closeCode: 1006, reason: '' }],
        [3, { type: 'session-open' }],
      ),
    );
    expect(state).toMatchObject({ responding: false, spoke: false });
  });

  it('takes the turn that is being said now, not a noise that was taken and answered before it', () => {
    const noise: readonly [number, Body][] = [
      [0, { type: 'speech-started', onsetAtStreamSample: 0 }],
      [300, { type: 'endpoint', offsetAtStreamSample: 2_400 }],
      [310, { type: 'response-started', responseId: 'r1', trigger: 'turn-detected' }],
      [320, { type: 'response-done', responseId: 'r1', status: 'cancelled' }],
      [330, { type: 'speech-started', onsetAtStreamSample: 9_600 }],
    ];
    expect(conversationState(log(...noise))).toMatchObject({ endpointed: false, answered: false });
    const taken = log(...noise, [900, { type: 'endpoint', offsetAtStreamSample: 20_000 }]);
    expect(conversationState(taken)).toMatchObject({ endpointed: true, answered: false, responses: 1 });
  });

  it('lets a session that was left behind end without the one that goes on', () => {
    const state = conversationState(
      log(
        [0, { type: 'session-open', sessionId: 'left' }],
        [10, { type: 'session-open', sessionId: 'now' }],
        [20, { type: 'endpoint', offsetAtStreamSample: 0, sessionId: 'now' }],
        [30, { type: 'response-started', responseId: 'r1', trigger: 'turn-detected', sessionId: 'now' }],
        [
          40,
          {
            type: 'tool-call',
            responseId: 'r1',
            callId: 'c1',
            name: 'OpenDoor',
            arguments: {},
            sessionId: 'now',
          },
        ],
        [50, { type: 'session-closed', closeCode: 1006, reason: 'peer_lost', sessionId: 'left' }],
      ),
    );
    expect(state).toMatchObject({ responding: true, awaitsBoard: true });
    const ended = conversationState(
      log(
        [30, { type: 'response-started', responseId: 'r1', trigger: 'turn-detected', sessionId: 'now' }],
        [
          40,
          {
            type: 'tool-call',
            responseId: 'r1',
            callId: 'c1',
            name: 'OpenDoor',
            arguments: {},
            sessionId: 'now',
          },
        ],
        [50, { type: 'session-closed', closeCode: 1006, reason: 'peer_lost', sessionId: 'now' }],
      ),
    );
    expect(ended).toMatchObject({ responding: false, awaitsBoard: false });
  });

  it('reads each event once, from where it was told to, however long the log and often the question', () => {
    const events = log(
      [0, { type: 'response-started', responseId: 'r1', trigger: 'client' }],
      [5, { type: 'response-done', responseId: 'r1', status: 'completed' }],
      [10, audio('i1', 0, 4_800)],
    );
    const reads: string[] = [];
    const counted = new Proxy(events, {
      get: (target, key): unknown => {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads.push(key);
        return Reflect.get(target, key);
      },
    });
    const conversation = new Conversation(counted, 1);
    expect(conversation.state).toMatchObject({ responses: 0, spoke: true });
    events.push(...log([20, { type: 'endpoint', offsetAtStreamSample: 0 }]));
    expect(conversation.state).toMatchObject({ endpointed: true });
    expect(reads).toEqual(['1', '2', '3']);
  });
});
