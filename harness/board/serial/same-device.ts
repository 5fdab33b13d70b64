import { lstat, realpath } from 'node:fs/promises';
import { BoardError } from '../../errors';
import { describeFound } from './find-port';
import { listSerialPorts, type SerialPortDescription } from './list-ports';
import { isRfc2217 } from './rfc2217';

type Ports = () => Promise<readonly SerialPortDescription[]>;

/** Where a device that went away is to be opened again. */
export interface DeviceWatch {
  /**
   * Its path now, which may be another one than before.
   * @throws BoardError `HIL_BOARD_PORT_MISSING` while it is not there.
   */
  find(): Promise<string>;
}

/** A pseudo-terminal's number is given to the next one that is opened, whoever does. */
const PSEUDO_TERMINAL = /^\/dev\/pts\/\d+$/;

/**
 * Notes what a port that is open now is, to know it again: a USB device by vendor, product, interface and serial number, or by its
 * socket where it has none; a server by its address; a link to a pseudo-terminal by having been made anew. Undefined for what
 * nobody can know again: a pseudo-terminal by its own path.
 * @param path - As it was opened.
 * @param ports - Default: those of this machine.
 */
export async function watchDevice(
  path: string,
  ports: Ports = listSerialPorts,
): Promise<DeviceWatch | undefined> {
  if (isRfc2217(path)) return { find: () => Promise.resolve(path) };
  const device = await realpath(path).catch(() => path);
  const known = (await ports()).find((port) => port.path === device);
  if (known?.vendorId !== undefined) return { find: () => sameUsbDevice(known, ports) };
  if (!PSEUDO_TERMINAL.test(device)) return { find: () => Promise.resolve(path) };
  if (path === device) return undefined;
  const before = await madeAt(path);
  return {
    find: async () => {
      if ((await madeAt(path)) === before)
        throw missing(path, 'is still a link to the terminal that has gone');
      return path;
    },
  };
}

async function sameUsbDevice(known: SerialPortDescription, ports: Ports): Promise<string> {
  const { vendorId, productId, usbInterface, serialNumber, location } = known;
  const found = (await ports()).find(
    (port) =>
      port.vendorId === vendorId &&
      port.productId === productId &&
      port.usbInterface === usbInterface &&
      port.serialNumber === serialNumber &&
      // Two devices without a serial number are told apart by their sockets.
      (serialNumber !== undefined || port.location === location),
  );
  if (found === undefined) throw missing(describeFound(known), 'is not there');
  return found.path;
}

/** When a link was made, and where it leads: both stay the same until somebody makes it anew. Empty while there is none. */
const madeAt = async (link: string): Promise<string> => {
  const status = await lstat(link).catch(() => undefined);
  const target = await realpath(link).catch(() => '');
  return status === undefined || target === '' ? '' : `${status.ino} ${status.ctimeMs} ${target}`;
};

const missing = (port: string, what: string): BoardError =>
  new BoardError('HIL_BOARD_PORT_MISSING', `Serial port ${port} ${what}.`, { port, existing: [] });
