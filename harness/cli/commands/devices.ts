import { listSerialPorts } from '../../board';
import { exitCodes } from '../exit-codes';

/** Lists serial ports, by stable names where the system has them. */
export async function devicesCommand({ json }: { readonly json: boolean }): Promise<number> {
  const ports = await listSerialPorts();
  if (json) {
    process.stdout.write(`${JSON.stringify({ schema: 'earshot/devices@1', serialPorts: ports }, null, 2)}\n`);
    return exitCodes.passed;
  }
  if (ports.length === 0)
    process.stdout.write('No serial ports. Plug a board in, or use the virtual bench.\n');
  for (const port of ports) {
    const ids = [port.vendorId, port.productId].filter((id) => id !== undefined).join(':');
    const place = port.byId === undefined ? port.path : `${port.byId} -> ${port.path}`;
    const about = [place, ids, port.manufacturer, port.serialNumber].filter(
      (part) => part !== undefined && part !== '',
    );
    process.stdout.write(`${about.join('  ')}\n`);
  }
  process.stdout.write('Sound cards: real audio rigs come in a later version; the virtual rig needs none.\n');
  return exitCodes.passed;
}
