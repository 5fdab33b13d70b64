import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { childEnvironment } from '../../config';
import { listSerialPorts, type SerialPortDescription } from '../../board';
import type { CardIdentity } from '../../ports';

/**
 * What a board is known by to all who want it, whichever name of its port they use: the serial number of its USB device, the socket
 * where it has none or shares it with another one (bridges come with `0001`), the device file of what is on no USB, or the address of its server.
 * @param ports - Default: those of this machine.
 */
export async function leaseKeyOf(
  path: string,
  ports: () => Promise<readonly SerialPortDescription[]> = listSerialPorts,
): Promise<string> {
  if (/^rfc2217:/i.test(path)) return path.toLowerCase();
  const device = await realpath(path).catch(() => path);
  const all = await ports();
  const found = all.find((port) => port.path === device);
  if (found?.location === undefined) return `device:${device}`;
  const { serialNumber, location, usbInterface = 0 } = found;
  const isShared = all.some((port) => port.serialNumber === serialNumber && port.location !== location);
  const which = usbInterface === 0 ? '' : `#${usbInterface}`;
  return serialNumber === undefined || isShared
    ? `usb-socket:${location}${which}`
    : `usb:${serialNumber}${which}`;
}

/** Of a card in the machine: USB, a socket of the board, ALSA's own name for it, and what a sound server calls by those. */
const IN_MACHINE = /^(usb|usb-port|device|hw|plughw):|^pulse:alsa_/;

/** What decides which sound server, and which of its devices, a name means. */
const WHICH_SERVER = [
  'PULSE_SERVER',
  'PULSE_RUNTIME_PATH',
  'XDG_RUNTIME_DIR',
  'ALSA_CONFIG_PATH',
  'HOME',
] as const;

/**
 * A sound card's lease, by what stays the same of it. Of a device that is in no card, such as a null sink, the name counts within its server
 * only.
 * @param environment - Default: of this process.
 */
export function leaseOfCard(
  { name, stableId }: CardIdentity,
  environment: Readonly<Record<string, string | undefined>> = childEnvironment({}),
): { readonly key: string; readonly name: string } {
  if (IN_MACHINE.test(stableId)) return { key: `card:${stableId}`, name };
  const server = createHash('sha256')
    .update(JSON.stringify(WHICH_SERVER.map((variable) => environment[variable] ?? '')))
    .digest('hex');
  return { key: `card:${stableId}@${server.slice(0, 8)}`, name };
}
