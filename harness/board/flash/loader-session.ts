import { createHash } from 'node:crypto';
import { isHilError } from '../../errors';
import { delay, type Cancel, type Clock } from '../../ports';
import { EN_LOW_MS, type SerialTransport } from '../serial';
import { biteWatchdog, clearForcedDownload } from './chip-watchdog';
import type { EspLoader, EspTransport } from './esptool-js';
import { noLoaderError, otherChipError, protectedError, transferError, verifyError } from './flash-errors';
import { quiet } from './line-quiet';
import { LEAST_TIMEOUT_MS, openLoader, ROM_BAUD } from './open-loader';
import { packedBlocks } from './packed-blocks';
import type { UsbIds, WebSerialDevice } from './web-serial-device';

/** Commands that esptool-js has no call for, or none that fits (device.md 5.2). */
const CHANGE_BAUD = 0x0f;
const FLASH_DEFL_DATA = 0x11;
const READ_FLASH = 0xd2;
const READ_BLOCK_BYTES = 0x1000;
/** The stubs send one block and wait, whatever they are told here. */
const READ_WINDOW_BLOCKS = 1;
/** esptool's time for a megabyte that is erased and written. */
const WRITE_MS_PER_BYTE = 40_000 / 1_000_000;
/** The chip answers a change of rate at the old one, and is at the new one after so long (device.md 5.2). */
const BAUD_SETTLES_MS = 50;
const BAUD_PROBES = 2;
const BAUD_PROBE_MS = 500;
/** Can be read at any time, to hear whether the chip is there. */
const CHIP_DETECT_MAGIC = 0x40001000;
/** Of the chip's own USB, which resets it as soon as it is asked to. */
const USB_SERIAL_JTAG = 0x1001;
/** Each of seven tries by esptool-js, of chips that nothing resets. */
const CONNECT_ATTEMPTS = 3;
/** Kept of what the port brought, for the line that says how the chip booted. */
const PRINTED_LIMIT = 2048;

/** Bytes for a place in the flash. */
export interface FlashRegion {
  readonly name: string;
  readonly offset: number;
  readonly bytes: Buffer;
}

export interface LoaderSessionOptions {
  readonly transport: SerialTransport;
  /** Tells when the port was away and has come back: what was under way is lost. Undefined: it goes once and for all. */
  readonly onGap: ((listener: () => void) => Cancel) | undefined;
  readonly usb: UsbIds;
  readonly baudRate: number;
  readonly clock: Clock;
  /** Rejects when somebody wants to end; everything that is going on then rejects with the same. */
  readonly stopped: Promise<never>;
}

/**
 * A chip in its loader, with Espressif's stub running. Everything throws BoardError `HIL_FLASH_TRANSFER` when the chip does not
 * do it, `HIL_BOARD_PORT_LOST` when the port goes meanwhile, and what `stopped` rejected with.
 */
export class LoaderSession {
  private constructor(
    private readonly options: LoaderSessionOptions,
    private readonly hasLines: boolean,
    private readonly device: WebSerialDevice,
    private readonly link: EspTransport,
    private readonly loader: EspLoader,
    private readonly over: Promise<never>,
    private readonly cancelGaps: Cancel,
    /** As esptool-js words it, revision included. */
    readonly chip: string,
  ) {}

  /**
   * Resets the chip into its loader where the port has modem lines, starts the stub and goes over to the wanted rate.
   * @throws BoardError `HIL_FLASH_NO_LOADER`, `HIL_FLASH_OTHER_CHIP`, `HIL_FLASH_PROTECTED`, `HIL_FLASH_TRANSFER`, `HIL_BOARD_PORT_LOST`.
   */
  static async open(options: LoaderSessionOptions): Promise<LoaderSession> {
    const { transport, usb, baudRate, stopped } = options;
    let printed = '';
    const { device, link, loader } = await openLoader(transport, usb, (bytes) => {
      if (printed.length < PRINTED_LIMIT) printed += bytes.toString('latin1');
    });
    const lost = new Promise<never>((_resolve, reject) => void transport.onLost(reject));
    // The way into the loader may take the port away, which esptool-js tries through; from then on an answer may be lost.
    let isConnected = false;
    let cancelGaps: Cancel = () => undefined;
    const gapped = new Promise<never>((_resolve, reject) => {
      const whenConnected = (): void => {
        if (isConnected) reject(new Error('the port went away and came back'));
      };
      cancelGaps = options.onGap?.(whenConnected) ?? cancelGaps;
    });
    const over = Promise.race([lost, stopped, gapped]);
    // Whoever waits for it hears of it; it may also come when nobody does.
    over.catch(() => undefined);
    try {
      const hasLines = await transport.setModemLines({ dtr: false, rts: false });
      const chip = await Promise.race([connect(loader, hasLines, options), over]).catch((cause: unknown) => {
        if (isHilError(cause) || isKnown(loader)) throw cause;
        throw noLoaderError(transport.path, hasLines, printed, cause);
      });
      if (loader.chip.CHIP_NAME !== 'ESP32-S3') throw otherChipError(transport.path, chip);
      const protection = protectionOf(await loader.getSecurityInfo());
      if (protection !== undefined) throw protectedError(transport.path, protection);
      if (!loader.IS_STUB) throw new Error('the chip does not run code that is not signed');
      // The cache of a line that was released is stale in esptool-js: an EN pulse would land in the loader again.
      await transport.setModemLines({ dtr: false, rts: false });
      isConnected = true;
      const session = new LoaderSession(options, hasLines, device, link, loader, over, cancelGaps, chip);
      await session.changeBaud(baudRate);
      return session;
    } catch (cause) {
      cancelGaps();
      device.retire();
      if (isHilError(cause)) throw cause;
      throw transferError(transport.path, 'starting the stub', ROM_BAUD, cause);
    }
  }

