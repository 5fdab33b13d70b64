import { realpath } from 'node:fs/promises';
import type { ConsoleLink } from '../../ports';
import { listSerialPorts, type SerialPortDescription } from './list-ports';

/** Espressif's; an adapter with a UART behind it has the vendor of its own chip. */
const NATIVE_VENDOR = '303a';
/** USB-Serial-JTAG, in hardware, and TinyUSB's CDC, which firmware such as MicroPython's emulates (device.md section 4). */
const nativeProducts: Readonly<Record<string, 'usb-serial-jtag' | 'tiny-usb'>> = {
  '1001': 'usb-serial-jtag',
  '4001': 'tiny-usb',
};

type Ports = () => Promise<readonly SerialPortDescription[]>;

/** What of the chip's own USB a port is; undefined for an adapter, a pseudo-terminal, and where USB says nothing. */
export async function nativeUsbOf(
  path: string,
  ports: Ports = listSerialPorts,
): Promise<'usb-serial-jtag' | 'tiny-usb' | undefined> {
  const device = await realpath(path).catch(() => path);
  // Native USB is always a modem device; the other ports need not be looked up.
  if (!device.includes('ttyACM')) return undefined;
  const port = (await ports()).find((one) => one.path === device);
  return port?.vendorId === NATIVE_VENDOR ? nativeProducts[port.productId ?? ''] : undefined;
}

/**
 * How a console's bytes come: by the chip's native USB, or by a UART, whose wire takes its time for each byte. Where USB says
 * nothing, as of a pseudo-terminal, it is a UART.
 * @param ports - Default: those of this machine.
 */
export async function consoleLinkOf(
  path: string,
  baudRate: number,
  ports: Ports = listSerialPorts,
): Promise<ConsoleLink> {
  return (await nativeUsbOf(path, ports)) === undefined ? { kind: 'uart', baudRate } : { kind: 'usb' };
}
