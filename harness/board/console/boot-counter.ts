/** A stamp that lies further back than this proves a reboot (device.md section 11). */
const FALL_BACK_MS = 1000;
/** The board counts milliseconds in 32 bits: after 49.7 days it falls back without a reboot. */
const WRAP_MS = 2 ** 32;
/** Longest silence over which a wrap is still told from a reboot. */
const WRAP_WITHIN_MS = 600_000;

/**
 * Numbers the boots of one stream: by ROM banners, and where a banner was lost (a native USB port often loses it) by the
 * board's clock, which starts again at 0.
 */
export class BootCounter {
  private banners = 0;
  private lostBanners = 0;
  private latestDeviceAtMs = 0;

  /** The boot of lines that carry no stamp, after so many banners. */
  at(banners: number): number {
    return banners + this.lostBanners;
  }

  /** The boot of the next whole line, after so many banners. */
  next(banners: number, deviceAtMs: number | undefined): number {
    if (banners !== this.banners) {
      this.banners = banners;
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
