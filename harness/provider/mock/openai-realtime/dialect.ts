import type { Check, Json } from '../json/check';
import { checkClientEvent } from './validation';
import type { WireEvent } from './wire-events';

export type DialectName = 'ga' | 'beta';

/**
 * How one client and the mock write what they mean (reference/providers.md 2.1). The mock itself thinks in GA; a dialect
 * stands between it and the socket of one session.
 */
export interface Dialect {
  readonly name: DialectName;
  /** What is wrong with a client event, in the dialect's own words. */
  readonly check: Check;
  /** A checked client event as GA has it. */
  read(event: Json): Json;
  /** A GA server event as the dialect has it; undefined: it has none of the kind. */
  write(event: WireEvent): WireEvent | undefined;
}

export const gaDialect: Dialect = {
  name: 'ga',
  check: checkClientEvent,
  read: (event) => event,
  write: (event) => event,
};
