import type { Cancel } from '../../ports';
import type { ModemLines, SerialTransport } from '../serial';

/** Vendor and product of a USB port, as far as the system tells them. */
export interface UsbIds {
  readonly usbVendorId?: number;
  readonly usbProductId?: number;
}

interface Signals {
  readonly dataTerminalReady?: boolean;
  readonly requestToSend?: boolean;
}

/** The part of a `WritableStream` that esptool-js uses. It may leave a failed one locked and then wait for ever; this one has no lock. */
interface Writable {
  readonly locked: boolean;
  getWriter(): { write(bytes: Uint8Array): Promise<void>; releaseLock(): void };
}

/** Begins no frame, and breaks one that has begun: whoever reads it as an answer fails at once. */
const NO_ANSWER = Buffer.from([0x00, 0xc0, 0x00]);

/**
 * An open transport in the shape of Web Serial's `SerialPort`, as far as esptool-js 0.7.0 uses it (device.md section 6). The port
 * itself stays open through `close`: a hang-up would move its lines, and with them the chip.
 */
export class WebSerialDevice {
  readable: ReadableStream<Uint8Array> | null = null;
  readonly writable: Writable;
  /** Set both at once always: what is left out of a call keeps its state. */
  private lines: ModemLines = { dtr: false, rts: false };
  private input: ReadableStreamDefaultController<Uint8Array> | undefined;
  private stop: Cancel = () => undefined;
  private isRetired = false;

  constructor(
    private readonly transport: SerialTransport,
    private readonly usb: UsbIds,
    private readonly onReceived: (bytes: Buffer) => void,
  ) {
    const write = async (bytes: Uint8Array): Promise<void> => {
      this.checkInUse();
      await transport.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    };
    this.writable = { locked: false, getWriter: () => ({ write, releaseLock: () => undefined }) };
  }

  getInfo(): UsbIds {
    return this.usb;
  }

  async open({ baudRate }: { readonly baudRate: number }): Promise<void> {
    await this.setBaudRate(baudRate);
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.input = controller;
        this.stop = this.transport.onBytes((bytes) => {
          this.onReceived(bytes);
          controller.enqueue(bytes);
        });
      },
      cancel: () => this.stop(),
    });
  }

  close(): Promise<void> {
    this.stop();
    this.readable = null;
    return Promise.resolve();
  }

  async setSignals({
    dataTerminalReady = this.lines.dtr,
    requestToSend = this.lines.rts,
  }: Signals): Promise<void> {
    this.checkInUse();
    this.lines = { dtr: dataTerminalReady, rts: requestToSend };
    await this.transport.setModemLines(this.lines);
  }

  /** In place, so that esptool-js does not close and open the port. */
  async setBaudRate(baudRate: number): Promise<void> {
    this.checkInUse();
    await this.transport.setBaudRate(baudRate);
  }

  /**
   * For good: nothing that esptool-js still does reaches the port or the chip, and what it waits for fails at once instead of polling until its
   * time is over.
   */
  retire(): void {
    if (this.isRetired) return;
    this.isRetired = true;
    this.stop();
    if (this.readable !== null) this.input?.enqueue(NO_ANSWER);
    this.readable = null;
  }

  private checkInUse(): void {
    if (this.isRetired) throw new Error('the session with the chip is over');
  }
}
