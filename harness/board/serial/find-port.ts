import { BoardError } from '../../errors';
import type { PortChoice, UsbPortChoice } from '../../ports';
import { listSerialPorts, type SerialPortDescription } from './list-ports';

/** A choice in words: `serial number 7C:DF:A1:00:11:22, 303a:1001`. */
export function describePort(choice: PortChoice): string {
  if (typeof choice === 'string') return choice;
  const { serialNumber, vid, pid, location, interface: usbInterface } = choice;
  return [
    ...(serialNumber === undefined ? [] : [`serial number ${serialNumber}`]),
    ...(vid === undefined && pid === undefined ? [] : [`USB ${vid ?? '*'}:${pid ?? '*'}`]),
    ...(location === undefined ? [] : [`location ${location}`]),
    ...(usbInterface === undefined ? [] : [`interface ${usbInterface}`]),
  ].join(', ');
}

/** One port in words, for a list of what is there. */
export function describeFound(port: SerialPortDescription): string {
  const { path, vendorId, productId, serialNumber, location, usbInterface } = port;
  const usb = describePort({
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(vendorId === undefined ? {} : { vid: vendorId }),
    ...(productId === undefined ? {} : { pid: productId }),
    ...(location === undefined ? {} : { location }),
    ...(usbInterface === undefined ? {} : { interface: usbInterface }),
  });
  return usb === '' ? path : `${path} (${usb})`;
}

const fits = (choice: UsbPortChoice, port: SerialPortDescription): boolean =>
  (choice.serialNumber === undefined ||
    choice.serialNumber.toLowerCase() === port.serialNumber?.toLowerCase()) &&
  (choice.vid === undefined || choice.vid === port.vendorId) &&
  (choice.pid === undefined || choice.pid === port.productId) &&
  (choice.location === undefined || choice.location === port.location) &&
  (choice.interface === undefined || choice.interface === port.usbInterface);

/**
 * The path of the one port that a choice means; a choice that is a path already is not looked up.
 * @param ports - Default: those of this machine.
 * @throws BoardError `HIL_BOARD_PORT_MISSING` when none fits, `HIL_BOARD_PORT_AMBIGUOUS` when several do; both list what is there.
 */
export async function findPort(
  choice: PortChoice,
  ports: () => Promise<readonly SerialPortDescription[]> = listSerialPorts,
): Promise<string> {
  if (typeof choice === 'string') return choice;
  const all = await ports();
  const [port, ...others] = all.filter((one) => fits(choice, one));
  const wanted = describePort(choice);
  if (port === undefined) {
    const existing = all.map(describeFound);
    const offer =
      existing.length === 0 ? 'this machine has no serial ports' : `there are ${existing.join('; ')}`;
    const message = `No serial port has ${wanted}; ${offer}.`;
    throw new BoardError('HIL_BOARD_PORT_MISSING', message, { port: wanted, existing });
  }
  if (others.length === 0) return port.path;
  const matching = [port, ...others].map(describeFound);
  const message = `${matching.length} serial ports have ${wanted}: ${matching.join('; ')}.`;
  throw new BoardError('HIL_BOARD_PORT_AMBIGUOUS', message, { port: wanted, matching });
}
