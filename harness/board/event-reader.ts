import type { BoardEvent, Cancel, Clock, Console, ConsoleLine } from '../ports';
import type { Dialect } from './dialect';
import {
  bootLogReader,
  heapOfMarker,
  PANIC_SILENCE_MS,
  PanicReader,
  readWifiState,
  systemStateReader,
} from './esp32s3';
import { stampEvent } from './event-body';
import { MarkerReader } from './markers';

/** Longest wait for a prompt behind something that was begun. */
const LONGEST_OPEN_MS = 60_000;

export interface EventReaderOptions {
  readonly board: string;
  readonly console: Console;
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly emit: (event: BoardEvent) => void;
}

/** Reads a console's lines as events: markers, crashes, boot and dialect, in this order. Gives back what stops it. */
export function readEvents({ board, console, dialect, clock, emit }: EventReaderOptions): Cancel {
  const markers = new MarkerReader();
  const panics = new PanicReader(board);
  const readBoot = bootLogReader();
  const readSystem = systemStateReader();
  const reader = dialect.createReader();
  let cancelSilence: Cancel = () => undefined;
  let awaited: ReturnType<NonNullable<typeof reader.awaited>>;
  let cancelAwaited: Cancel = () => undefined;

  /** Says what the absence of a line says, unless the board crashed: then it has every reason to be silent. */
  const awaitNext = (line: ConsoleLine, crashed: boolean): void => {
    const next = crashed ? undefined : reader.awaited?.();
    if (next === awaited) return;
    cancelAwaited();
    awaited = next;
    if (next === undefined) return;
    cancelAwaited = clock.after(next.withinMs, () => {
      const hostAtMs = clock.nowMs();
      for (const body of next.missed()) emit({ ...body, hostAtMs, boot: line.boot, lineIndex: line.index });
    });
  };

  /** Waits for what shows that something begun is over; each line that comes instead asks anew. */
  const awaitEnd = (line: ConsoleLine): void => {
    const open = reader.open?.();
    if (open === undefined) return;
    const { shows, close } = open;
    console.expect(shows, { withinMs: LONGEST_OPEN_MS, from: line.index + 1 }).then(
      (match) => {
        // Read by then as a line, or closed by another one.
        if (reader.open?.()?.close !== close) return;
        for (const body of close()) emit(stampEvent(body, match.line));
      },
      // It never showed: what was begun stays open, and whoever waits for it has a deadline of his own.
      () => undefined,
    );
  };

  const read = (line: ConsoleLine): void => {
    cancelSilence();
    const faults = panics.read(line);
    faults.forEach(emit);
    const wasOpen = reader.open?.() !== undefined;
    const bodies = [...readBoot(line), ...readSystem(line), ...readWifiState(line), ...reader.read(line)];
    for (const body of bodies) emit(stampEvent(body, line));
    if (!wasOpen) awaitEnd(line);
    awaitNext(line, faults.length > 0 || panics.isCollecting);
    if (panics.isCollecting) {
      cancelSilence = clock.after(PANIC_SILENCE_MS, () => panics.readSilence().forEach(emit));
    }
  };

  const cancelLines = console.onLine((line) => {
    const { events, lines } = markers.read(line);
    for (const body of events.flatMap((one) => [one, ...heapOfMarker(one)])) emit(stampEvent(body, line));
    lines.forEach(read);
  });
  return () => {
    cancelLines();
    cancelSilence();
    cancelAwaited();
    // A board that crashed and vanished has still crashed.
    panics.readSilence().forEach(emit);
  };
}
