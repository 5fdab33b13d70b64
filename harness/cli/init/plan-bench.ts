import { describeDialect, fittingProtocols } from '../../bench';
import { dialectNames, portKind, type SerialPortDescription } from '../../board';
import { providerProtocols, sampleFormats, type PortChoice, type ProviderProtocol } from '../../ports';
import { stableIds, type SoundCard } from '../../rig';
import type { Asker } from './asker';
import type { BenchPlan, PlannedBoard, PlannedInputs, PlannedRig } from './bench-plan';
import type { FoundParts } from './found-parts';

/** Firmware that anybody can have, unmodified. */
const LIKELIEST_DIALECT = 'openai-demo';
const VIRTUAL_DIALECT = 'realtime-ws';
/** Firmware has the port compiled in, so it may not change from run to run. */
const FIXED_PORT = 8080;
const RATES_HZ: readonly number[] = [48_000, 44_100, 96_000];
/** As docs/bench.md wires them: the speaker to input 1, the loopback cable to input 2. */
const WIRED: PlannedInputs = { speaker: 0, loopback: 1 };
const NATIVE_USB = '303a:1001';

const usbOf = ({ vendorId, productId }: SerialPortDescription): string =>
  `${vendorId ?? ''}:${productId ?? ''}`;

/** Hardware that the bridge on a port speaks for; it is a name for reports, and may be changed. */
const modelOf = (port: SerialPortDescription): string =>
  ({ [NATIVE_USB]: 'AtomS3R', '10c4:ea60': 'ESP32-S3-Korvo-2' })[usbOf(port)] ?? 'ESP32-S3';

/** By what stays the same when other things are plugged in. */
function portChoice(port: SerialPortDescription, all: readonly SerialPortDescription[]): PortChoice {
  const { byId, serialNumber, location, usbInterface, path } = port;
  const several = usbInterface === undefined ? {} : { interface: usbInterface };
  const sharing = all.filter((other) => other.serialNumber === serialNumber).length;
  if (byId !== undefined) return byId;
  if (serialNumber !== undefined) return { serialNumber, ...(sharing > 1 ? several : {}) };
  return location === undefined ? path : { location, ...several };
}

/** Answers that are whole numbers within a list, some of them or one. */
const numbers =
  (count: number, most: number) =>
  (answer: string): string | undefined => {
    const given = answer.split(/[\s,]+/).map(Number);
    const fit = given.every((one) => Number.isInteger(one) && one >= 0 && one <= count);
    return fit && given.length <= most
      ? undefined
      : `Please give ${most === 1 ? 'a number' : 'numbers'} from 0 to ${count}.`;
  };

const oneOf =
  (words: readonly string[]) =>
  (answer: string): string | undefined =>
    words.includes(answer) ? undefined : `Please give one of ${words.join(', ')}.`;

const boardName = (answer: string): string | undefined =>
  /^[A-Za-z0-9][\w.-]*$/.test(answer) ? undefined : 'Please use letters, digits, ".", "_" and "-".';

/** Asks what the probing left open; each question proposes what was found. */
export async function planBench(name: string, found: FoundParts, asker: Asker): Promise<BenchPlan> {
  const benchName = await asker.ask('Name of the bench?', name);
  const ports = await choosePorts(found, asker);
  if (ports.length === 0) {
    const board: PlannedBoard = { kind: 'virtual', name: 'virtual-1', dialect: VIRTUAL_DIALECT };
    return {
      name: benchName,
      boards: [board],
      provider: { kind: 'mock', protocol: 'openai-realtime', host: '127.0.0.1', port: 0 },
    };
  }
  const boards: PlannedBoard[] = [];
  for (const [index, port] of ports.entries()) {
    boards.push(await planBoard(port, index, boards, found, asker));
  }
  return { name: benchName, boards, provider: await planProvider(boards, found, asker) };
}

