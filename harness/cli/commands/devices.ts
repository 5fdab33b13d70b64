import { listSerialPorts, portKind, type SerialPortDescription } from '../../board';
import { exitCodes } from '../exit-codes';

/** A port in lines: where it is, what it likely is, and what a bench file may call it by. */
function describe(port: SerialPortDescription): string {
  const { path, byId, vendorId, productId, serialNumber, location, usbInterface, manufacturer, product } =
    port;
  const kind = portKind(port);
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['is likely', kind ?? (vendorId === undefined ? undefined : 'a USB device that Earshot does not know')],
    ['says', [manufacturer, product].filter((word) => word !== undefined).join(' ') || undefined],
    ['USB', vendorId === undefined ? undefined : `${vendorId}:${productId ?? ''}`],
    ['serial number', serialNumber],
    ['location', location],
    ['interface', usbInterface === undefined ? undefined : String(usbInterface)],
    ['by id', byId],
  ];
  const told = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name.padEnd(14)} ${value}`],
  );
  return [path, ...told].map((line) => `${line}\n`).join('');
}

/** Lists serial ports with what USB tells of them, without udev too. */
export async function devicesCommand({ json }: { readonly json: boolean }): Promise<number> {
  const ports = await listSerialPorts();
  if (json) {
    const serialPorts = ports.map((port) => {
      const kind = portKind(port);
      return kind === undefined ? port : { ...port, kind };
    });
    process.stdout.write(`${JSON.stringify({ schema: 'earshot/devices@1', serialPorts }, null, 2)}\n`);
    return exitCodes.passed;
  }
  if (ports.length === 0)
    process.stdout.write('No serial ports. Plug a board in, or use the virtual bench.\n');
  for (const port of ports) process.stdout.write(describe(port));
  process.stdout.write('Sound cards: real audio rigs come in a later version; the virtual rig needs none.\n');
  return exitCodes.passed;
}
