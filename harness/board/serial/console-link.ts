import { realpath } from 'node:fs/promises';
import type { ConsoleLink } from '../../ports';
import { listSerialPorts, type SerialPortDescription } from './list-ports';

/** USB-Serial-JTAG of Espressif's chips; an adapter with a UART behind it has the vendor of its own chip. */
const NATIVE_USB = { vendorId: '303a', productId: '1001' } as const;

/**
 * How a console's bytes come: by the chip's native USB, or by a UART, whose wire takes its time for each byte. Where USB says
 * nothing, as of a pseudo-terminal, it is a UART.
 * @param ports - Default: those of this machine.
 */
export async function consoleLinkOf(
  path: string,
  baudRate: number,
  ports: () => Promise<readonly SerialPortDescription[]> = listSerialPorts,
): Promise<ConsoleLink> {
  const device = await realpath(path).catch(() => path);
  // Native USB is always a modem device; the other ports need not be looked up.
  if (!device.includes('ttyACM')) return { kind: 'uart', baudRate };
  const port = (await ports()).find((one) => one.path === device);
  const native = port?.vendorId === NATIVE_USB.vendorId && port.productId === NATIVE_USB.productId;
  return native ? { kind: 'usb' } : { kind: 'uart', baudRate };
}
