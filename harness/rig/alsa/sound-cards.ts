import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What one direction of a USB card can do, as its driver says; absent where it does not say. */
export interface CardStreams {
  readonly channels: readonly number[];
  readonly formats: readonly string[];
  readonly ratesHz: readonly number[];
}

/** A sound card of this machine. IDs are four hex digits, lower case; what nobody told is absent. */
export interface SoundCard {
  /** ALSA's number, which may be another one after a restart. */
  readonly index: number;
  readonly name: string;
  readonly usb?: {
    readonly vendorId: string;
    readonly productId: string;
    readonly serialNumber?: string;
    /** The USB socket: bus and the ports down to it, `1-2.3`. */
    readonly port?: string;
  };
  /** Place of a card that is no USB device: `0000:00:1f.3`. */
  readonly devicePath?: string;
  /** ALSA's numbers of what can record and what can play. */
  readonly captureDevices: readonly number[];
  readonly playbackDevices: readonly number[];
  readonly capture?: CardStreams;
  readonly playback?: CardStreams;
}

/** Where Linux tells of its sound cards. */
export interface CardFolders {
  readonly proc: string;
  readonly sysfs: string;
}

const linux: CardFolders = { proc: '/proc/asound', sysfs: '/sys/class/sound' };

const textOf = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').then(
    (text) => text.trim() || undefined,
    () => undefined,
  );

/**
 * Sound cards by number; none where the kernel has no sound, as in a container.
 * @param folders - Where to look; default: the system's.
 */
export async function listSoundCards(folders: CardFolders = linux): Promise<readonly SoundCard[]> {
  const entries = await readdir(folders.proc).catch(() => []);
  const indices = entries.flatMap((entry) => /^card(\d+)$/.exec(entry)?.[1] ?? []).map(Number);
  const names = await longNames(folders);
  const cards = indices.sort((a, b) => a - b).map((index) => cardOf(index, names.get(index), folders));
  return Promise.all(cards);
}

/** The second line of each entry in /proc/asound/cards; the first has the driver's words. */
async function longNames({ proc }: CardFolders): Promise<ReadonlyMap<number, string>> {
  const text = (await textOf(join(proc, 'cards'))) ?? '';
  const entries = text.matchAll(/^\s*(\d+) \[[^\]]*\]: .*? - (.*)$/gm);
  return new Map([...entries].map(([, index, name = '']) => [Number(index), name.trim()]));
}

async function cardOf(index: number, name: string | undefined, folders: CardFolders): Promise<SoundCard> {
  const folder = join(folders.proc, `card${index}`);
  const files = await readdir(folder).catch(() => []);
  const devices = (direction: 'c' | 'p'): readonly number[] =>
    files
      .flatMap((file) => new RegExp(`^pcm(\\d+)${direction}$`).exec(file)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  const streams = streamsOf((await textOf(join(folder, 'stream0'))) ?? '');
  return {
    index,
    name: name ?? (await textOf(join(folder, 'id'))) ?? `card ${index}`,
    ...(await placeOf(index, await textOf(join(folder, 'usbid')), folders)),
    captureDevices: devices('c'),
    playbackDevices: devices('p'),
    ...streams,
  };
}

/** A USB card's device is the interface below the USB device that has the serial number. */
async function placeOf(
  index: number,
  usbId: string | undefined,
  { sysfs }: CardFolders,
): Promise<Pick<SoundCard, 'usb' | 'devicePath'>> {
  const device = await realpath(join(sysfs, `card${index}`, 'device')).catch(() => undefined);
  if (usbId === undefined) return device === undefined ? {} : { devicePath: basename(device) };
  const [vendorId = '', productId = ''] = usbId.toLowerCase().split(':');
  if (device === undefined) return { usb: { vendorId, productId } };
  const parent = dirname(device);
  const serialNumber = await textOf(join(parent, 'serial'));
  return {
    usb: {
      vendorId,
      productId,
      port: basename(parent),
      ...(serialNumber === undefined ? {} : { serialNumber }),
    },
  };
}

/** What `stream0` of a USB card says of both directions: formats, channels and rates of all its settings. */
function streamsOf(text: string): { readonly capture?: CardStreams; readonly playback?: CardStreams } {
  const part = (heading: string): CardStreams | undefined => {
    const [, rest] = new RegExp(`^${heading}:$([^]*?)(?=^\\S|(?![^]))`, 'm').exec(text) ?? [];
    if (rest === undefined) return undefined;
    const values = (key: string): readonly string[] => [
      ...new Set(
        [...rest.matchAll(new RegExp(`^ +${key}: (.*)$`, 'gm'))].flatMap(([, value = '']) =>
          value.split(', '),
        ),
      ),
    ];
    return {
      channels: values('Channels').map(Number),
      formats: values('Format'),
      ratesHz: values('Rates').flatMap((each) => {
        const [, from, to] = /^(\d+) - (\d+)/.exec(each) ?? [];
        return from === undefined || to === undefined ? [Number(each)] : [Number(from), Number(to)];
      }),
    };
  };
  const capture = part('Capture');
  const playback = part('Playback');
  return { ...(capture === undefined ? {} : { capture }), ...(playback === undefined ? {} : { playback }) };
}

/**
 * What a bench file may call a card by, best first: USB ids with the serial number, which stay with the card; the USB socket, which stays
 * with the cable; the place on the machine's bus.
 */
export function stableIds({ usb, devicePath }: SoundCard): readonly string[] {
  if (usb === undefined) return devicePath === undefined ? [] : [`device:${devicePath}`];
  const { vendorId, productId, serialNumber, port } = usb;
  const ids = `usb:${vendorId}:${productId}`;
  return [
    serialNumber === undefined ? ids : `${ids}:${serialNumber}`,
    ...(port === undefined ? [] : [`usb-port:${port}`]),
  ];
}
