import type { FirmwareIdentity } from './board-event';

/**
 * Why a boot began. `ordered`: the bench reset the board; `crash`: a crash was printed before it; `watchdog`, `power` (brownout, glitch)
 * and `restart` (the firmware's own): what the ROM says of the reset, `power` also behind a console that said that the supply sagged;
 * `power-on`: what the ROM says, with nobody who had ordered it; `joined`: the
 * board was running when its console was opened; `unknown`: the banner was lost, or says nothing of this.
 */
export type BootStart =
  'ordered' | 'crash' | 'watchdog' | 'power' | 'power-on' | 'restart' | 'joined' | 'unknown';

const startsByCause: readonly (readonly [RegExp, BootStart])[] = [
  [/watchdog/, 'watchdog'],
  [/brownout|glitch/, 'power'],
  [/power on/, 'power-on'],
  [/software|soft reset|deep-sleep/, 'restart'],
];

/** What the words for a reset, `power on (0x1)`, say of who began it where it was not the bench; `unknown`: nothing. */
export const startOfReset = (resetCause: string): BootStart =>
  startsByCause.find(([pattern]) => pattern.test(resetCause))?.[1] ?? 'unknown';

/** One boot of a board, from its reset to the next. */
export interface BootSession {
  /** Number of the boot, as its console lines carry it. */
  readonly boot: number;
  readonly startedBy: BootStart;
  /** What the ROM said of the reset, in words: `power on (0x1)`. Absent: nothing was seen of it. */
  readonly resetCause?: string;
  /** Arrival of its first line. */
  readonly startedAtHostMs: number;
  readonly firstLine: number;
  /** Index of its last line so far. */
  readonly lastLine: number;
  /** Arrival of the first line behind it, or when its console was closed. */
  readonly endedAtHostMs?: number;
  /** What began next; `closed`: its console was closed or lost. Absent: the board is still in it. */
  readonly endedBy?: Exclude<BootStart, 'joined'> | 'closed';
  /** In their order, each the first time that it came. */
  readonly milestones: readonly {
    readonly milestone: 'app' | 'network' | 'connecting';
    /** After the boot's first line, by the host's clock. */
    readonly afterMs: number;
  }[];
  readonly firmware?: FirmwareIdentity;
  /** How many crashes it printed that nobody had ordered. */
  readonly crashes: number;
  /** How many it printed that the bench had the firmware do. Absent: none. */
  readonly orderedCrashes?: number;
  /** How often the task watchdog warned; the board went on. */
  readonly watchdogWarnings: number;
}
