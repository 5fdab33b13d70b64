/** What lies behind an address of the ESP32-S3. Code runs from `flash-code`, `iram`, `rom` and `rtc-fast`. */
export type MemoryRegion =
  'flash-data' | 'flash-code' | 'dram' | 'iram' | 'rom' | 'rom-data' | 'rtc-fast' | 'rtc-slow';

interface Range {
  readonly from: number;
  readonly to: number;
  readonly region: MemoryRegion;
}

/** Half-open. device.md section 3.4; the ROM's data and RTC slow memory from ESP-IDF's `soc/esp32s3/include/soc/soc.h`. */
const ranges: readonly Range[] = [
  { from: 0x3c000000, to: 0x3e000000, region: 'flash-data' },
  { from: 0x3fc88000, to: 0x3fd00000, region: 'dram' },
  { from: 0x3ff00000, to: 0x3ff20000, region: 'rom-data' },
  { from: 0x40000000, to: 0x40060000, region: 'rom' },
  { from: 0x40370000, to: 0x403e0000, region: 'iram' },
  { from: 0x42000000, to: 0x44000000, region: 'flash-code' },
  { from: 0x50000000, to: 0x50002000, region: 'rtc-slow' },
  { from: 0x600fe000, to: 0x60100000, region: 'rtc-fast' },
];

/** The region of an address, 0 to 2^32 - 1; undefined where the chip has no memory. */
export const memoryRegion = (address: number): MemoryRegion | undefined =>
  ranges.find(({ from, to }) => address >= from && address < to)?.region;

const executable: ReadonlySet<MemoryRegion | undefined> = new Set(['flash-code', 'iram', 'rom', 'rtc-fast']);

/** True where the chip can run code: every other program counter is garbage of a broken stack. */
export const isCode = (address: number): boolean => executable.has(memoryRegion(address));
