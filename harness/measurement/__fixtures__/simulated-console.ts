import type { ConsoleLine, ConsoleLink } from '../../ports';
import { derivedSeed, seededUniform } from '../../units';

const { ceil, floor, log, max } = Math;

/** How bytes come to the host: a chip that hands on what it has at each tick of its timer, or native USB in frames. */
export interface SimulatedLink {
  readonly link: ConsoleLink;
  readonly timerMs: number;
}

export const simulatedLinks = {
  ftdi: { link: { kind: 'uart', baudRate: 115_200 }, timerMs: 16 },
  cp2102: { link: { kind: 'uart', baudRate: 115_200 }, timerMs: 1 },
  usb: { link: { kind: 'usb' }, timerMs: 1 },
} as const satisfies Record<string, SimulatedLink>;

export interface SimulatedConsoleOptions {
  readonly seed: number;
  readonly link: SimulatedLink;
  /** Step of the stamps. */
  readonly tickMs: number;
  /** Host's clock against the board's. */
  readonly ppm: number;
  readonly lines: number;
  /** Mean time between two lines. */
  readonly everyMs: number;
  /** Device time of the first line. Default 3 000. */
  readonly startMs?: number;
  /** A dump of so many bytes without stamps ahead of every n-th line. */
  readonly dump?: { readonly bytes: number; readonly everyLines: number };
}

/** A stamped line with the instant on the host's clock at which the firmware logged it, counted. */
export interface SimulatedLine {
  readonly line: ConsoleLine;
  readonly loggedAtHostMs: number;
}

const HOST_START_MS = 50_000;
const BITS_PER_BYTE = 10;
/** Formatting and queueing; the event loop of the host: exponential, mean. */
const FORMAT_MS = 0.1;
const LOOP_MS = 0.1;

/** What a board logs and when the host has it: nothing is late but for causes that are simulated. */
export function simulatedConsole(options: SimulatedConsoleOptions): SimulatedLine[] {
  const { seed, link, tickMs, ppm, lines, everyMs, startMs = 3000, dump } = options;
  const uniform = seededUniform(derivedSeed(seed, 'console'));
  const exponential = (mean: number): number => -log(1 - uniform()) * mean;
  const byteMs = link.link.kind === 'uart' ? (BITS_PER_BYTE * 1000) / link.link.baudRate : 0;
  const rest = floor(uniform() * tickMs);
  const timerPhase = uniform() * link.timerMs;
  const chunks = new Map<number, number>();
  let device = startMs;
  let wireFreeAtMs = 0;
  let byteOffset = 0;
  return Array.from({ length: lines }, (_, index) => {
    device += exponential(everyMs);
    const loggedAtHostMs = HOST_START_MS + (device - startMs) * (1 + ppm * 1e-6);
    if (dump !== undefined && index % dump.everyLines === dump.everyLines - 1) {
      wireFreeAtMs = max(wireFreeAtMs, loggedAtHostMs) + dump.bytes * byteMs;
      byteOffset += dump.bytes;
    }
    const length = 40 + floor(uniform() * 60);
    const begins = max(loggedAtHostMs + exponential(FORMAT_MS), wireFreeAtMs);
    wireFreeAtMs = begins + length * byteMs;
    const chunk = ceil((begins + byteMs - timerPhase) / link.timerMs);
    const hostAtMs = chunks.get(chunk) ?? timerPhase + chunk * link.timerMs + exponential(LOOP_MS);
    chunks.set(chunk, hostAtMs);
    const stamp = (floor((device - rest) / tickMs) * tickMs + rest) % 2 ** 32;
    const line = {
      index,
      text: `I (${stamp}) APP: line ${index}`,
      boot: 1,
      hostAtMs,
      byteOffset,
      deviceAtMs: stamp,
    };
    byteOffset += length;
    return { line, loggedAtHostMs };
  });
}
