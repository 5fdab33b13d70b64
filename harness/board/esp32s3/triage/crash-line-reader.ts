import type { BoardEvent, ConsoleLine } from '../../../ports';
import { bootLogReader } from '../boot-log';
import type { PanicFacts } from '../panic-block';
import { PanicReader } from '../panic-reader';
import { CoreDumpReader, type CoreDump } from './core-dump';
import { loggedCrash, shaField, type LoggedCoreDump, type LoggedCrash } from './logged-crash';
import { WarningReader } from './warning-reader';

/** Who is told of what a console printed. */
export interface CrashListener {
  /** A crash whose report has ended, or a backtrace that belongs to none. */
  crash(crash: LoggedCrash): void;
  coreDump(dump: LoggedCoreDump): void;
}

/** Reads crashes, the backtraces that belong to none, and core dumps off the lines of a console, in order. */
export class CrashLineReader {
  private readonly panics = new PanicReader('the board');
  private readonly readBoot = bootLogReader();
  private readonly warnings = new WarningReader();
  private readonly coreDump = new CoreDumpReader();
  private bootedSha: string | undefined;
  private boot = 0;
  private lineNumber = 0;

  constructor(private readonly listener: CrashListener) {}

  /** True while a crash has begun and not ended; silence of `PANIC_SILENCE_MS` then ends it. */
  isCollecting(): boolean {
    return this.panics.isCollecting;
  }

  read(line: ConsoleLine): void {
    if (line.boot !== this.boot) this.tellDump(this.coreDump.cut());
    this.boot = line.boot;
    this.lineNumber = line.index + 1;
    const wasCollecting = this.isCollecting();
    this.tellCrashes(this.panics.read(line));
    this.tellDump(this.coreDump.read(line.text));
    for (const event of this.readBoot(line)) {
      if (event.type === 'boot') this.bootedSha = undefined;
      if (event.type === 'firmware') this.bootedSha = event.firmware.elfSha256Prefix;
    }
    const warning = this.warnings.read(line.text);
    if (warning === undefined || wasCollecting || this.isCollecting()) return;
    this.listener.crash({ ...warning, lineNumber: line.index + 1, ...shaField(this.bootedSha) });
  }

  /** The stream has been silent for `PANIC_SILENCE_MS` since the last line: a crash that was being reported has ended. */
  readSilence(): void {
    this.tellCrashes(this.panics.readSilence());
  }

  /** The stream is over. */
  end(): void {
    this.readSilence();
    this.tellDump(this.coreDump.cut());
  }

  private tellDump(dump: CoreDump | undefined): void {
    if (dump !== undefined) this.listener.coreDump({ ...dump, lineNumber: this.lineNumber });
  }

  private tellCrashes(events: readonly BoardEvent[]): void {
    for (const event of events)
      if (event.type === 'fault')
        this.listener.crash(
          loggedCrash(event.error.facts as PanicFacts, event.lineIndex + 1, this.bootedSha),
        );
  }
}
