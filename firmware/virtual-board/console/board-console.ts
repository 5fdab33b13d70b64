import type { Crystal } from '../crystal';
import { TX_FIFO_BYTES, type UartTransmitter } from './uart';

export type LogLevel = 'E' | 'W' | 'I' | 'D' | 'V';

/** FreeRTOS ticks 100 times a second, so every stamp after the scheduler started ends in 0. */
const TICK_MS = 10;
const LINE_FEED = 0x0a;

/** What the firmware prints: ESP-IDF log lines (colours off) and plain printf text, `\n` as CR LF on the wire. */
export class BoardConsole {
  private ticks = false;
  private isHung = false;

  constructor(
    private readonly crystal: Crystal,
    private readonly uart: Pick<UartTransmitter, 'send' | 'cut'>,
  ) {}

  /** From here on stamps are FreeRTOS ticks. */
  startScheduler(): void {
    this.ticks = true;
  }

  /** Cuts the line in flight; stamps count milliseconds again. */
  reset(): void {
    this.ticks = false;
    this.isHung = false;
    this.uart.cut();
  }

  /** The processor stands still: nothing more is printed until the next boot. */
  hang(): void {
    this.isHung = true;
    this.uart.cut(TX_FIFO_BYTES);
  }

  /** `I (1080) Board: Init board.`; the Wi-Fi blob's tag `wifi` has no space after its colon. */
  log(level: LogLevel, tag: string, message: string | Buffer): void {
    const elapsedMs = this.crystal.elapsedMs();
    const stampMs = this.ticks ? Math.floor(elapsedMs / TICK_MS) * TICK_MS : Math.floor(elapsedMs);
    const head = `${level} (${stampMs}) ${tag}:${tag === 'wifi' ? '' : ' '}`;
    this.print(Buffer.concat([Buffer.from(head), Buffer.from(message), Buffer.of(LINE_FEED)]));
  }

  /** printf: every `\n` becomes CR LF, a `\r\n` therefore CR CR LF. Bytes need not be whole characters. */
  print(text: string | Buffer): void {
    // Latin-1 gives each byte a character of its own.
    const bytes = Buffer.from(text).toString('latin1');
    if (!this.isHung) this.uart.send(Buffer.from(bytes.replaceAll('\n', '\r\n'), 'latin1'));
  }

  /** Bytes as they are: ROM text, echo, escape sequences. */
  raw(bytes: Buffer | string): void {
    if (!this.isHung) this.uart.send(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  }

  /** The panic handler writes by polling: only what is in the hardware FIFO still leaves before it. */
  preempt(text: string): void {
    this.uart.cut(TX_FIFO_BYTES);
    this.raw(text);
  }
}
