import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SerialPort } from 'serialport';

/** A serial port of this machine. What USB did not tell is absent; IDs are four hex digits, lower case. */
export interface SerialPortDescription {
  readonly path: string;
  readonly manufacturer?: string;
  readonly product?: string;
  readonly serialNumber?: string;
  readonly vendorId?: string;
  readonly productId?: string;
  /** The USB socket: bus and the ports down to it, `1-2.3`. Stays the same whatever is plugged in there. */
  readonly location?: string;
  /** Which of the serial ports of one USB device, from 0. */
  readonly usbInterface?: number;
  /** Link below /dev/serial/by-id, which stays the same when the board is plugged into another socket. */
  readonly byId?: string;
}

/** Where Linux tells of its serial ports. */
export interface PortFolders {
  readonly devices: string;
  readonly sysfs: string;
  readonly byId: string;
}

const linux: PortFolders = { devices: '/dev', sysfs: '/sys/class/tty', byId: '/dev/serial/by-id' };
const SERIAL_DEVICE = /^tty(?:USB|ACM|AMA|XRUSB|CH343USB|WCH)\d+$/;
/** A serial port's device lies three folders below its USB device at most: interface, port, tty. */
const USB_DEVICE_WITHIN = 4;

/**
 * Serial ports, sorted by path. On Linux the kernel is asked, without udev: `SerialPort.list` ends the whole process where udevadm is
 * missing, leaves out the ports of some drivers, and a container has neither udev nor its links. Elsewhere the driver is.
 * @param folders - Where to look; default: the system's.
 */
export async function listSerialPorts(folders?: PortFolders): Promise<readonly SerialPortDescription[]> {
  const isLinux = process.platform === 'linux' || folders !== undefined;
  const ports = isLinux ? await portsOfKernel(folders ?? linux) : await portsOfDriver();
  return [...ports].sort((a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }));
}

/** Ports to offer when `path` does not exist: serial devices, and what looks like it in the same folder; ten at most. */
export async function portsLike(path: string): Promise<readonly string[]> {
  const stem = basename(path).replace(/\d+$/, '');
  const folder = dirname(path);
  const siblings = folder === linux.devices ? [] : await readdir(folder).catch(() => []);
  const similar = siblings.filter((name) => name.replace(/\d+$/, '') === stem);
  const links = [...(await byIdLinks(linux)).values()];
  const devices = (await deviceNames(linux)).map((name) => join(linux.devices, name));
  const candidates = [...links, ...devices, ...similar.map((name) => join(folder, name))];
  return [...new Set(candidates)].slice(0, 10);
}

async function portsOfDriver(): Promise<SerialPortDescription[]> {
  return (await SerialPort.list()).map(
    ({ path, manufacturer, serialNumber, vendorId, productId, locationId }) => ({
      path,
      ...(manufacturer === undefined ? {} : { manufacturer }),
      ...(serialNumber === undefined ? {} : { serialNumber }),
      ...(vendorId === undefined ? {} : { vendorId: vendorId.toLowerCase() }),
      ...(productId === undefined ? {} : { productId: productId.toLowerCase() }),
      ...(locationId === undefined ? {} : { location: locationId }),
    }),
  );
}

async function portsOfKernel(folders: PortFolders): Promise<SerialPortDescription[]> {
  const links = await byIdLinks(folders);
  const names = await deviceNames(folders);
  return Promise.all(
    names.map(async (name) => {
      const path = join(folders.devices, name);
      const byId = links.get(path);
      return { path, ...(await usbOf(join(folders.sysfs, name))), ...(byId === undefined ? {} : { byId }) };
    }),
  );
}

const deviceNames = async ({ devices }: PortFolders): Promise<string[]> =>
  (await readdir(devices).catch(() => [])).filter((name) => SERIAL_DEVICE.test(name));

type UsbFields = Omit<SerialPortDescription, 'path' | 'byId'>;

/** What USB tells of a port: the first folder above it that has a vendor is its device. */
async function usbOf(sysfsPort: string): Promise<UsbFields> {
  let folder = await realpath(join(sysfsPort, 'device')).catch(() => undefined);
  let usbInterface: string | undefined;
  for (let up = 0; folder !== undefined && up < USB_DEVICE_WITHIN; up += 1) {
    usbInterface ??= await attribute(folder, 'bInterfaceNumber');
    const vendorId = await attribute(folder, 'idVendor');
    if (vendorId !== undefined) return usbFields(folder, vendorId, usbInterface);
    folder = dirname(folder);
  }
  return {};
}

async function usbFields(
  folder: string,
  vendorId: string,
  usbInterface: string | undefined,
): Promise<UsbFields> {
  const names = ['idProduct', 'serial', 'manufacturer', 'product'] as const;
  const [productId, serialNumber, manufacturer, product] = await Promise.all(
    names.map((name) => attribute(folder, name)),
  );
  return {
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(product === undefined ? {} : { product }),
    ...(serialNumber === undefined ? {} : { serialNumber }),
    vendorId,
    ...(productId === undefined ? {} : { productId }),
    location: basename(folder),
    ...(usbInterface === undefined ? {} : { usbInterface: parseInt(usbInterface, 16) }),
  };
}

/** Undefined: the device has none, or has gone meanwhile. */
const attribute = (folder: string, name: string): Promise<string | undefined> =>
  readFile(join(folder, name), 'utf8').then(
    (text) => text.trim() || undefined,
    () => undefined,
  );

/** Device path to its link below by-id; empty when there are no such links. */
async function byIdLinks({ byId }: PortFolders): Promise<ReadonlyMap<string, string>> {
  const links = new Map<string, string>();
  for (const name of await readdir(byId).catch(() => [])) {
    const link = join(byId, name);
    links.set(await realpath(link).catch(() => link), link);
  }
  return links;
}
