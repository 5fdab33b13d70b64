import { BoardError, toWireError } from '../../errors';
import type { BoardEvent, ConsoleLine } from '../../ports';
import { stampEvent, type EventBody } from '../event-body';
import { PanicBlock, panicMessage } from './panic-block';
import { BROWNOUT, panicEnd, panicStart, type PanicEnd } from './panic-grammar';

/** A crash that prints nothing for so long has ended: a truncated report (device.md section 3.2). */
export const PANIC_SILENCE_MS = 3000;

/** What is said of the task watchdog's warning. */
export const WATCHDOG_WARNING = 'The task watchdog was triggered.';

/** Log lines of the application after which a crash that was announced did not stop it; a few come from the other core. */
const APPLICATION_LINES = 5;
// Writes its own log lines from inside the panic handler.
const CORE_DUMP_TAG = /^[EWIDV] \(\d+\) esp_core_dump/;
const TASK_WATCHDOG = /task_wdt: Task watchdog got triggered/;
const SURVIVED_CHECK = /ESP_ERROR_CHECK_WITHOUT_ABORT failed: (.*)/;

/**
 * Reads crashes. One crash is one fault event, stamped with the line that announced it and given out when its report has
 * ended; the task watchdog's warning is a complaint, because the board goes on.
 */
export class PanicReader {
  private block: PanicBlock | undefined;
  private firstLine: ConsoleLine | undefined;
  private applicationLines = 0;

  constructor(private readonly board: string) {}

  /** True while a crash has begun and not ended; silence of `PANIC_SILENCE_MS` then ends it. */
  get isCollecting(): boolean {
    return this.block !== undefined;
  }

  read(line: ConsoleLine): readonly BoardEvent[] {
    const isOfNextBoot = this.firstLine !== undefined && line.boot > this.firstLine.boot;
    return isOfNextBoot ? [...this.end('rebooted'), ...this.readLine(line)] : this.readLine(line);
  }

  /** The stream has been silent since the last line, or is over. */
  readSilence(): readonly BoardEvent[] {
    return this.end('silence');
  }

  private readLine(line: ConsoleLine): readonly BoardEvent[] {
    if (this.block === undefined) {
      const start = panicStart(line.text);
      if (start === undefined) return complaints(line.text).map((body) => stampEvent(body, line));
      this.block = new PanicBlock(start);
      this.firstLine = line;
    } else {
      const later = panicStart(line.text);
      if (later !== undefined) this.block.refine(later);
    }
    this.block.add(line.text);
    if (line.deviceAtMs !== undefined && !CORE_DUMP_TAG.test(line.text)) this.applicationLines += 1;
    const end = panicEnd(line.text);
    if (end !== undefined) return this.end(end);
    return this.applicationLines > APPLICATION_LINES ? this.end('silence') : [];
  }

  private end(endState: PanicEnd): readonly BoardEvent[] {
    if (this.block === undefined || this.firstLine === undefined) return [];
    const facts = this.block.facts(endState);
    // A supply that sags is the bench's, whoever prints that it did.
    const code = facts.reason === BROWNOUT ? 'HIL_BOARD_POWER_FAULT' : 'HIL_BOARD_PANIC';
    const error = toWireError(new BoardError(code, panicMessage(this.board, facts), facts));
    const event = stampEvent({ type: 'fault', error }, this.firstLine);
    this.block = undefined;
    this.firstLine = undefined;
    this.applicationLines = 0;
    return [event];
  }
}

function complaints(text: string): readonly EventBody[] {
  if (TASK_WATCHDOG.test(text)) return [{ type: 'complaint', text: WATCHDOG_WARNING }];
  const survived = SURVIVED_CHECK.exec(text);
  return survived === null
    ? []
    : [{ type: 'complaint', text: `ESP_ERROR_CHECK failed: ${survived[1] ?? ''}` }];
}
