import { anew, asked, told } from './acts';
import type { Act, FaultRow } from './fault-row';

type Orders = Extract<FaultRow['cause'], { readonly by: 'provider' }>['orders'];
const byProvider = (bench: 'voice' | 'call' | 'sdk', orders: Orders, act: readonly Act[]) =>
  ({ by: 'provider', bench, orders, act }) as const;

/** Faults of a provider: what the harness blames it by is what was seen, since nobody tells it. */
const providerRow = (row: Pick<FaultRow, 'id' | 'what' | 'cause'> & Partial<FaultRow>): FaultRow => ({
  part: 'provider',
  withinMs: 12_000,
  origin: 'provider',
  codes: ['HIL_TURN_PROVIDER_FAILED'],
  turn: 'not-judged',
  exitCode: 4,
  evidence: { capture: true },
  recovery: 'session',
  ...row,
});
const noSession: Partial<FaultRow> = { codes: ['HIL_PROVIDER_SESSION_FAILED'], turn: 'none', evidence: {} };

/** Faults of the provider that the mock can bring about. */
export const providerRows: readonly FaultRow[] = [
  providerRow({
    id: 'key-rejected',
    what: '401 for the key',
    cause: byProvider('voice', { fault: 'bad-key' }, anew),
    ...noSession,
  }),
  providerRow({
    id: 'key-expired',
    what: 'an expired key',
    cause: byProvider('call', { fault: 'expired-credential' }, anew),
    ...noSession,
  }),
  providerRow({
    id: 'rate-limit',
    what: '429 in place of an answer',
    cause: byProvider('voice', { fault: 'rate-limit' }, asked),
  }),
  providerRow({
    id: 'slow-first-token',
    withinMs: 60_000,
    what: 'says nothing for 30 s',
    cause: byProvider('voice', { fault: 'slow-first-token' }, asked),
  }),
  providerRow({
    id: 'reply-cut',
    what: 'cuts the connection in the middle of a reply',
    cause: byProvider('voice', { fault: 'mid-stream-death' }, asked),
    evidence: { capture: true, provider: 'session-closed' },
  }),
  providerRow({
    id: 'session-limit',
    what: 'the session is over its limit',
    cause: byProvider('voice', { fault: 'session-end' }, asked),
    evidence: { capture: true, provider: 'session-closed' },
  }),
  providerRow({
    id: 'content-blocked',
    what: 'half of a reply, then a filter',
    cause: byProvider('voice', { fault: 'content-blocked' }, asked),
  }),
  providerRow({
    id: 'call-twice',
    what: 'asks for each tool call twice, which the firmware has to bear',
    cause: byProvider('voice', { fault: 'duplicate' }, told),
    origin: undefined,
    codes: [],
    turn: 'pass',
    exitCode: 0,
    recovery: 'none',
  }),
  providerRow({
    id: 'server-error',
    what: '500 for the offer',
    cause: byProvider('call', { fault: 'error-as-answer' }, anew),
    ...noSession,
  }),
  providerRow({
    id: 'udp-loss',
    what: 'a fifth of all UDP packets is lost',
    cause: byProvider(
      'call',
      { network: { up: { loss: { rate: 0.2 } }, down: { loss: { rate: 0.2 } } } },
      asked,
    ),
    codes: ['HIL_PROVIDER_FAULT_ORDERED'],
    // Of four turns one is understood and played whole all the same.
    mayBeBorne: true,
  }),
  providerRow({
    id: 'unavailable',
    what: '503 for who connects',
    cause: byProvider('voice', { fault: 'unavailable' }, anew),
    ...noSession,
    says: 'service_unavailable',
  }),
  providerRow({
    id: 'reply-stalls',
    what: 'half of a reply, then nothing more, and the session goes on',
    cause: byProvider('voice', { fault: 'mid-stream-stall' }, asked),
    says: 'was not done with it',
    evidence: { capture: true, received: true, provider: 'audio-out' },
  }),
  providerRow({
    id: 'half-open',
    what: 'its end of the connection goes, and nobody tells the board',
    cause: byProvider('voice', { network: { cut: { afterBytes: 0, how: 'half-open' } } }, asked),
    says: 'broke off',
    evidence: { capture: true, provider: 'session-closed' },
  }),
  providerRow({
    id: 'wrong-framing',
    what: 'malformed frames: its events are binary messages, which no client reads',
    cause: byProvider('voice', { fault: 'wrong-framing' }, asked),
    says: 'binary messages',
    evidence: { capture: true, provider: 'deviation binary-message' },
  }),
  providerRow({
    id: 'no-session-created',
    what: 'a session without its first event, which the firmware waits for',
    cause: byProvider('voice', { fault: 'no-session-created' }, anew),
    ...noSession,
    says: 'without session\\.created',
  }),
  providerRow({
    id: 'redirect',
    what: '307 for the offer',
    cause: byProvider('call', { fault: 'redirect' }, anew),
    ...noSession,
    says: '307',
  }),
  providerRow({
    id: 'chunked-answer',
    what: 'answers in chunks, which ESP-IDF clients do not see',
    cause: byProvider('call', { fault: 'wrong-framing' }, anew),
    ...noSession,
    says: 'in chunks',
  }),
  providerRow({
    id: 'oversize-answer',
    what: 'an SDP answer of more than 2048 bytes, which this firmware has room for',
    cause: byProvider('call', { fault: 'answer-too-long' }, [...anew, ...asked]),
    withinMs: 20_000,
    origin: undefined,
    codes: [],
    turn: 'pass',
    exitCode: 0,
    recovery: 'none',
  }),
  providerRow({
    id: 'oversize-answer-sdk',
    what: 'the same to a firmware that cuts it off at 2047 bytes, the embedded SDK',
    cause: byProvider('sdk', { fault: 'answer-too-long' }, anew),
    ...noSession,
    // The answer is a good one.
    origin: 'board',
    codes: ['HIL_BOARD_SESSION_TIMEOUT'],
    exitCode: 1,
    evidence: { console: 'content-length, value=2\\d{3}[^]*PeerConnectionState: disconnected[^]*rst:0xc' },
  }),
  providerRow({
    id: 'no-data-channel',
    what: 'refuses the data channel: sound flows, events do not',
    cause: byProvider('call', { fault: 'no-data-channel' }, anew),
    ...noSession,
    says: 'refuses the data channel',
  }),
  providerRow({
    id: 'dtls-refused',
    what: 'refuses the certificate that the offer names',
    cause: byProvider('call', { fault: 'dtls-refused' }, anew),
    ...noSession,
    says: 'DTLS',
  }),
  providerRow({
    id: 'peer-silent',
    what: 'a good answer, and nobody behind its candidates',
    cause: byProvider('call', { fault: 'peer-silent' }, anew),
    ...noSession,
    says: 'Nobody',
  }),
  providerRow({
    id: 'audio-stops',
    what: 'the sound of a reply stops in its middle, and nothing says so',
    cause: byProvider('call', { fault: 'audio-stops' }, asked),
    says: 'sound of response',
  }),
  providerRow({
    id: 'channel-closes',
    what: 'closes the data channel in the middle of a reply; the sound goes on and is heard, the next turn has a session of its own',
    cause: byProvider('call', { fault: 'channel-closes' }, asked),
    withinMs: 15_000,
    origin: undefined,
    codes: [],
    turn: 'pass',
    exitCode: 0,
    evidence: { capture: true, provider: 'deviation channel-closed' },
    recovery: 'none',
  }),
];
