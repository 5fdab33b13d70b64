import type { Closable, WireError } from '../../../errors';
import type { Board, BoardEvent, Cancel, Clock, ConsoleLine } from '../../../ports';
import type { PanicFacts } from '../panic-block';
import { PANIC_SILENCE_MS } from '../panic-reader';
import { CoreDumpReader, type CoreDump } from './core-dump';
import type { ElfFinding, ElfLookup } from './elf-lookup';
import { loggedCrash, shaField, type LoggedCrash } from './logged-crash';
import { triageCrash, type TriagedCrash } from './triage-crash';
import { WarningReader } from './warning-reader';

/** Where on the console something was printed. */
export type CrashPlace = Pick<BoardEvent, 'hostAtMs' | 'boot' | 'lineIndex'>;

export interface CrashWatchOptions {
  readonly board: Pick<Board, 'events' | 'onEvent' | 'console'>;
  /** ELF of the firmware; undefined: frames stay addresses. */
  readonly elf: ElfLookup | undefined;
  readonly clock: Clock;
}

/** A board in a crash loop prints the same crash for ever; what was looked up is kept for so many. */
const KEPT = 100;

/** Watches a board for crashes, the task watchdog's warnings and core dumps, and looks up what they mean. */
export class CrashWatch implements Closable {
  private readonly warnings = new WarningReader();
  private readonly dumps = new CoreDumpReader();
  private readonly elf: ElfLookup | undefined;
  private readonly triages = new Map<string, Promise<TriagedCrash>>();
  private readonly crashListeners = new Set<(crash: TriagedCrash, place: CrashPlace) => void>();
  private readonly dumpListeners = new Set<(dump: CoreDump, place: CrashPlace) => void>();
  private readonly cancels: Cancel[];
  private dumpEnded: (() => void)[] = [];
  private cancelSilence: Cancel = () => undefined;
  private lastLine: ConsoleLine | undefined;
  private bootedSha: string | undefined;

  constructor(private readonly options: CrashWatchOptions) {
    const { board, elf } = options;
    this.elf = elf && remembering(elf);
    this.cancels = [
      board.onEvent((event) => this.readEvent(event)),
      board.console.onLine((line) => this.readLine(line)),
    ];
  }

  /** Tells of each crash, and of each backtrace of the task watchdog (`kind: 'warning'`), once it was looked up. */
  onCrash(listener: (crash: TriagedCrash, place: CrashPlace) => void): Cancel {
    this.crashListeners.add(listener);
    return () => void this.crashListeners.delete(listener);
  }

  /** Tells of each core dump that was printed to its end, or broke off. */
  onCoreDump(listener: (dump: CoreDump, place: CrashPlace) => void): Cancel {
    this.dumpListeners.add(listener);
    return () => void this.dumpListeners.delete(listener);
  }

  /**
   * The same error with what triage knows in `facts.triage` and the signature in its message; every error but
   * `HIL_BOARD_PANIC` as it is.
   */
  async triaged(error: WireError): Promise<WireError> {
    if (error.code !== 'HIL_BOARD_PANIC' || 'triage' in error.facts) return error;
    const facts = error.facts as PanicFacts;
    const triage = await (this.triages.get(keyOf(facts)) ??
      this.lookUp(loggedCrash(facts, 0, this.bootedSha)));
    const { signature, elfCheck, elf, note, backtraces } = triage;
    return {
      ...error,
      message: `${error.message} Crash ${signature.id}: ${signature.text}.`,
      facts: {
        ...facts,
        triage: {
          signature,
          elfCheck,
          ...(elf === undefined ? {} : { elf }),
          ...(note === undefined ? {} : { note }),
          backtraces,
        },
      },
    };
  }

  /** Resolves when no core dump is being printed: a reset would cut it. One that stops for 3 s is over. */
  async settled(): Promise<void> {
    if (this.dumps.isCollecting) await new Promise<void>((resolve) => this.dumpEnded.push(resolve));
  }

  /** Stops watching; resolves when everybody has been told of what was printed until now. */
  async close(): Promise<void> {
    for (const cancel of this.cancels) cancel();
    this.endDump(this.dumps.cut());
    await Promise.all(this.triages.values());
  }

  private readEvent(event: BoardEvent): void {
    if (event.type === 'boot') this.bootedSha = undefined;
    if (event.type === 'firmware') this.bootedSha = event.firmware.elfSha256Prefix;
    if (event.type !== 'fault' || event.error.code !== 'HIL_BOARD_PANIC') return;
    const facts = event.error.facts as PanicFacts;
    this.tell(loggedCrash(facts, event.lineIndex + 1, this.bootedSha), event, keyOf(facts));
  }

  private readLine(line: ConsoleLine): void {
    if (this.dumps.isCollecting && line.boot !== this.lastLine?.boot) this.endDump(this.dumps.cut());
    this.lastLine = line;
    const dump = this.dumps.read(line.text);
    if (dump !== undefined) this.endDump(dump);
    else if (this.dumps.isCollecting) this.awaitSilence();
    const warning = this.warnings.read(line.text);
    // A backtrace that nothing announces is the crash's own, or what an application prints as it likes.
    if (warning === undefined || warning.reason === 'backtrace') return;
    const lineNumber = line.index + 1;
    this.tell(
      { ...warning, lineNumber, ...shaField(this.bootedSha) },
      { hostAtMs: line.hostAtMs, boot: line.boot, lineIndex: line.index },
      `warning ${lineNumber}`,
    );
  }

  private tell(crash: LoggedCrash, { hostAtMs, boot, lineIndex }: CrashPlace, key: string): void {
    const triage = this.lookUp(crash);
    keep(this.triages, key, triage);
    void triage.then((triaged) => {
      for (const listener of this.crashListeners) listener(triaged, { hostAtMs, boot, lineIndex });
    });
  }

  private lookUp(crash: LoggedCrash): Promise<TriagedCrash> {
    return triageCrash(crash, this.elf);
  }

  private awaitSilence(): void {
    this.cancelSilence();
    this.cancelSilence = this.options.clock.after(PANIC_SILENCE_MS, () => this.endDump(this.dumps.cut()));
  }

  private endDump(dump: CoreDump | undefined): void {
    this.cancelSilence();
    const { lastLine: line } = this;
    if (dump !== undefined && line !== undefined)
      for (const listener of this.dumpListeners)
        listener(dump, { hostAtMs: line.hostAtMs, boot: line.boot, lineIndex: line.index });
    for (const resolve of this.dumpEnded.splice(0)) resolve();
  }
}

const keyOf = (facts: PanicFacts): string => JSON.stringify(facts);

function keep<T>(kept: Map<string, T>, key: string, value: T): void {
  kept.set(key, value);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
}

/** Asks an ELF once for the same places, and one question after the other: each takes a core of this machine. */
function remembering(elf: ElfLookup): ElfLookup {
  const known = new Map<string, Promise<ElfFinding>>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    path: elf.path,
    ask: (addresses) => {
      const key = addresses.join(' ');
      const asked = known.get(key);
      if (asked !== undefined) return asked;
      const answer = last.then(() => elf.ask(addresses));
      last = answer.catch(() => undefined);
      keep(known, key, answer);
      return answer;
    },
  };
}
