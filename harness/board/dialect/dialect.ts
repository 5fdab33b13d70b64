import type { DialectDescription, PromptWay } from '../../ports';
import type { DialectReader } from '../event-body';

/** How one firmware talks on its console. */
export interface Dialect {
  readonly description: DialectDescription;
  readonly prompt: PromptWay;
  /** Project name in the boot log of this firmware. */
  readonly project: string;
  /** The firmware opens its session by itself once it has an address. */
  readonly startsByItself: boolean;
  /** False: its boards print on their console and read nothing from it, unless the bench says otherwise. Default: true. */
  readonly readsConsole?: boolean;
  /** False: it reads commands and echoes none. Default: true. */
  readonly echoes?: boolean;
  /** Opens a session; absent when the firmware has no such command. */
  readonly startCommand?: string;
  /** Ends the session. */
  readonly stopCommand?: string;
  /** Makes the firmware crash, so that it can be tried what becomes of that. */
  readonly crashCommand?: string;
  /** Has the firmware print its heap, in words that are read of any firmware. */
  readonly memoryCommand?: string;
  /** The command that asks a question, where `prompt` is `command`. */
  askCommand?(text: string): string;
  /** A reader for one board: what a line says in the harness's words, beyond boot and crash. */
  createReader(): DialectReader;
}
