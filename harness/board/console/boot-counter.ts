/** A stamp that lies further back than this proves a reboot (device.md section 11). */
const FALL_BACK_MS = 1000;
/** The board counts milliseconds in 32 bits: after 49.7 days it falls back without a reboot. */
const WRAP_MS = 2 ** 32;
/** Longest silence over which a wrap is still told from a reboot. */
const WRAP_WITHIN_MS = 600_000;

export const SOFT_RESET_LINE = 'MPY: soft reboot';
const SOFT_RESET_BEHIND_PROMPT = `>>> ${SOFT_RESET_LINE}`;

/** Whether MicroPython says by this line that it starts anew: no ROM banner comes of that, nor a stamp (device.md section 8). */
export const isSoftReset = (text: string): boolean =>
  text === SOFT_RESET_LINE || text === SOFT_RESET_BEHIND_PROMPT;

/**
 * Numbers the boots of one stream: by ROM banners, and where a banner was lost (a native USB port often loses it) by the
 * board's clock, which starts again at 0. A soft reset of MicroPython is one of its own.
 */
export class BootCounter {
  private banners = 0;
  private lostBanners = 0;
  private latestDeviceAtMs = 0;

  /** The boot of lines that carry no stamp, after so many banners. */
  at(banners: number): number {
    return banners + this.lostBanners;
  }

  /** The boot of the next whole line, after so many banners. A soft reset begins with the line that tells it. */
  next(banners: number, deviceAtMs: number | undefined, text = ''): number {
    if (banners !== this.banners) {
      this.banners = banners;
      this.latestDeviceAtMs = 0;
    }
    if (isSoftReset(text)) {
      this.lostBanners += 1;
      this.latestDeviceAtMs = 0;
    }
    if (deviceAtMs !== undefined) {
      const wrapped = deviceAtMs + WRAP_MS - this.latestDeviceAtMs < WRAP_WITHIN_MS;
      if (deviceAtMs < this.latestDeviceAtMs - FALL_BACK_MS && !wrapped) this.lostBanners += 1;
      this.latestDeviceAtMs = deviceAtMs;
    }
    return this.at(banners);
  }
}
