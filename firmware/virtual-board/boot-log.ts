import type { LogLevel } from './console/board-console';
import type { FirmwareIdentity, FlashLayout } from './firmware-identity';

/** The level of GPIO0 when EN goes high: low boots the ROM's download mode instead of the flash. */
export interface BootStraps {
  readonly gpio0: 'low' | 'high';
}

/** Why the chip starts, as the ROM prints it; device.md 1.1. */
export type ResetCause = 'power-on' | 'usb' | 'restart' | 'system-reset' | 'watchdog' | 'timer-watchdog';

/** After any reset but a power-on the ROM also prints where the processor was. */
const SAVED_PC = 'Saved PC:0x40381e0d';
const causes: Readonly<Record<ResetCause, { readonly code: string; readonly rest: readonly string[] }>> = {
  'power-on': { code: '0x1 (POWERON)', rest: [] },
  usb: { code: '0x15 (USB_UART_CHIP_RESET)', rest: [SAVED_PC] },
  restart: { code: '0xc (RTC_SW_CPU_RST)', rest: [SAVED_PC] },
  'system-reset': { code: '0x3 (RTC_SW_SYS_RST)', rest: [SAVED_PC] },
  watchdog: { code: '0x10 (RTCWDT_RTC_RST)', rest: [SAVED_PC] },
  'timer-watchdog': { code: '0x7 (TG0WDT_SYS_RST)', rest: [SAVED_PC] },
};
const latches: Readonly<Record<BootStraps['gpio0'], string>> = {
  low: '0x0 (DOWNLOAD(USB/UART0))',
  high: '0x8 (SPI_FAST_FLASH_BOOT)',
};
const INVALID_HEADER_LINES = 16;

/** What the ROM prints before it runs anything else; CR LF on the wire. */
export const romBanner = (cause: ResetCause, layout: FlashLayout = simulatedLayout): string =>
  romText(cause, { gpio0: 'high' }, ['SPIWP:0xee', 'mode:DIO, clock div:1', ...layout.romLines]);

/** The same with GPIO0 low: nothing more comes until a flasher asks. */
export const downloadBanner = (cause: ResetCause): string =>
  romText(cause, { gpio0: 'low' }, ['waiting for download']);

/** The same without a bootloader in the flash: over and over until the watchdog bites. */
export const invalidHeaderBanner = (cause: ResetCause, firstWord: number): string => {
  const line = `invalid header: 0x${firstWord.toString(16).padStart(8, '0')}`;
  return romText(
    cause,
    { gpio0: 'high' },
    Array.from({ length: INVALID_HEADER_LINES }, () => line),
  );
};

