/**
 * The registers of an ESP32-S3 that a flasher looks at, as device.md 5.3 lists them; every other one reads 0 until it is
 * written.
 */
const fixed: ReadonlyMap<number, number> = new Map([
  /** CHIP_DETECT_MAGIC: 9 is the S3. */
  [0x40001000, 0x00000009],
  /** eFuse block 1, word 3: wafer revision 0.2, block revision 1.3. */
  [0x60007050, (2 << 18) | (3 << 24)],
  /** Word 4: 8 MB of embedded PSRAM, AP_3v3. */
  [0x60007054, 0x88],
  [0x6000706c, 1],
  /** MAC address 02:00:5e:10:00:31, locally administered. */
  [0x60007044, 0x5e100031],
  [0x60007048, 0x0200],
]);

/** SPI1, which talks to the flash. */
const SPI_BASE = 0x60002000;
const SPI_CMD = SPI_BASE;
const SPI_USR2 = SPI_BASE + 0x20;
const SPI_W0 = SPI_BASE + 0x58;
const SPI_CMD_USR = 1 << 18;
const READ_ID = 0x9f;
const READ_SFDP = 0x5a;
/** GigaDevice, as the boot log's `detected chip: gd`. */
const MANUFACTURER = 0xc8;
const MEMORY_TYPE = 0x40;

/** RTC watchdog: the way to restart a chip whose reset line nobody drives. */
const WDT_CONFIG0 = 0x60008098;
const WDT_PROTECT = 0x600080b0;
const WDT_KEY = 0x50d83aa1;
const WDT_ENABLED = 0x80000000;

/** Registers that answer, remember and act like those of the chip. */
export class ChipRegisters {
  private readonly written = new Map<number, number>();

  /** @param onWatchdog - Its watchdog was set to bite. */
  constructor(
    private readonly flashBytes: number,
    private readonly onWatchdog: () => void,
  ) {}

  read(address: number): number {
    return fixed.get(address) ?? this.written.get(address) ?? 0;
  }

  write(address: number, value: number, mask: number): void {
    const next = ((this.read(address) & ~mask) | (value & mask)) >>> 0;
    this.written.set(address, next);
    if (address === SPI_CMD && (next & SPI_CMD_USR) !== 0) this.runSpiCommand();
    if (address === WDT_CONFIG0 && (next & WDT_ENABLED) !== 0 && this.read(WDT_PROTECT) === WDT_KEY)
      this.onWatchdog();
  }

  private runSpiCommand(): void {
    this.written.set(SPI_CMD, 0);
    this.written.set(SPI_W0, this.spiAnswer(this.read(SPI_USR2) & 0xff));
  }

  private spiAnswer(opcode: number): number {
    // The capacity byte is the power of two: 0x17 is 8 MB.
    if (opcode === READ_ID) return (Math.log2(this.flashBytes) << 16) | (MEMORY_TYPE << 8) | MANUFACTURER;
    return opcode === READ_SFDP ? 0xffffffff : 0;
  }
}
