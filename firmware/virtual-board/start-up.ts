import { bootLines, rows, type BootLine } from './boot-log';
import type { LogLevel } from './console/board-console';
import type { FirmwareIdentity } from './firmware-identity';

/** A log line that is printed as soon as what it tells has happened. */
export type LogLine = readonly [level: LogLevel, tag: string, message: string];

/** How a firmware comes up: what it prints on the way to its address, and whether it takes commands. */
export interface StartUp {
  /** From the second-stage bootloader to the first state of the Wi-Fi driver, in order. */
  lines(identity: FirmwareIdentity): readonly BootLine[];
  /** When the access point took the board in. */
  associated(ssid: string): readonly LogLine[];
  /** When the board got its address. */
  addressed(address: string): readonly LogLine[];
  /** True where esp_console reads commands. */
  readonly hasRepl: boolean;
}

const joins = rows('wifi', [[2310, 'state: init -> auth (0xb0)']]);
const driver = rows('wifi', [[1690, 'wifi driver task: 3fcc1a2c, prio:23, stack:6656, core=0']]);
const network = rows('NETWORK', [
  [1820, 'Force to use wifi config from nvs'],
  [1830, 'wifi_init_sta finished.'],
]);
const board = rows('Board', [[980, 'Init board.']]);
/** Pins tell the boards apart: ESP32-S3-Korvo-2, and AtomS3R with Atomic Echo Base, which has no master clock. */
const codecPins = {
  korvo2: 'mclk:16 bclk:9 ws:45 din:10 dout:8',
  echoBase: 'mclk:-1 bclk:8 ws:6 din:7 dout:5',
} as const;
const codecOf = (pins: string): readonly BootLine[] =>
  rows('CODEC_INIT', [
    [1010, 'in:1 out:1 port: 1'],
    [1010, 'Success to int i2c: 0'],
    [1020, `Init i2s 0 type: 2 ${pins}`],
    [1020, 'Success to init i2s: 0'],
  ]);
const codec = codecOf(codecPins.korvo2);

const associated = (ssid: string): readonly LogLine[] => [
  ['I', 'wifi', 'state: auth -> assoc (0x0)'],
  ['I', 'wifi', 'state: assoc -> run (0x10)'],
  ['I', 'wifi', `connected with ${ssid}, aid = 1, channel 6, BW20, bssid = 02:00:5e:10:00:01`],
];
const addressed = (address: string): readonly LogLine[] => [
  ['I', 'esp_netif_handlers', `sta ip: ${address}, mask: 255.255.255.0, gw: 192.168.7.1`],
  ['I', 'NETWORK', `got ip:${address}`],
];

/** A voice board on ESP-IDF, with a codec and a console. */
export const voiceBoard: StartUp = {
  lines: (identity) => [...bootLines(identity), ...board, ...codec, ...driver, ...network, ...joins],
  associated,
  addressed,
  hasRepl: true,
};

/** openai_demo on the ESP32-S3-Korvo-2. */
export const demoOnKorvo2 = voiceBoard;

/** openai_demo on an AtomS3R with Atomic Echo Base. */
export const demoOnAtomS3R: StartUp = {
  ...voiceBoard,
  lines: (identity) => [
    ...bootLines(identity),
    ...board,
    ...codecOf(codecPins.echoBase),
    ...driver,
    ...network,
    ...joins,
  ],
};

const SDK_TAG = 'realtimeapi-sdk';

/** The embedded SDK: Wi-Fi is compiled in, and there is no console to type on. */
export const embeddedSdk: StartUp = {
  lines: (identity) => [
    ...bootLines(identity),
    ...driver,
    ...rows(SDK_TAG, [[1830, 'Connecting to WiFi SSID: bench']]),
    ...joins,
  ],
  associated,
  addressed: (address) => [
    ['I', 'esp_netif_handlers', `sta ip: ${address}, mask: 255.255.255.0, gw: 192.168.7.1`],
    ['I', SDK_TAG, `got ip:${address}`],
  ],
  hasRepl: false,
};

/** A voice board without sound. */
export const textBoard: StartUp = {
  ...voiceBoard,
  lines: (identity) => [...bootLines(identity), ...board, ...driver, ...network, ...joins],
};

const INTERFACE = 'example_netif_sta';

/** An example of ESP-IDF that connects with `example_connect` and takes no commands. */
export const exampleProject: StartUp = {
  lines: (identity) => [
    ...bootLines(identity),
    ...rows('example_connect', [[1010, 'Start example_connect.']]),
    ...driver,
    ...rows('example_connect', [[1830, 'Waiting for IP(s)']]),
    ...joins,
  ],
  associated,
  addressed: (address) => [
    ['I', 'esp_netif_handlers', `${INTERFACE} ip: ${address}, mask: 255.255.255.0, gw: 192.168.7.1`],
    ['I', 'example_connect', `Got IPv4 event: Interface "${INTERFACE}" address: ${address}`],
    ['I', 'example_common', `Connected to ${INTERFACE}`],
    ['I', 'example_common', `- IPv4 address: ${address},`],
  ],
  hasRepl: false,
};

/**
 * MicroPython, whose images name no project: its build silences the bootloader and ESP-IDF, and Wi-Fi is joined by `main.py`. Whatever else somebody
 * flashed has its boot log.
 */
export const microPython: StartUp = {
  lines: ({ project, ...identity }) =>
    ['micropython', ''].includes(project) ? [] : bootLines({ project, ...identity }),
  associated: () => [],
  addressed: () => [],
  hasRepl: false,
};
