import type { Clock } from '../../../ports';
import { RecordedConsole } from '../../console';
import { CrashLineReader } from './crash-line-reader';
import type { LoggedCoreDump, LoggedCrash } from './logged-crash';

/** A recording has no time that passes. */
const stillClock: Clock = { nowMs: () => 0, after: () => () => undefined };
/** Lines are taken as they come; none has to stay. */
const KEEP_LINES = 100;

/** Reads the crashes of a console log piece by piece, and the backtraces in it that belong to none. */
export class CrashLogReader {
  private readonly found: LoggedCrash[] = [];
  private readonly dumps: LoggedCoreDump[] = [];
  private readonly reader = new CrashLineReader({
    crash: (crash) => this.found.push(crash),
    coreDump: (dump) => this.dumps.push(dump),
  });
  private readonly console = new RecordedConsole({
    name: 'log',
    clock: stillClock,
    write: () => Promise.resolve(),
    baudRate: 115_200,
    keepLines: KEEP_LINES,
  });

  constructor() {
    this.console.onLine((line) => this.reader.read(line));
  }

  push(bytes: Buffer): void {
    this.console.receive(bytes, 0);
  }

  /** The log is over. @returns What was found, in order. */
  end(): readonly LoggedCrash[] {
    this.console.end(new Error('The log is over.'));
    this.reader.end();
    return this.found.sort((a, b) => a.lineNumber - b.lineNumber);
  }

  /** Core dumps that were printed, in order. */
  get coreDumps(): readonly LoggedCoreDump[] {
    return this.dumps;
  }
}