function romText(cause: ResetCause, { gpio0 }: BootStraps, rest: readonly string[]): string {
  const lines = [
    'ESP-ROM:esp32s3-20210327',
    'Build:Mar 27 2021',
    `rst:${causes[cause].code},boot:${latches[gpio0]}`,
    ...causes[cause].rest,
    ...rest,
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** The flash of the simulated firmware, which nobody wrote. */
const simulatedLayout: FlashLayout = {
  romLines: [
    'load:0x3fce2820,len:0x15a0',
    'load:0x403c8700,len:0x4',
    'load:0x403c8704,len:0xd20',
    'load:0x403cb700,len:0x2f00',
    'entry 0x403c8928',
  ],
  bootloaderIdf: 'v5.4.2',
  bootloaderCompiled: 'Nov 20 2026 10:02:11',
  speed: '80MHz',
  mode: 'DIO',
  sizeName: '8MB',
  partitions: [
    ' 0 nvs              WiFi data        01 02 0000a000 00005000',
    ' 1 phy_init         RF data          01 01 0000f000 00001000',
    ' 2 factory          factory app      00 00 00010000 00300000',
  ],
  segments: [
    'segment 0: paddr=00010020 vaddr=3c0e0020 size=3c2d8h (246488) map',
    'segment 1: paddr=0004c300 vaddr=3fc9a400 size=03d18h ( 15640) load',
    'segment 2: paddr=00050020 vaddr=42000020 size=d6a44h (879172) map',
    'segment 3: paddr=00126a6c vaddr=3fc9e118 size=0142ch (  5164) load',
    'segment 4: paddr=00127ea0 vaddr=40374000 size=163c8h ( 91080) load',
    'segment 5: paddr=0013e270 vaddr=600fe000 size=0001ch (    28) load',
  ],
  appOffset: 0x10000,
};

/** One log line and the board's time at which it is printed. */
export interface BootLine {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly tag: string;
  readonly message: string;
}

/** Log lines of one tag at level I. */
export const rows = (tag: string, lines: readonly (readonly [atMs: number, message: string])[]): BootLine[] =>
  lines.map(([atMs, message]) => ({ atMs, level: 'I', tag, message }));

/** Log lines of the second-stage bootloader up to its choice of what runs. */
function bootloaderLines(layout: FlashLayout): readonly BootLine[] {
  return [
    ...rows('boot', [
      [27, `ESP-IDF ${layout.bootloaderIdf} 2nd stage bootloader`],
      [27, `compile time ${layout.bootloaderCompiled}`],
      [27, 'Multicore bootloader'],
      [29, 'chip revision: v0.2'],
      [32, 'efuse block revision: v1.3'],
    ]),
    ...rows('boot.esp32s3', [
      [40, `Boot SPI Speed : ${layout.speed}`],
      [44, `SPI Mode       : ${layout.mode}`],
      [48, `SPI Flash Size : ${layout.sizeName}`],
    ]),
    ...rows('boot', [
      [52, 'Enabling RNG early entropy source...'],
      [56, 'Partition Table:'],
      [59, '## Label            Usage          Type ST Offset   Length'],
      ...layout.partitions.map((line): [number, string] => [72, line]),
      [85, 'End of partition table'],
    ]),
  ];
}

/** What the bootloader prints when it finds nothing to run; it restarts the chip then. */
export function unbootableLines(layout: FlashLayout, error: string): readonly BootLine[] {
  const failed = (atMs: number, tag: string, message: string): BootLine => ({
    atMs,
    level: 'E',
    tag,
    message,
  });
  const isOfTable = layout.partitions.length === 0 || error.includes('in the partition table');
  return [
    ...bootloaderLines(layout),
    ...(isOfTable
      ? [failed(90, 'boot', error)]
      : [
          failed(90, 'esp_image', error),
          failed(92, 'boot', 'Factory app partition is not bootable'),
          failed(94, 'boot', 'No bootable app partitions in the partition table'),
        ]),
  ];
}

/** Log lines of the second-stage bootloader and of the start of the application up to `app_main`, in order. */
export function bootLines(identity: FirmwareIdentity): readonly BootLine[] {
  const { layout = simulatedLayout, compiled = 'Nov 20 2026 10:02:05' } = identity;
  return [
    ...bootloaderLines(layout),
    ...rows(
      'esp_image',
      layout.segments.map((line): [number, string] => [88, line]),
    ),
    ...rows('boot', [
      [370, `Loaded app from partition at offset 0x${layout.appOffset.toString(16)}`],
      [371, 'Disabling RNG early entropy source...'],
    ]),
    ...rows('octal_psram', [
      [381, 'vendor id    : 0x0d (AP)'],
      [381, 'dev id       : 0x02 (generation 3)'],
      [382, 'density      : 0x03 (64 Mbit)'],
      [384, 'good-die     : 0x01 (Pass)'],
      [388, 'Latency      : 0x01 (Fixed)'],
      [392, 'VCC          : 0x01 (3V)'],
      [396, 'SRF          : 0x01 (Fast Refresh)'],
      [401, 'BurstType    : 0x01 (Hybrid Wrap)'],
      [406, 'BurstLen     : 0x01 (32 Byte)'],
      [410, 'Readlatency  : 0x02 (10 cycles@Fixed)'],
      [416, 'DriveStrength: 0x00 (1/1)'],
    ]),
    ...rows('esp_psram', [
      [420, 'Found 8MB PSRAM device'],
      [424, 'Speed: 80MHz'],
    ]),
    ...rows('cpu_start', [[427, 'Multicore app']]),
    ...rows('esp_psram', [[868, 'SPI SRAM memory test OK']]),
    ...rows('cpu_start', [
      [877, 'Pro cpu start user code'],
      [877, 'cpu freq: 240000000 Hz'],
    ]),
    ...rows('app_init', [
      [877, 'Application information:'],
      [877, `Project name:     ${identity.project}`],
      [881, `App version:      ${identity.version}`],
      [886, `Compile time:     ${compiled}`],
      [891, `ELF file SHA256:  ${identity.elfSha256.slice(0, 9)}...`],
      [895, `ESP-IDF:          ${identity.idfVersion}`],
    ]),
    ...rows('efuse_init', [
      [899, 'Min chip rev:     v0.0'],
      [903, 'Max chip rev:     v0.99'],
      [907, 'Chip rev:         v0.2'],
    ]),
    ...rows('heap_init', [
      [911, 'Initializing. RAM available for dynamic allocation:'],
      [917, 'At 3FCA6E20 len 000428F0 (266 KiB): RAM'],
      [922, 'At 3FCE9710 len 00005724 (21 KiB): RAM'],
      [927, 'At 600FE01C len 00001FCC (7 KiB): RTCRAM'],
    ]),
    ...rows('esp_psram', [[932, 'Adding pool of 8192K of PSRAM memory to heap allocator']]),
    ...rows('spi_flash', [
      [939, 'detected chip: gd'],
      [942, 'flash io: dio'],
    ]),
    ...rows('sleep_gpio', [
      [946, 'Configure to isolate all GPIO pins in sleep state'],
      [952, 'Enable automatic switching of GPIO sleep configuration'],
    ]),
    ...rows('main_task', [[958, 'Started on CPU0']]),
    ...rows('esp_psram', [[962, 'Reserving pool of 32K of internal memory for DMA/internal allocations']]),
    ...rows('main_task', [[970, 'Calling app_main()']]),
  ];
}

/** What else happens in the course of a boot. */
export const startUpTimes = {
  schedulerMs: 965,
  applicationMs: 980,
  /** The terminal has 500 ms to answer the probe; then the REPL starts in dumb mode. */
  probeMs: 1030,
  replMs: 1540,
  /** The radio takes its first large current. */
  radioMs: 1690,
  associatedMs: 2330,
  gotIpMs: 3360,
} as const;

/** From an address to the call of the provider. */
export const connectAfterMs = 20;

/** From the request for another network to the access point, and to an address. */
export const wifiRejoinMs = { associated: 20, gotIp: 1050 } as const;
