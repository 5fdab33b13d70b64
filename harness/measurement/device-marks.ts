import type { AnyTurnRecord, BoardEvent, ConsoleLine } from '../ports';
import { DeviceClocks, type LoggedInstant } from './device-clock';
import type { DeviceMark } from './turn-measurement';

/** When the lines of a turn were logged. */
export class TurnConsole {
  private readonly clocks: DeviceClocks;
  private readonly lines: ReadonlyMap<number, ConsoleLine>;

  constructor(private readonly record: AnyTurnRecord) {
    const { clockLines = [], consoleLines, consoleLink } = record;
    this.clocks = DeviceClocks.of([...clockLines, ...consoleLines], consoleLink);
    this.lines = new Map(consoleLines.map((line) => [line.index, line]));
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
    return this.record.boardEvents.flatMap(({ type, lineIndex }): DeviceMark[] => {
      const instant = this.instantOf({ lineIndex });
      if (instant?.stampedBy !== 'device') return [];
      const { hostAtMs, uncertaintyMs } = instant;
      return [{ type, lineIndex, hostAtMs, uncertaintyMs }];
    });
  }
}
