import { isHilError, type ErrorCode, type HilError } from '../../errors';
import type { Clock } from '../../ports';
import { modemResetLine, type ReattachingTransport, type SerialTransport } from '../serial';
import { noRoomError } from './flash-errors';
import type { FlashPlan } from './flash-plan';
import { FlashJournal, interruptible, type FlashProgress } from './flash-progress';
import { LoaderSession, type FlashRegion } from './loader-session';
import { ROM_BAUD } from './open-loader';
import { placeRegions } from './place-regions';
import type { UsbIds } from './web-serial-device';
import type { WifiCredentials } from './wifi-in-nvs';

/** What is known of a port that goes and comes back. */
export type PortPresence = Pick<ReattachingTransport, 'gapCount' | 'onGap' | 'present'>;

export interface FlashBoardOptions {
  readonly transport: SerialTransport;
  /** Knows when the port was away, as native USB is at a reset: what was under way then is done again. Absent: it goes once and for all. */
  readonly presence?: PortPresence;
  /** Default: none, an adapter with a UART behind it. */
  readonly usb?: UsbIds;
  readonly plan: FlashPlan;
  readonly wifi?: WifiCredentials;
  /** To begin with; a transfer that breaks off is tried again at half of it. */
  readonly baudRate: number;
  /** Writes what the flash holds already too; default false. */
  readonly writesAll?: boolean;
  readonly onProgress?: (progress: FlashProgress) => void;
  /** Ends it where it is; the transport stays open and free for others. */
  readonly signal?: AbortSignal;
  readonly clock: Clock;
}

export interface FlashResult {
  /** What wrote it, with its version where that is known. */
  readonly tool: string;
  /** As the tool names it, revision included; undefined when esptool did not say. */
  readonly chip: string | undefined;
  readonly mac: string | undefined;
  /** At which it was written in the end. */
  readonly baudRate: number;
  readonly regions: readonly {
    readonly name: string;
    readonly offset: number;
    readonly sizeBytes: number;
    /** `same`: the flash held it already, by its MD5. Either way it is verified. */
    readonly state: 'written' | 'same';
  }[];
  /** How the chip was sent off to boot it. */
  readonly restart: 'reset-line' | 'watchdog' | 'esptool';
}

/** What a worse line may still carry. */
const slowerThan = (baudRate: number): number | undefined =>
  baudRate <= ROM_BAUD ? undefined : Math.max(ROM_BAUD, Math.floor(baudRate / 2));

/** A port that goes away more often in one flash is loose. */
const MOST_GAPS = 5;

/** Breaks that a port which went away may be the cause of. */
const gapFaults: readonly ErrorCode[] = ['HIL_FLASH_NO_LOADER', 'HIL_FLASH_TRANSFER', 'HIL_FLASH_VERIFY'];

/** Breaks that a lower rate may mend. */
const lineFaults: readonly ErrorCode[] = ['HIL_FLASH_TRANSFER', 'HIL_FLASH_VERIFY'];

/**
 * Writes a plan into the flash, verified by the chip's own MD5, and boots it. What the flash holds already is not written again. When it fails or is
 * interrupted before anything was written, a board with modem lines is reset into the firmware that it had.
 * @throws BoardError `HIL_FLASH_NO_LOADER`, `HIL_FLASH_OTHER_CHIP`, `HIL_FLASH_PROTECTED`, `HIL_FLASH_NO_ROOM`, `HIL_FLASH_NVS`, `HIL_FLASH_INTERRUPTED`;
 *   `HIL_FLASH_TRANSFER` and `HIL_FLASH_VERIFY` once no rate is left to try; `HIL_BOARD_PORT_LOST`; ConfigError as `placeRegions` does.
 */
