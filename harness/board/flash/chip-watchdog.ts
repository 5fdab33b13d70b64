import { isHilError } from '../../errors';
import { delay, type Clock } from '../../ports';
import type { SerialTransport } from '../serial';
import type { EspLoader } from './esptool-js';
import { noLoaderError, otherChipError } from './flash-errors';
import { quiet } from './line-quiet';
import { openLoader, ROM_BAUD } from './open-loader';

/** RTC_CNTL_OPTION1, whose bit 0 sends the next boot into the loader, and the RTC watchdog (device.md section 4). */
const FORCE_DOWNLOAD = 0x6000812c;
const WDT_CONFIG0 = 0x60008098;
const WDT_CONFIG1 = 0x6000809c;
const WDT_PROTECT = 0x600080b0;
const WDT_KEY = 0x50d83aa1;
const WDT_TIMEOUT_TICKS = 2000;
/** Enabled, stage 0 resets the system. */
const WDT_BITE = 0xd0000102;
/** The chip may be gone before it has answered, some 15 ms after the watchdog was armed. */
const BITES_WITHIN_MS = 200;
/** Each of five SYNCs, as many as esptool makes. */
const CONNECT_TRIES = 7;
/** Kept of what the port brought. */
const PRINTED_LIMIT = 2048;
/** What an application that boots prints and a loader does not. */
const BOOTS_APPLICATION = /SPI_FAST_FLASH_BOOT|entry 0x[0-9a-f]{8}|cpu_start:|main_task:/;

export interface WatchdogOptions {
  readonly transport: SerialTransport;
  /** At which the console goes on. */
  readonly baudRate: number;
  readonly clock: Clock;
}

/** The next boot runs the application, whatever sent this one into the loader. */
export const clearForcedDownload = (loader: EspLoader): Promise<void> =>
  loader.writeReg(FORCE_DOWNLOAD, 0, 1);

/** Lets the watchdog reset the chip, the only way out of a loader without reset line (`rst:0x10`). */
export async function biteWatchdog(loader: EspLoader, clock: Clock): Promise<void> {
  await loader.writeReg(WDT_PROTECT, WDT_KEY);
  await loader.writeReg(WDT_CONFIG1, WDT_TIMEOUT_TICKS);
  const bitten = loader.writeReg(WDT_CONFIG0, WDT_BITE).catch(() => undefined);
  await Promise.race([bitten, delay(clock, BITES_WITHIN_MS)]);
}

/**
 * Resets a chip that waits for a download by its RTC watchdog, which cures one that its reset line leaves there. Nothing is uploaded or
 * written to its flash.
 * @param onBiting - Called right before the watchdog is armed: the boot from then on is the one that was wanted.
 * @throws BoardError `HIL_FLASH_NO_LOADER`, `HIL_FLASH_OTHER_CHIP`; `HIL_BOARD_PORT_LOST`.
 */
export async function resetByWatchdog(
  { transport, baudRate, clock }: WatchdogOptions,
  onBiting: () => void,
): Promise<void> {
  let printed = '';
  const cancel = transport.onBytes((bytes) => {
    printed = (printed + bytes.toString('latin1')).slice(-PRINTED_LIMIT);
  });
  const { device, loader } = await openLoader(transport, {}, () => undefined);
  try {
    await quiet(transport, clock);
    // To an application a SYNC is something that was typed.
    if (BOOTS_APPLICATION.test(printed))
      throw noLoaderError(transport.path, true, printed, new Error('it booted its application'));
    await loader.detectChip('no_reset', CONNECT_TRIES);
    if (loader.chip.CHIP_NAME !== 'ESP32-S3') throw otherChipError(transport.path, loader.chip.CHIP_NAME);
    await clearForcedDownload(loader);
    onBiting();
    await biteWatchdog(loader, clock);
  } catch (cause) {
    if (isHilError(cause)) throw cause;
    throw noLoaderError(transport.path, true, printed, cause);
  } finally {
    cancel();
    device.retire();
    // A port that has gone takes no rate; what is thrown already says why.
    if (baudRate !== ROM_BAUD) await transport.setBaudRate(baudRate).catch(() => undefined);
  }
}
