import { portKind, type SerialPortDescription } from '../../board';
import { fail, ok, skipped, type Check, type CheckContext } from './check';
import { withoutProvider } from './without-provider';

/** A port behind a server is no file here. */
export const isServer = (path: string): boolean => path.startsWith('rfc2217:');

/** Ports that a message offers at most. */
const OFFERED = 6;

const offer = (ports: readonly SerialPortDescription[]): string =>
  ports.length === 0
    ? 'this machine has no serial ports'
    : `there are ${ports
        .slice(0, OFFERED)
        .map(({ byId, path }) => byId ?? path)
        .join(', ')}`;

/** The board's port is there. */
export const port: Check = {
  id: 'port',
  title: 'serial port',
  group: 'serial',
  expected: 'the serial port that the bench file names is there',
  remedy:
    'Plug the board in and look at the cable (some only charge), or name a port that `earshot devices` lists.',
  needs: [],
  uses: ['port'],
  withinMs: 12_000,
  async run({ parts, machine }: CheckContext) {
    const lost = await withoutProvider(parts);
    if (lost !== undefined) return lost;
    const path = await parts.portPath();
    if (isServer(path))
      return skipped(`${path} is a port of a server, which the console is looked at through`);
    if ((await machine.device(path)) === undefined) {
      const ports = await machine.serialPorts();
      return fail(`${path} is not there; ${offer(ports)}`, {
        code: 'HIL_BOARD_PORT_MISSING',
        facts: { port: path, existing: ports.map((one) => one.path) },
      });
    }
    if (parts.boardConfig.kind === 'virtual') return ok(`${path}, of the simulated board`);
    const known = (await machine.serialPorts()).find((one) => one.path === path || one.byId === path);
    const kind = known && portKind(known);
    return ok(kind === undefined ? path : `${path}: ${kind}`);
  },
};
