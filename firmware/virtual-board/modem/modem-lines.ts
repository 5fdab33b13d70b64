import type { BootStraps } from '../boot-log';

/** The two lines of a serial port that a board is wired to. True asserts: the line goes low. */
export interface ModemLines {
  readonly dtr: boolean;
  readonly rts: boolean;
}

/** What the port's lines pull at. Told the state of both after each change of one. */
export interface ModemWiring {
  set(lines: ModemLines): void;
}

/** The chip as its reset pin, its straps and its USB see it. */
export interface ChipPins {
  /** EN is low: the chip stands still and says nothing. */
  hold(): void;
  /** Starts anew. Its own USB asks for the ROM's download mode without GPIO0, which has the same effect as that pin held low. */
  reset(straps: BootStraps): void;
}
