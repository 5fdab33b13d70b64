import type { SerialTransport } from '../serial';
import { loadEsptoolJs, type EspLoader, type EspTransport } from './esptool-js';
import { WebSerialDevice, type UsbIds } from './web-serial-device';

/** Command of the ROM that starts what was uploaded (device.md 5.2). */
const MEM_END = 0x06;
/** esptool's time for anything. */
export const LEAST_TIMEOUT_MS = 3000;
/** A console has this rate, and so has the ROM. */
export const ROM_BAUD = 115_200;

/** esptool-js on a transport that stays open; nothing was said to the chip yet. */
export interface OpenedLoader {
  readonly device: WebSerialDevice;
  readonly link: EspTransport;
  readonly loader: EspLoader;
}

/** @param onReceived - Told of all bytes that come, frames and console alike. */
export async function openLoader(
  transport: SerialTransport,
  usb: UsbIds,
  onReceived: (bytes: Buffer) => void,
): Promise<OpenedLoader> {
  const esptool = await loadEsptoolJs();
  const device = new WebSerialDevice(transport, usb, onReceived);
  const link = new esptool.Transport(device, false);
  // It prints on the console otherwise, traced or not.
  link.trace = () => undefined;
  const silent = { clean: () => undefined, write: () => undefined, writeLine: () => undefined };
  const loader = new esptool.ESPLoader({
    transport: link,
    baudrate: ROM_BAUD,
    romBaudrate: ROM_BAUD,
    terminal: silent,
  });
  // Its 200 ms for the answer to MEM_END are too few behind a network, and on a busy machine (device.md section 6).
  const check = loader.checkCommand.bind(loader);
  loader.checkCommand = (purpose, op, data, checksum, answerBytes, timeoutMs) =>
    check(purpose, op, data, checksum, answerBytes, op === MEM_END ? LEAST_TIMEOUT_MS : timeoutMs);
  return { device, link, loader };
}