  mac(): Promise<string> {
    return this.doing('reading its MAC address', () => this.loader.chip.readMac(this.loader));
  }

  /** Size of the flash by its own identification; undefined when that says none. */
  async flashBytes(): Promise<number | undefined> {
    const id = await this.doing('identifying the flash', () => this.loader.readFlashId());
    const capacity = (id >> 16) & 0xff;
    return capacity >= 0x12 && capacity <= 0x1c ? 2 ** capacity : undefined;
  }

  md5(offset: number, sizeBytes: number): Promise<string> {
    return this.doing('taking an MD5', () => this.loader.flashMd5sum(offset, sizeBytes));
  }

  /** True when the flash holds a region already. */
  async holds({ offset, bytes }: FlashRegion): Promise<boolean> {
    return (await this.md5(offset, bytes.length)) === md5Of(bytes);
  }

  /**
   * Writes a region and has the chip take its MD5.
   * @param onWritten - Bytes of the image that are on their way for good, of `region.bytes.length`; 0 before the chip erases anything.
   * @throws BoardError `HIL_FLASH_VERIFY`.
   */
  async write(region: FlashRegion, onWritten: (bytes: number) => void): Promise<void> {
    const { name, offset, bytes } = region;
    const { loader } = this;
    const blocks = await packedBlocks(bytes, loader.FLASH_WRITE_SIZE);
    const packedBytes = blocks.reduce((sum, block) => sum + block.bytes.length, 0);
    await this.doing(`writing ${name}`, async () => {
      onWritten(0);
      await loader.flashDeflBegin(bytes.length, packedBytes, offset);
      let written = 0;
      // The stub answers a block once it has it and writes it while the next one comes.
      let timeoutMs = LEAST_TIMEOUT_MS;
      for (const [number, block] of blocks.entries()) {
        await this.sendBlock(number, block.bytes, timeoutMs);
        timeoutMs = Math.max(LEAST_TIMEOUT_MS, block.unpackedBytes * WRITE_MS_PER_BYTE);
        written += block.unpackedBytes;
        onWritten(written);
      }
      // Answered once the last block is in the flash, which an MD5 would not wait for long enough.
      await loader.readReg(CHIP_DETECT_MAGIC, timeoutMs);
    });
    const seen = await this.md5(offset, bytes.length);
    if (seen !== md5Of(bytes))
      throw verifyError(this.options.transport.path, name, offset, seen, md5Of(bytes));
  }

  /** @throws BoardError `HIL_FLASH_TRANSFER` too when what arrived is not what the chip has. */
  read(offset: number, sizeBytes: number): Promise<Buffer> {
    return this.doing('reading the flash', async () => {
      await this.loader.checkCommand(
        'read flash',
        READ_FLASH,
        words(offset, sizeBytes, READ_BLOCK_BYTES, READ_WINDOW_BLOCKS),
      );
      const parts: Uint8Array[] = [];
      let received = 0;
      while (received < sizeBytes) {
        const part = await this.link.read(LEAST_TIMEOUT_MS);
        parts.push(part);
        received += part.length;
        await this.link.write(words(received));
      }
      const contents = Buffer.concat(parts);
      const digest = Buffer.from(await this.link.read(LEAST_TIMEOUT_MS)).toString('hex');
      if (received !== sizeBytes || digest !== md5Of(contents))
        throw new Error('what arrived is not what was read');
      return contents;
    });
  }

  /**
   * Boots what is in the flash: by EN where the port has lines that reset the chip, by the watchdog where it has none. The port
   * stays open, at the rate of the console.
   */
  async restart(): Promise<'reset-line' | 'watchdog'> {
    const { loader } = this;
    const { clock } = this.options;
    await this.doing('leaving the loader', () => clearForcedDownload(loader));
    // A reset is what takes native USB away.
    this.cancelGaps();
    if (this.hasLines && (await this.resetByLine())) return 'reset-line';
    await this.doing('arming the watchdog', () => biteWatchdog(loader, clock));
    await this.end();
    return 'watchdog';
  }