async function choosePorts({ ports }: FoundParts, asker: Asker): Promise<readonly SerialPortDescription[]> {
  if (ports.length === 0) {
    asker.say('This machine has no serial ports: the bench gets a simulated board.');
    return [];
  }
  asker.say('Serial ports:');
  for (const [index, port] of ports.entries()) {
    asker.say(`  ${index + 1}  ${port.path}  ${portKind(port) ?? port.product ?? ''}`);
  }
  const known = ports.filter((port) => portKind(port) !== undefined);
  const proposed = (known.length > 0 ? known : ports.slice(0, 1)).map((port) => ports.indexOf(port) + 1);
  const answer = await asker.ask(
    'On which are boards of this bench? Numbers; 0: none, a simulated one',
    proposed.join(','),
    numbers(ports.length, ports.length),
  );
  const chosen = new Set(answer.split(/[\s,]+/).map(Number));
  return ports.filter((_, index) => chosen.has(index + 1));
}

async function planBoard(
  port: SerialPortDescription,
  index: number,
  before: readonly PlannedBoard[],
  found: FoundParts,
  asker: Asker,
): Promise<PlannedBoard> {
  const taken = before.map((board) => board.name);
  const name = await asker.ask(`Name of the board on ${port.path}?`, `board-${index + 1}`, (answer) =>
    taken.includes(answer) ? 'Another board has that name.' : boardName(answer),
  );
  const isNative = usbOf(port) === NATIVE_USB;
  const dialect = await asker.ask(
    `Its firmware: ${dialectNames.join(', ')}?`,
    LIKELIEST_DIALECT,
    oneOf(dialectNames),
  );
  const description = describeDialect({ dialect });
  const hasSound = !description.capabilities.includes('text');
  // ESP-IDF's console on the chip's own USB is output-only unless the firmware was built otherwise.
  const asksConsole = description.capabilities.includes('console-input');
  const reads = asksConsole
    ? await asker.ask(
        'Does it read what is typed on this connector (y, n)?',
        isNative ? 'n' : 'y',
        oneOf(['y', 'n']),
      )
    : 'y';
  const used = before.flatMap((board) =>
    board.kind === 'serial' && board.rig?.kind === 'alsa' ? [board.rig.card] : [],
  );
  const rig = hasSound ? await planRig(name, found, used, asker) : undefined;
  return {
    kind: 'serial',
    name,
    model: modelOf(port),
    port: portChoice(port, found.ports),
    portKind: portKind(port),
    dialect,
    ...(reads === 'n' ? { readsConsole: false as const } : {}),
    hasSound,
    ...(rig === undefined ? {} : { rig }),
  };
}

async function planRig(
  board: string,
  { cards, server }: FoundParts,
  used: readonly string[],
  asker: Asker,
): Promise<PlannedRig | undefined> {
  const rigs: PlannedRig[] = [
    ...cards.flatMap((card) => cardRig(card, cards) ?? []).filter((rig) => !used.includes(rig.card)),
    ...(server === undefined ? [] : serverRigs(server)),
  ];
  if (rigs.length === 0) {
    asker.say(
      `No sound card that both records and plays is left for ${board}: its rig is to be added (docs/bench.md).`,
    );
    return undefined;
  }
  asker.say('Sound cards:');
  for (const [index, rig] of rigs.entries()) asker.say(`  ${index + 1}  ${wordsOf(rig)}`);
  // A card of USB is a rig's more often than a machine's own, and listed as it was found.
  const usb = rigs.findIndex((rig) => rig.kind === 'alsa' && rig.card.startsWith('usb'));
  const answer = await asker.ask(
    `Which is wired to ${board}? 0: none yet`,
    String(Math.max(usb, 0) + 1),
    numbers(rigs.length, 1),
  );
  const rig = rigs[Number(answer) - 1];
  return rig === undefined ? undefined : { ...rig, inputs: await planInputs(rig, asker) };
}

const wordsOf = (rig: PlannedRig): string =>
  rig.kind === 'alsa' ? `${rig.cardName} (${rig.card})` : `sound server: ${rig.sink} and ${rig.source}`;

