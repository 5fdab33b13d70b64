import type { BoardEvent, Cancel, Clock, Console, ConsoleLine } from '../ports';
import type { Dialect } from './dialect';
import { bootLogReader, PANIC_SILENCE_MS, PanicReader } from './esp32s3';
import { stampEvent } from './event-body';

export interface EventReaderOptions {
  readonly board: string;
  readonly console: Console;
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly emit: (event: BoardEvent) => void;
}

/** Reads a console's lines as events: crashes, boot and dialect, in this order. Gives back what stops it. */
export function readEvents({ board, console, dialect, clock, emit }: EventReaderOptions): Cancel {
  const panics = new PanicReader(board);
  const readBoot = bootLogReader();
  const readDialect = dialect.createReader();
  let cancelSilence: Cancel = () => undefined;

  const read = (line: ConsoleLine): void => {
    cancelSilence();
    panics.read(line).forEach(emit);
    for (const body of [...readBoot(line), ...readDialect(line)]) emit(stampEvent(body, line));
    if (panics.isCollecting) {
      cancelSilence = clock.after(PANIC_SILENCE_MS, () => panics.readSilence().forEach(emit));
    }
  };

  const cancelLines = console.onLine(read);
  return () => {
    cancelLines();
    cancelSilence();
    // A board that crashed and vanished has still crashed.
    panics.readSilence().forEach(emit);
  };
}
