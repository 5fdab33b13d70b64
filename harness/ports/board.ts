import type { BoardEvent, FirmwareIdentity } from './board-event';
import type { BootSession } from './boot-session';
import type { Cancel } from './clock';
import type { Console } from './console';
import type { EventSequence } from './event-sequence';

/** What every firmware may be able to do, functions apart. */
export const capabilities = [
  'audio',
  'greeting',
  'barge-in',
  /** Reads commands from its console. */
  'console-input',
  /** Starts and stops sessions by command. */
  'session-commands',
  /** Is asked in writing and prints the answer. */
  'text',
  /** Asks a question of its own once after each boot, and no other. */
  'asks-at-boot',
  /** Tells the provider what its calls did, which so can confirm them aloud. */
  'call-results',
  /** Boots with ESP-IDF's log, which names the image. */
  'boot-log',
  /** Crashes on command, so that it can be tried what becomes of a crash. */
  'crash-command',
] as const;

type Letter =
  | ('A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M')
  | ('N' | 'O' | 'P' | 'Q' | 'R' | 'S' | 'T' | 'U' | 'V' | 'W' | 'X' | 'Y' | 'Z');

/** A function that the provider can call, by its name: `SetVolume`, `self.audio_speaker.set_volume`. */
export type FunctionName = `${Letter}${string}` | `${string}.${string}` | `${string}_${string}`;

/** What a suite may need of a firmware; a suite that needs what a dialect lacks is skipped visibly. */
export type Capability = (typeof capabilities)[number] | FunctionName;

export interface DialectDescription {
  readonly name: string;
  /** The firmware in words, for reports. */
  readonly firmware: string;
  readonly protocol: string;
  readonly capabilities: readonly Capability[];
  /** Known faults of this firmware, for reports. */
  readonly knownGaps: readonly string[];
  /** Functions of `capabilities` that this firmware, by a known fault, tells no provider of. Absent: none. */
  readonly unadvertised?: readonly Capability[];
}

/** A board under test. */
export interface Board {
  readonly name: string;
  readonly model: string;
  readonly dialect: DialectDescription;
  readonly console: Console;
  /** Since opening; of each type the newest thousands are held. */
  readonly events: EventSequence<BoardEvent>;
  /** The boots since the board was opened, oldest first, the one that it is in last; the latest 1000 of them. */
  readonly boots: readonly BootSession[];
  /** From the latest boot log; undefined before it was seen. */
  readonly firmware: FirmwareIdentity | undefined;
  onEvent(listener: (event: BoardEvent) => void): Cancel;
  /**
   * Lets go what only the turns before this position of `events` were measured by. Boots, sessions and faults stay. Absent: everything stays.
   */
  forget?(before: number): void;
  /** Calls back once, when the port has gone without being closed. */
  onLost(listener: (error: Error) => void): Cancel;
  /**
   * Resets the board and resolves once its application runs.
   * @throws BoardError `HIL_BOARD_NO_BOOT`, `HIL_BOARD_WRONG_DIALECT`, `HIL_BOARD_PORT_LOST`, `HIL_BOARD_PANIC`.
   */
  reset(): Promise<void>;
  /**
   * Resolves once the provider session is usable, starting one by command if the firmware does not by itself.
   * @throws BoardError `HIL_BOARD_SESSION_TIMEOUT`, `HIL_BOARD_PANIC`, `HIL_BOARD_PORT_LOST`.
   */
  startSession(): Promise<void>;
  /** Ends the session by command; resolves when the firmware says so. Needs `session-commands`. */
  stopSession(): Promise<void>;
  /**
   * Types a command; resolves when the board has echoed it.
   * @throws BoardError `HIL_BOARD_CONSOLE_OUTPUT_ONLY` when it reads nothing on this connector, `HIL_BOARD_CONSOLE_GARBLED`,
   * `HIL_BOARD_PORT_LOST`.
   */
  send(command: string): Promise<void>;
  /**
   * Types a question; resolves when its last byte was handed to the driver. What became of it, events tell. Needs `text` and
   * `console-input`.
   * @throws BoardError `HIL_BOARD_COMMAND_UNSUPPORTED`, `HIL_BOARD_PORT_LOST`.
   */
  ask(text: string): Promise<void>;
  /**
   * Has the firmware crash by its own command; resolves when its last byte was handed to the driver. The crash is an event as any
   * other. Needs `crash-command`.
   * @throws BoardError `HIL_BOARD_COMMAND_UNSUPPORTED`, `HIL_BOARD_PORT_LOST`.
   */
  crash(): Promise<void>;
  /**
   * Pings the clock of a firmware that prints markers (docs/markers.md), a few times, and resolves when it has answered or will
   * not; at once where nothing shows that it would. The answers are events as any other. Absent: it cannot. Never throws.
   */
  pingClock?(): Promise<void>;
  /**
   * Has the firmware print its heap, where it has a command for that, and resolves when it has or will not; at once where it has none.
   * What it printed are events as any other. Absent: it cannot. Never throws.
   */
  sampleMemory?(): Promise<void>;
  close(): Promise<void>;
}
