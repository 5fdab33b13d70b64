import type { Capability } from './board';
import type { BoardEvent } from './board-event';
import type { ConsoleLine } from './console';

type Stamp = 'hostAtMs' | 'deviceAtMs' | 'boot' | 'lineIndex';
type WithoutStamp<Event> = Event extends unknown ? Omit<Event, Stamp> : never;

/** What the harness tells of a board by itself, from its boot log and its crashes. */
type OwnEvent =
  | 'boot'
  | 'boot-ended'
  | 'firmware'
  | 'fault'
  | 'reader-failed'
  | 'marker'
  | 'markers-lost'
  | 'reset-step'
  | 'console-gap'
  | 'heap'
  | 'tasks';

/** What a line of a team's firmware says; when and where it said so is the line's. */
export type DialectEvent = WithoutStamp<Exclude<BoardEvent, { readonly type: OwnEvent }>>;

/** How a firmware is asked: by sound, by a command on its console, or by a reset, after which it asks by itself. */
export type PromptWay = 'sound' | 'command' | 'boot';

/**
 * A line of the console and what it says.
 * `pattern` is searched in `tag: message` of a line of ESP-IDF's log, level and time taken away, and in the whole of any other
 * line. The first row that fits counts.
 */
export interface DialectLine {
  readonly pattern: RegExp;
  /** The event, or what makes it of the groups of the pattern, '' for those that took no part; undefined: nothing is said. */
  readonly event: DialectEvent | ((...groups: readonly string[]) => DialectEvent | undefined);
}

/** A line as a reader of a team's own gets it. */
export interface DialectConsoleLine extends ConsoleLine {
  /** What a line of ESP-IDF's log says; absent for other lines. */
  readonly log?: {
    readonly level: 'E' | 'W' | 'I' | 'D' | 'V';
    readonly tag: string;
    readonly message: string;
  };
}

/** A firmware of a team's own, as it talks on its console. */
export interface DialectPlugin {
  /** What bench files call it. */
  readonly name: string;
  /** The firmware in words, for reports. */
  readonly firmware: string;
  /** Project name in its boot log. */
  readonly project: string;
  /** The wire format that it speaks with its provider, as in bench files; of a plugin, whatever that says. */
  readonly protocol: string;
  /** What it can do, functions by their names; suites that need what is missing are skipped visibly. */
  readonly capabilities: readonly Capability[];
  /** Known faults, for reports. Default: none. */
  readonly knownGaps?: readonly string[];
  /** Functions of `capabilities` that it, by a known fault, tells no provider of. Default: none. */
  readonly unadvertised?: readonly Capability[];
  /** Default: sound. */
  readonly prompt?: PromptWay;
  /** It opens its session by itself once it has an address. Default: true. */
  readonly startsByItself?: boolean;
  /** False: its boards print on their console and read nothing from it. Default: true. */
  readonly readsConsole?: boolean;
  /** False: it reads commands and echoes none. Default: true. */
  readonly echoes?: boolean;
  readonly commands?: {
    readonly start?: string;
    readonly stop?: string;
    /** Needed where `prompt` is `command`. */
    ask?(text: string): string;
    /** Makes it crash, as `assert` of openai_demo does. Needed for `crash-command`. */
    readonly crash?: string;
    /**
     * Makes it print its heap as `i` of openai_demo does (`I (…) SYS_STATE: MEM Avail:…, IRam:…, PSRam:…`), or as a marker: what a soak
     * follows. Absent: firmware with `hil_marker` is asked by its own command, others print it by themselves or not at all.
     */
    readonly memory?: string;
  };
  readonly lines: readonly DialectLine[];
  /**
   * For what a table cannot tell: called for each boot, gives back what reads its lines. A line is read by the table as well.
   * Lines that a reset cut are given to neither.
   */
  createReader?(): (line: DialectConsoleLine) => readonly DialectEvent[];
}

/**
 * Declares the dialect of a firmware of a team's own: the default export of a module that `plugins` of a bench file names. It runs in
 * the process that reads the board.
 */
export const defineDialect = (plugin: DialectPlugin): DialectPlugin => plugin;
