import { access, constants, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SerialPort } from 'serialport';

/** A serial port of this machine. What USB did not tell is absent; IDs are four hex digits, lower case. */
export interface SerialPortDescription {
  readonly path: string;
  readonly manufacturer?: string;
  readonly serialNumber?: string;
  readonly vendorId?: string;
  readonly productId?: string;
  /** Link below /dev/serial/by-id, which stays the same when the board is plugged into another socket. */
  readonly byId?: string;
}

const DEVICES = '/dev';
const BY_ID = '/dev/serial/by-id';
const SERIAL_DEVICE = /^tty(?:USB|ACM|AMA|XRUSB|CH343USB|WCH)\d+$/;
// Folders that are in every PATH: serialport starts udevadm by its bare name.
const UDEVADM: readonly string[] = ['/usr/bin/udevadm', '/bin/udevadm'];

/**
 * Serial ports, sorted by path. `SerialPort.list` ends the whole process where udevadm is missing, so there the device
 * folder is read instead and the USB fields are absent.
 * @param udevadmPaths - Where to look for udevadm.
 */
export async function listSerialPorts(udevadmPaths = UDEVADM): Promise<readonly SerialPortDescription[]> {
  const links = await byIdLinks();
  const ports = (await canAskUdev(udevadmPaths))
    ? await portsOfDriver()
    : (await devicePaths()).map((path) => ({ path }));
  return ports
    .map((port) => {
      const byId = links.get(port.path);
      return byId === undefined ? port : { ...port, byId };
    })
    .sort((a, b) => a.path.localeCompare(b.path));
}

/** Ports to offer when `path` does not exist: serial devices, and what looks like it in the same folder; ten at most. */
export async function portsLike(path: string): Promise<readonly string[]> {
  const stem = basename(path).replace(/\d+$/, '');
  const folder = dirname(path);
  const siblings = folder === DEVICES ? [] : await readdir(folder).catch(() => []);
  const similar = siblings.filter((name) => name.replace(/\d+$/, '') === stem);
  const links = [...(await byIdLinks()).values()];
  const candidates = [...links, ...(await devicePaths()), ...similar.map((name) => join(folder, name))];
  return [...new Set(candidates)].slice(0, 10);
}

async function canAskUdev(udevadmPaths: readonly string[]): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const found = await Promise.allSettled(udevadmPaths.map((path) => access(path, constants.X_OK)));
  return found.some(({ status }) => status === 'fulfilled');
}

async function portsOfDriver(): Promise<SerialPortDescription[]> {
  return (await SerialPort.list()).map(({ path, manufacturer, serialNumber, vendorId, productId }) => ({
    path,
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(vendorId === undefined ? {} : { vendorId: vendorId.toLowerCase() }),
    ...(productId === undefined ? {} : { productId: productId.toLowerCase() }),
  }));
}

async function devicePaths(): Promise<string[]> {
  const names = await readdir(DEVICES).catch(() => []);
  return names.filter((name) => SERIAL_DEVICE.test(name)).map((name) => join(DEVICES, name));
}

/** Device path to its link below by-id; empty when there are no such links. */
async function byIdLinks(): Promise<ReadonlyMap<string, string>> {
  const links = new Map<string, string>();
  for (const name of await readdir(BY_ID).catch(() => [])) {
    const link = join(BY_ID, name);
    links.set(await realpath(link).catch(() => link), link);
  }
  return links;
}
