import { anew, asked, told } from './acts';
import type { Act, FaultRow } from './fault-row';

type Orders = Extract<FaultRow['cause'], { readonly by: 'provider' }>['orders'];
const byProvider = (bench: 'voice' | 'call', orders: Orders, act: readonly Act[]) =>
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
  }),
  providerRow({
    id: 'session-limit',
    what: 'the session is over its limit',
    cause: byProvider('voice', { fault: 'session-end' }, asked),
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
  }),
];
