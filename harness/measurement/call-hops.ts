import type { TurnRecord } from '../ports';
import type { MatchedCall } from './calls';
import type { MappedInstant } from './clock-map';
import { eventsOf } from './provider-marks';
import { CONSOLE_UNCERTAINTY_MS, stamped } from './stamps';
import type { CallHops, Hop } from './turn-measurement';

type Instant = Pick<MappedInstant, 'hostAtMs' | 'uncertaintyMs'>;

const hopBetween = (from: Instant | undefined, to: Instant | undefined): Hop | undefined =>
  from &&
  to && { ms: to.hostAtMs - from.hostAtMs, uncertaintyMs: Math.hypot(from.uncertaintyMs, to.uncertaintyMs) };

const printed = (event: { readonly hostAtMs: number } | undefined): Instant | undefined =>
  event && stamped(event.hostAtMs, CONSOLE_UNCERTAINTY_MS);

/**
 * Where the time of one call went, from stamps of the host. A call that was executed several times is timed by its first
 * execution, several effects by the first line.
 * @param promptOffset - Last speech sample of the prompt; undefined where it was not located.
 */
export function hopsOf(record: TurnRecord, call: MatchedCall, promptOffset: Instant | undefined): CallHops {
  const { asked: request, executed: runs } = call.observation;
  const asked = request && stamped(request.hostAtMs);
  const executed = printed(runs[0]);
  const effect = printed(call.effects[0]);
  const returned =
    request && eventsOf(record.providerEvents, 'tool-output').find(({ callId }) => callId === request.callId);
  const output = returned && stamped(returned.hostAtMs);
  const hops = {
    promptToAsked: hopBetween(promptOffset, asked),
    askedToExecuted: hopBetween(asked, executed),
    executedToEffect: hopBetween(executed, effect),
    askedToOutput: hopBetween(asked, output),
    executedToOutput: hopBetween(executed, output),
  };
  return Object.fromEntries(Object.entries(hops).filter(([, hop]) => hop !== undefined));
}
