import type { TurnRecord } from '../ports';
import { eventsOf } from './provider-marks';

/** Tools that the board had declared to the provider; undefined when nobody saw it declare any. */
export const advertisedTools = (
  record: Pick<TurnRecord, 'providerEvents' | 'advertised'>,
): readonly string[] | undefined =>
  eventsOf(record.providerEvents, 'session-updated').at(-1)?.tools ?? record.advertised;

/** Says which tools no provider could call, since the session did not offer them, and what it did offer; without a full stop. */
export function notAdvertised(names: readonly string[], tools: readonly string[]): string {
  const missing = [...new Set(names)];
  return `tool${missing.length === 1 ? '' : 's'} ${missing.join(', ')} not advertised by the firmware, which advertised ${tools.join(', ') || 'none'}`;
}
