import type { AnyTurnRecord, BoardEvent, ConsoleLine } from '../ports';
import { DeviceClocks, type LoggedInstant } from './device-clock';
import type { PingedLine } from './device-stamps';
import type { DeviceMark } from './turn-measurement';

/** Step of a marker's stamp. */
const MARKER_TICK_MS = 0.001;

/** When the lines of a turn were logged. */
export class TurnConsole {
  private readonly clocks: DeviceClocks;
  /** Markers have a clock of their own: the log's crystal from another zero. */
  private readonly markerClocks: DeviceClocks;
  private readonly lines: ReadonlyMap<number, ConsoleLine>;

  constructor(private readonly record: AnyTurnRecord) {
    const { clockLines = [], clockMarkers = [], consoleLines, consoleLink } = record;
    this.clocks = DeviceClocks.of([...clockLines, ...consoleLines], consoleLink);
    this.lines = new Map(consoleLines.map((line) => [line.index, line]));
    const markers = [...clockMarkers, ...record.boardEvents].flatMap((event) => stampOf(event) ?? []);
    this.markerClocks = DeviceClocks.of(markers, consoleLink, MARKER_TICK_MS);
  }

  /** The instant of a board event; undefined when its line is not in the record. */
  instantOf({ lineIndex }: Pick<BoardEvent, 'lineIndex'>): LoggedInstant | undefined {
    const line = this.lines.get(lineIndex);
    return line && this.clocks.instantOf(line);
  }

  /** The arrival of a board event, whatever its own stamp says. */
  arrivalOf(event: Pick<BoardEvent, 'hostAtMs' | 'boot'>): LoggedInstant {
    return this.clocks.arrivalOf(event);
  }

  /** Step of the board's stamps in a boot; undefined where too few of its lines say. */
  tickMsOf(boot: number): number | undefined {
    return this.clocks.clockOf(boot)?.tickMs;
  }

  /** The events that the board's clock times better than the arrival of their lines. */
  deviceMarks(): DeviceMark[] {
    return this.record.boardEvents.flatMap((event): DeviceMark[] => {
      const { type, lineIndex } = event;
      const marker = stampOf(event);
      const instant = marker === undefined ? this.instantOf(event) : this.markerClocks.instantOf(marker);
      if (instant?.stampedBy !== 'device') return [];
      const { hostAtMs, uncertaintyMs } = instant;
      return [{ type, lineIndex, hostAtMs, uncertaintyMs }];
    });
  }
}

/** The stamp of a marker as that of a line; undefined for other events, and for a marker whose own arrival nobody knows. */
function stampOf(event: BoardEvent): PingedLine | undefined {
  if (event.type !== 'marker' || event.midLine === true) return undefined;
  const { deviceAtUs, hostAtMs, byteOffset, boot, pingedAtHostMs: notBeforeHostMs } = event;
  const line = { deviceAtMs: deviceAtUs / 1000, hostAtMs, byteOffset, boot };
  return notBeforeHostMs === undefined ? line : { ...line, notBeforeHostMs };
}