async function planInputs(rig: PlannedRig, asker: Asker): Promise<PlannedInputs> {
  if (rig.inputs.loopback === undefined) return rig.inputs;
  const count = rig.kind === 'alsa' ? rig.inputCount : 2;
  const speaker = Number(
    await asker.ask(
      "Which input hears the board's speaker, counted from 1?",
      String(rig.inputs.speaker + 1),
      numbers(count, 1),
    ),
  );
  const loopback = Number(
    await asker.ask(
      'Into which input goes the loopback cable? 0: there is none',
      String(speaker === WIRED.speaker + 1 ? 2 : 1),
      (answer) => (Number(answer) === speaker ? 'One input cannot be both.' : numbers(count, 1)(answer)),
    ),
  );
  const heard = Math.max(speaker, 1) - 1;
  return { speaker: heard, ...(loopback === 0 ? {} : { loopback: loopback - 1 }) };
}

const rateIn = (offered: readonly number[] | undefined): number =>
  RATES_HZ.find((rate) => offered?.includes(rate) === true) ?? 48_000;

/** A rig with this card, as far as its driver says what it can do; undefined: nothing tells it from the others. */
function cardRig(
  card: SoundCard,
  cards: readonly SoundCard[],
): Extract<PlannedRig, { kind: 'alsa' }> | undefined {
  const ids = stableIds(card);
  const isOnly = (id: string): boolean => cards.filter((other) => stableIds(other).includes(id)).length === 1;
  const id = ids.find(isOnly) ?? ids[0];
  if (id === undefined) return undefined;
  const formats = card.capture?.formats;
  const inputCount = card.capture?.channels[0] ?? 2;
  return {
    kind: 'alsa',
    card: id,
    cardName: card.name,
    rateHz: rateIn(card.capture?.ratesHz),
    format: sampleFormats.find((format) => formats === undefined || formats.includes(format)) ?? 'S16_LE',
    inputCount,
    outputCount: card.playback?.channels[0] ?? 2,
    inputs: inputCount < 2 ? { speaker: 0 } : WIRED,
  };
}

/** The server's first sink with its first source of two channels. */
function serverRigs({ sinks, sources }: NonNullable<FoundParts['server']>): readonly PlannedRig[] {
  const [sink] = sinks;
  const source = sources.find(({ channelCount }) => channelCount >= 2) ?? sources[0];
  if (sink === undefined || source === undefined) return [];
  const inputs = source.channelCount < 2 ? { speaker: 0 } : WIRED;
  return [{ kind: 'pulse', sink: sink.name, source: source.name, rateHz: rateIn([source.rateHz]), inputs }];
}

async function planProvider(
  boards: readonly PlannedBoard[],
  { keys, addresses }: FoundParts,
  asker: Asker,
): Promise<BenchPlan['provider']> {
  const [first] = boards;
  const fitting = fittingProtocols(describeDialect({ dialect: first?.dialect ?? VIRTUAL_DIALECT }));
  const protocols = providerProtocols.filter((protocol) => fitting.includes(protocol));
  const ready = keys.filter(({ protocol }) => protocols.includes(protocol));
  const proxies = ready.map(({ protocol }) => `proxy:${protocol}`);
  for (const { protocol, variables } of ready)
    asker.say(`${variables.join(', ')} is set: proxy:${protocol} can be had.`);
  const mocks = protocols.map((protocol) => `mock:${protocol}`);
  const answer = await asker.ask(
    `Provider of the bench: ${[...mocks, ...proxies].join(', ')}?`,
    mocks[0] ?? 'mock:openai-realtime',
    oneOf([...mocks, ...proxies]),
  );
  const [kind, protocol] = answer.split(':') as ['mock' | 'proxy', ProviderProtocol];
  const [address = '0.0.0.0'] = addresses;
  const host = await asker.ask("Address of this machine in the boards' network?", address);
  return { kind, protocol, host, port: FIXED_PORT };
}
