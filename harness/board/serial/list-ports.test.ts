import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPort } from './find-port';
import { listSerialPorts, type PortFolders } from './list-ports';
import { portKind } from './port-kind';

/** A USB device as sysfs shows it, and the serial ports of its interfaces. */
interface FakeDevice {
  readonly location: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** By interface number: `ttyUSB0`, with a folder of its own below the interface; `ttyACM0`, whose device is the interface. */
  readonly ports: Readonly<Record<string, string>>;
}

const korvo: FakeDevice = {
  location: '1-2.3',
  attributes: {
    idVendor: '10c4',
    idProduct: 'ea60',
    serial: '0001',
    manufacturer: 'Silicon Labs',
    product: 'CP2102N USB to UART Bridge Controller',
  },
  ports: { '00': 'ttyUSB0' },
};
const atom: FakeDevice = {
  location: '1-4',
  attributes: {
    idVendor: '303a',
    idProduct: '1001',
    serial: '7C:DF:A1:00:11:22',
    product: 'USB JTAG/serial debug unit',
  },
  ports: { '00': 'ttyACM10' },
};
const prog: FakeDevice = {
  location: '3-1',
  attributes: { idVendor: '0403', idProduct: '6010' },
  ports: { '00': 'ttyUSB1', '01': 'ttyUSB2' },
};

describe('ports of this machine', () => {
  let root: string;
  let folders: PortFolders;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'earshot-ports-'));
    folders = { devices: join(root, 'dev'), sysfs: join(root, 'tty'), byId: join(root, 'by-id') };
    for (const folder of [folders.devices, folders.sysfs, folders.byId]) mkdirSync(folder);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function plugIn({ location, attributes, ports }: FakeDevice): void {
    const device = join(root, 'devices', location);
    mkdirSync(device, { recursive: true });
    for (const [name, value] of Object.entries(attributes)) writeFileSync(join(device, name), `${value}\n`);
    for (const [number, name] of Object.entries(ports)) {
      const usbInterface = join(device, `${location}:1.${Number(number)}`);
      const target = name.startsWith('ttyACM') ? usbInterface : join(usbInterface, name);
      mkdirSync(target, { recursive: true });
      writeFileSync(join(usbInterface, 'bInterfaceNumber'), `${number}\n`);
      mkdirSync(join(folders.sysfs, name));
      symlinkSync(target, join(folders.sysfs, name, 'device'));
      writeFileSync(join(folders.devices, name), '');
    }
  }
  const list = () => listSerialPorts(folders);

  it('tells of each what USB tells of it, without udev', async () => {
    [korvo, atom].forEach(plugIn);
    symlinkSync(
      join(folders.devices, 'ttyUSB0'),
      join(folders.byId, 'usb-Silicon_Labs_CP2102N_0001-if00-port0'),
    );
    expect(await list()).toEqual([
      {
        path: join(folders.devices, 'ttyACM10'),
        product: 'USB JTAG/serial debug unit',
        serialNumber: '7C:DF:A1:00:11:22',
        vendorId: '303a',
        productId: '1001',
        location: '1-4',
        usbInterface: 0,
      },
      {
        path: join(folders.devices, 'ttyUSB0'),
        manufacturer: 'Silicon Labs',
        product: 'CP2102N USB to UART Bridge Controller',
        serialNumber: '0001',
        vendorId: '10c4',
        productId: 'ea60',
        location: '1-2.3',
        usbInterface: 0,
        byId: join(folders.byId, 'usb-Silicon_Labs_CP2102N_0001-if00-port0'),
      },
    ]);
  });

  it('lists a port by its path alone where the kernel tells nothing, and what is no serial port not at all', async () => {
    for (const name of ['ttyACM0', 'ttyS0', 'tty1', 'null']) writeFileSync(join(folders.devices, name), '');
    rmSync(folders.sysfs, { recursive: true });
    rmSync(folders.byId, { recursive: true });
    expect(await list()).toEqual([{ path: join(folders.devices, 'ttyACM0') }]);
  });

  it('lists the ports that this machine really has', async () => {
    for (const { path } of await listSerialPorts()) expect(path).toMatch(/^\/dev\/|^COM/);
  });

  it('says what a port likely is', async () => {
    [korvo, atom].forEach(plugIn);
    expect((await list()).map(portKind)).toEqual([
      expect.stringContaining('AtomS3R'),
      expect.stringContaining('Korvo-2'),
    ]);
    expect(portKind({ path: '/dev/ttyACM0', vendorId: '1234', productId: '5678' })).toBeUndefined();
  });

  describe('findPort', () => {
    beforeEach(() => [korvo, atom, prog].forEach(plugIn));
    const find = async (choice: Parameters<typeof findPort>[0]) =>
      (await findPort(choice, list)).replace(`${folders.devices}/`, '');

    it.each([
      ['its serial number, in either case', { serialNumber: '7c:df:a1:00:11:22' }, 'ttyACM10'],
      ['vendor and product', { vid: '10c4', pid: 'ea60' }, 'ttyUSB0'],
      ['its socket', { location: '1-2.3' }, 'ttyUSB0'],
      ['one of its interfaces', { location: '3-1', interface: 1 }, 'ttyUSB2'],
      ['its path, which is not looked up', '/dev/serial/by-id/x', '/dev/serial/by-id/x'],
      ['the address of a server', 'rfc2217://bench:2217', 'rfc2217://bench:2217'],
    ])('finds a port by %s', async (_name, choice, name) => expect(await find(choice)).toBe(name));

    it('lists what is there when none fits, or one of two things does not', async () => {
      await expect(find({ serialNumber: '0001', vid: '303a' })).rejects.toMatchObject({
        code: 'HIL_BOARD_PORT_MISSING',
        message: expect.stringMatching(
          /^No serial port has serial number 0001, USB 303a:\*; there are .*ttyACM10 \(serial number 7C:DF:A1:00:11:22, USB 303a:1001, location 1-4, interface 0\); /,
        ),
        facts: { existing: expect.arrayContaining([expect.stringContaining('ttyUSB2')]) },
      });
    });

    it('lists those that fit when there are several', async () => {
      await expect(find({ vid: '0403' })).rejects.toMatchObject({
        code: 'HIL_BOARD_PORT_AMBIGUOUS',
        message: expect.stringMatching(/^2 serial ports have USB 0403:\*: .*ttyUSB1 .*; .*ttyUSB2 /),
      });
    });
  });
});
