import type { BoardEvent, TurnRecord } from '../ports';
import type { MatchedCall } from './calls';
import type { MappedInstant } from './clock-map';
import { eventsOf } from './provider-marks';
import type { TurnConsole } from './device-marks';
import { stamped } from './stamps';
import type { CallHops, Hop } from './turn-measurement';

type Instant = Pick<MappedInstant, 'hostAtMs' | 'uncertaintyMs'>;

const hopBetween = (from: Instant | undefined, to: Instant | undefined): Hop | undefined =>
  from &&
  to && { ms: to.hostAtMs - from.hostAtMs, uncertaintyMs: Math.hypot(from.uncertaintyMs, to.uncertaintyMs) };

/**
 * The instant of a console line that firmware prints before it sends the call's output. A line that arrived after the output was
 * late by as much at least, on a console that is slower than the network, and can only be believed that far.
 */
function executedAt(line: Instant | undefined, output: Instant | undefined): Instant | undefined {
  if (line === undefined || output === undefined) return line;
  const lateMs = Math.max(0, line.hostAtMs - output.hostAtMs);
  return { ...line, uncertaintyMs: Math.hypot(line.uncertaintyMs, lateMs) };
}

/**
 * Where the time of one call went, from stamps of the host. A call that was executed several times is timed by its first
 * execution, several effects by the first line.
 * @param promptOffset - Last speech sample of the prompt; undefined where it was not located.
 */
export function hopsOf(
  record: TurnRecord,
  call: MatchedCall,
  turnConsole: TurnConsole,
  promptOffset: Instant | undefined,
): CallHops {
  const { asked: request, executed: runs } = call.observation;
  const printed = (event: Pick<BoardEvent, 'hostAtMs' | 'boot'> | undefined): Instant | undefined =>
    event && turnConsole.arrivalOf(event);
  const firstRun = record.boardEvents.find(
    ({ type, hostAtMs }) => type === 'function-call' && hostAtMs === runs[0]?.hostAtMs,
  );
  const asked = request && stamped(request.hostAtMs);
  const effect = printed(call.effects[0]);
  const returned =
    request && eventsOf(record.providerEvents, 'tool-output').find(({ callId }) => callId === request.callId);
  const output = returned && stamped(returned.hostAtMs);
  const executed = executedAt(printed(firstRun), output);
  const hops = {
    promptToAsked: hopBetween(promptOffset, asked),
    askedToExecuted: hopBetween(asked, executed),
    executedToEffect: hopBetween(executed, effect),
    askedToOutput: hopBetween(asked, output),
    executedToOutput: hopBetween(executed, output),
  };
  return Object.fromEntries(Object.entries(hops).filter(([, hop]) => hop !== undefined));
}
