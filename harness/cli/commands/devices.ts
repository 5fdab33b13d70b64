import { listSerialPorts, portKind, type SerialPortDescription } from '../../board';
import { childEnvironment } from '../../config';
import { systemClock } from '../../ports';
import {
  listSoundCards,
  pulseDevices,
  stableIds,
  type CardStreams,
  type PulseDevice,
  type SoundCard,
} from '../../rig';
import { exitCodes } from '../exit-codes';

type Row = readonly [name: string, value: string | undefined];

const lines = (heading: string, rows: readonly Row[]): string => {
  const told = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name.padEnd(14)} ${value}`],
  );
  return [heading, ...told].map((line) => `${line}\n`).join('');
};

/** A port in lines: where it is, what it likely is, and what a bench file may call it by. */
function describePort(port: SerialPortDescription): string {
  const { path, byId, vendorId, productId, serialNumber, location, usbInterface, manufacturer, product } =
    port;
  const kind = portKind(port);
  return lines(path, [
    ['is likely', kind ?? (vendorId === undefined ? undefined : 'a USB device that Earshot does not know')],
    ['says', [manufacturer, product].filter((word) => word !== undefined).join(' ') || undefined],
    ['USB', vendorId === undefined ? undefined : `${vendorId}:${productId ?? ''}`],
    ['serial number', serialNumber],
    ['location', location],
    ['interface', usbInterface === undefined ? undefined : String(usbInterface)],
    ['by id', byId],
  ]);
}

const streams = (found: CardStreams | undefined, devices: readonly number[]): string => {
  if (devices.length === 0) return 'nothing';
  if (found === undefined) return `device ${devices.join(', ')}`;
  const { channels, formats, ratesHz } = found;
  const rates = [...new Set(ratesHz)].sort((a, b) => a - b);
  return `device ${devices.join(', ')}: ${channels.join(' or ')} channels, ${formats.join(', ')}, ${rates.join(', ')} Hz`;
};

/** A card in lines: what it can do, and what a bench file calls it. */
function describeCard(card: SoundCard, cards: readonly SoundCard[]): string {
  const ids = stableIds(card);
  // Of two that are alike only the socket tells which is meant.
  const id =
    ids.find((one) => cards.filter((other) => stableIds(other).includes(one)).length === 1) ?? ids[0];
  return lines(`sound card ${card.index}: ${card.name}`, [
    ['records', streams(card.capture, card.captureDevices)],
    ['plays', streams(card.playback, card.playbackDevices)],
    ['stable ids', ids.join(', ') || undefined],
    [
      'in bench.yaml',
      id === undefined || card.captureDevices.length === 0
        ? undefined
        : `rig: { kind: alsa, card: '${id}', channels: { speaker: 0, loopback: 1 } }`,
    ],
  ]);
}

interface Server {
  readonly sinks: readonly PulseDevice[];
  readonly sources: readonly PulseDevice[];
}

/** Undefined: there is none, or nothing to ask it with. */
async function soundServer(): Promise<Server | undefined> {
  const asking = { rig: 'of no board', clock: systemClock, environment: childEnvironment({}) };
  try {
    return { sinks: await pulseDevices('sinks', asking), sources: await pulseDevices('sources', asking) };
  } catch {
    // A machine without a sound server is not at fault here; a rig that needs one says so.
    return undefined;
  }
}

function describeServer({ sinks, sources }: Server): string {
  const each = (devices: readonly PulseDevice[]): string =>
    devices
      .map(({ name, rateHz, channelCount }) => `${name} (${rateHz} Hz, ${channelCount} ch)`)
      .join(', ') || 'none';
  return lines('sound server', [
    ['sinks', each(sinks)],
    ['sources', each(sources)],
    [
      'in bench.yaml',
      "rig: { kind: pulse, sink: '...', source: '...', channels: { speaker: 0, loopback: 1 } }",
    ],
  ]);
}

/** Lists serial ports and sound cards with what stays the same of each, without udev or a sound server too. */
export async function devicesCommand({ json }: { readonly json: boolean }): Promise<number> {
  const [ports, cards, server] = await Promise.all([listSerialPorts(), listSoundCards(), soundServer()]);
  if (json) {
    const serialPorts = ports.map((port) => {
      const kind = portKind(port);
      return kind === undefined ? port : { ...port, kind };
    });
    const soundCards = cards.map((card) => ({ ...card, stableIds: stableIds(card) }));
    const found = { serialPorts, soundCards, ...(server === undefined ? {} : { soundServer: server }) };
    process.stdout.write(`${JSON.stringify({ schema: 'earshot/devices@1', ...found }, null, 2)}\n`);
    return exitCodes.passed;
  }
  if (ports.length === 0)
    process.stdout.write('No serial ports. Plug a board in, or use the virtual bench.\n');
  for (const port of ports) process.stdout.write(describePort(port));
  if (cards.length === 0) process.stdout.write('No sound cards. The virtual rig needs none.\n');
  for (const card of cards) process.stdout.write(describeCard(card, cards));
  if (server !== undefined) process.stdout.write(describeServer(server));
  return exitCodes.passed;
}