  /** Lets the port go, at the rate of the console; the chip stays in its loader. */
  async end(): Promise<void> {
    this.cancelGaps();
    this.device.retire();
    await this.options.transport.setBaudRate(ROM_BAUD);
  }

  /**
   * Pulls EN, and lets it go once the port is at the rate of the console, so that nothing of the boot is missed.
   * @returns False where the loader still runs: an adapter may have lines that go nowhere. It is not ended then.
   */
  private async resetByLine(): Promise<boolean> {
    const { transport, clock, usb } = this.options;
    const letGo = () => transport.setModemLines({ dtr: false, rts: false });
    await transport.setModemLines({ dtr: false, rts: true });
    try {
      await delay(clock, EN_LOW_MS);
      if (usb.usbProductId !== USB_SERIAL_JTAG && (await this.answers())) {
        // Espressif's RFC 2217 server resets the chip only when RTS is let go (device.md section 10).
        await letGo();
        if (await this.answers()) return false;
      }
      await this.end();
    } finally {
      await letGo();
    }
    return true;
  }

  /** False after half a second, and of a port that has gone. */
  private answers(): Promise<boolean> {
    return this.loader.readReg(CHIP_DETECT_MAGIC, BAUD_PROBE_MS).then(
      () => true,
      () => false,
    );
  }

  // Not esptool-js's own, which goes on at the rate of the ROM where half of the wanted one would do.
  private async changeBaud(baudRate: number): Promise<void> {
    if (baudRate === ROM_BAUD) return;
    const { loader, device, options } = this;
    await this.doing(`going over from ${ROM_BAUD} baud`, async () => {
      await loader.checkCommand('change the rate', CHANGE_BAUD, words(baudRate, ROM_BAUD));
      await device.setBaudRate(baudRate);
      await delay(options.clock, BAUD_SETTLES_MS);
      for (let probe = 1; ; probe += 1) {
        try {
          await loader.readReg(CHIP_DETECT_MAGIC, BAUD_PROBE_MS);
          return;
        } catch (cause) {
          if (probe === BAUD_PROBES) throw cause;
        }
      }
    });
  }

  // Not its own call for it, which sends a block again whose answer was lost: the stub would write it twice.
  private async sendBlock(number: number, bytes: Buffer, timeoutMs: number): Promise<void> {
    const data = Buffer.concat([words(bytes.length, number, 0, 0), bytes]);
    const { loader } = this;
    await loader.checkCommand('write', FLASH_DEFL_DATA, data, loader.checksum(bytes), 0, timeoutMs);
  }

  private async doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await Promise.race([work(), this.over]);
    } catch (cause) {
      if (isHilError(cause)) throw cause;
      const { transport, baudRate } = this.options;
      throw transferError(transport.path, what, baudRate, cause);
    }
  }
}

/** SECURE_BOOT_EN and SECURE_DOWNLOAD_ENABLE of GET_SECURITY_INFO; encryption is on when an odd number of bits of its count is set. */
const SECURE_BOOT = 1 << 0;
const SECURE_DOWNLOAD = 1 << 2;

function protectionOf({
  flags,
  flashCryptCnt,
}: Awaited<ReturnType<EspLoader['getSecurityInfo']>>): string | undefined {
  if ((flags & SECURE_DOWNLOAD) !== 0) return 'secure download mode';
  if ((flags & SECURE_BOOT) !== 0) return 'secure boot';
  const bits = flashCryptCnt.toString(2).replaceAll('0', '').length;
  return bits % 2 === 1 ? 'flash encryption' : undefined;
}

const md5Of = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

function words(...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32LE(value >>> 0, 4 * index));
  return bytes;
}

/** Contrary to its types there is none before the chip has answered. */
const isKnown = ({ chip }: EspLoader): boolean => (chip as unknown) !== undefined;

/**
 * The chip as esptool-js words it. That tries again at once when it reads anything but an answer, and so gets out of step with the answers
 * to all of its tries. Where it resets the chip, a longer pause behind the reset mends that; where it does not, the line is to be quiet
 * first, and again behind a chip that was at work, erasing what a flash that was broken off had asked for, and then answered everything.
 */
async function connect(
  loader: EspLoader,
  hasLines: boolean,
  { transport, clock }: Pick<LoaderSessionOptions, 'transport' | 'clock'>,
): Promise<string> {
  if (hasLines) return loader.main('default_reset');
  for (let attempt = 1; ; attempt += 1) {
    await quiet(transport, clock);
    let heardBytes = 0;
    const cancel = transport.onBytes(({ length }) => (heardBytes += length));
    try {
      return await loader.main('no_reset');
    } catch (cause) {
      if (heardBytes === 0 || isKnown(loader) || attempt === CONNECT_ATTEMPTS) throw cause;
    } finally {
      cancel();
    }
  }
}
