import type { DialectDescription } from '../../ports';
import type { LineReader } from '../event-body';

/** How one firmware talks on its console. */
export interface Dialect {
  readonly description: DialectDescription;
  /** Project name in the boot log of this firmware. */
  readonly project: string;
  /** The firmware opens its session by itself once it has an address. */
  readonly startsByItself: boolean;
  /** Opens a session; absent when the firmware has no such command. */
  readonly startCommand?: string;
  /** Ends the session. */
  readonly stopCommand?: string;
  /** A reader for one board: what a line says in the harness's words, beyond boot and crash. */
  createReader(): LineReader;
}
