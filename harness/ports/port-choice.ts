/** What a serial port of a USB device is known by, whatever path it has; all that is given has to fit. */
export interface UsbPortChoice {
  readonly serialNumber?: string;
  /** Four hex digits, lower case. */
  readonly vid?: string;
  readonly pid?: string;
  /** The USB socket, as `1-2.3`. */
  readonly location?: string;
  /** Which of several ports of one device, from 0. */
  readonly interface?: number;
}

/** A serial port by its path, by the address of a server (`rfc2217://HOST:PORT`), or by what USB tells of it. */
export type PortChoice = string | UsbPortChoice;