export async function flashBoard(options: FlashBoardOptions): Promise<FlashResult> {
  const { transport, clock, signal } = options;
  const journal = new FlashJournal(options.onProgress);
  try {
    return await interruptible(
      { port: transport.path, journal, ...(signal === undefined ? {} : { signal }) },
      (stopped) => flashAtSomeRate(options, journal, stopped),
    );
  } catch (thrown) {
    // A port without lines, or one that has gone, resets nothing; what is thrown says what went wrong.
    if (journal.state === 'untouched')
      await modemResetLine(transport, clock)
        .reset()
        .catch(() => undefined);
    throw thrown;
  }
}

async function flashAtSomeRate(
  options: FlashBoardOptions,
  journal: FlashJournal,
  stopped: Promise<never>,
): Promise<FlashResult> {
  const { presence } = options;
  // Once: of a second try the NVS would be read as the first one left it, halfway maybe.
  let placed: readonly FlashRegion[] | undefined;
  let { baudRate } = options;
  let broken: HilError | undefined;
  for (;;) {
    const gapsBefore = presence?.gapCount ?? 0;
    try {
      return await attempt(options, baudRate, journal, stopped, async (session) => {
        placed ??= await placeRegions(options.plan, options.wifi, (offset, sizeBytes) =>
          session.read(offset, sizeBytes),
        );
        return placed;
      });
    } catch (thrown) {
      if (!isHilError(thrown)) throw thrown;
      const gaps = presence?.gapCount ?? 0;
      // Not the rate's fault: what the port lost explains any of these.
      if (gaps > gapsBefore && gaps <= MOST_GAPS && gapFaults.includes(thrown.code)) {
        await Promise.race([presence?.present(), stopped]);
        journal.take({ step: 'again', because: thrown.message, baudRate });
        continue;
      }
      // Where nothing resets the chip, it may be deaf after the first break: that break is what there is to tell.
      if (thrown.code === 'HIL_FLASH_NO_LOADER') throw broken ?? thrown;
      const slower = slowerThan(baudRate);
      if (slower === undefined || !lineFaults.includes(thrown.code)) throw thrown;
      broken = thrown;
      baudRate = slower;
      journal.take({ step: 'slower', because: thrown.message, baudRate });
    }
  }
}

async function attempt(
  { transport, presence, usb = {}, writesAll = false, clock }: FlashBoardOptions,
  baudRate: number,
  { take }: FlashJournal,
  stopped: Promise<never>,
  place: (session: LoaderSession) => Promise<readonly FlashRegion[]>,
): Promise<FlashResult> {
  take({ step: 'connect', baudRate });
  const onGap = presence && ((listener: () => void) => presence.onGap(listener));
  const session = await LoaderSession.open({ transport, onGap, usb, baudRate, clock, stopped });
  try {
    take({ step: 'connected', chip: session.chip, baudRate });
    const regions = await place(session);
    await checkRoom(session, regions);
    const done: FlashResult['regions'][number][] = [];
    for (const region of regions) {
      const { name, offset, bytes } = region;
      const sizeBytes = bytes.length;
      take({ step: 'compare', name, sizeBytes });
      const isSame = !writesAll && (await session.holds(region));
      if (!isSame)
        await session.write(region, (writtenBytes) => take({ step: 'write', name, writtenBytes, sizeBytes }));
      const state = isSame ? 'same' : 'written';
      take({ step: state, name, sizeBytes });
      done.push({ name, offset, sizeBytes, state });
    }
    const mac = await session.mac();
    take({ step: 'restart' });
    const restart = await session.restart();
    return { tool: 'esptool-js', chip: session.chip, mac, baudRate, regions: done, restart };
  } catch (thrown) {
    // What went wrong is the error, not that the port does not take its old rate back.
    await session.end().catch(() => undefined);
    throw thrown;
  }
}

async function checkRoom(session: LoaderSession, regions: readonly FlashRegion[]): Promise<void> {
  const flashBytes = await session.flashBytes();
  const last = regions.at(-1);
  if (flashBytes === undefined || last === undefined) return;
  const end = last.offset + last.bytes.length;
  if (end > flashBytes)
    throw noRoomError(last.name, `ends at byte ${end} of the flash, which has ${flashBytes}`);
}
