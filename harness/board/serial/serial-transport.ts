import type { Cancel } from '../../ports';

/** Lines that a UART bridge or the chip's own USB port can drive. True asserts: the pin goes low. */
export interface ModemLines {
  readonly dtr: boolean;
  readonly rts: boolean;
}

/** An open serial port, real or simulated. */
export interface SerialTransport {
  /** As it was asked for. */
  readonly path: string;
  /** Bytes with the instant at which they were in hand, taken before any other work. */
  onBytes(listener: (bytes: Buffer, hostAtMs: number) => void): Cancel;
  /** Calls back once, when the port has gone without being closed; at once when it already has. */
  onLost(listener: (error: Error) => void): Cancel;
  /**
   * Resolves when the driver has sent the bytes.
   * @throws BoardError `HIL_BOARD_PORT_LOST`, `HIL_BOARD_PORT_FAILED` when they are not taken within 5 s, and at once, with nothing written, while
   *   those of such a write are not: both with `untakenBytes`.
   */
  write(bytes: Buffer): Promise<void>;
  /** Sets both lines at once. False when the port has none, as a pseudo-terminal. */
  setModemLines(lines: ModemLines): Promise<boolean>;
  /**
   * Goes on at another rate without closing, so that no line moves. A pseudo-terminal takes any rate and keeps its speed.
   * @throws BoardError `HIL_BOARD_PORT_LOST`; `HIL_BOARD_PORT_FAILED` when the port does not take the rate.
   */
  setBaudRate(baudRate: number): Promise<void>;
  /** Closes the port; harmless when it is closed or lost. */
  close(): Promise<void>;
}
