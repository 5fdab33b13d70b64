import { openSerialPort, type SerialPortOptions } from './open-serial-port';
import { ReattachingTransport } from './reattaching-transport';
import { watchDevice } from './same-device';

export interface ReattachingOptions extends SerialPortOptions {
  /** How long to wait for a device that has gone. */
  readonly withinMs: number;
}

/**
 * Opens a port as `openSerialPort` does, and again whenever its device went away and came back, both lines released each time.
 * @returns Undefined for a port that nobody can know again: see `watchDevice`.
 */
export async function openReattaching(
  options: ReattachingOptions,
): Promise<ReattachingTransport | undefined> {
  const { withinMs, ...port } = options;
  const device = await watchDevice(port.path);
  if (device === undefined) return undefined;
  const reopen = async () => openSerialPort({ ...port, path: await device.find() });
  return new ReattachingTransport(await openSerialPort(port), { clock: port.clock, withinMs, reopen });
}
