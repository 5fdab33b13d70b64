import type { ConsoleLine, ConsoleLink, StampedLine } from '../ports';
import { pingedClock, type ClockLine } from './clock-brackets';
import { lowerHull, type MappedInstant } from './clock-map';
import { consoleUncertaintyMs } from './stamps';
import {
  departures,
  stampSegments,
  type PingedLine,
  type StampedPoint,
  type StampSegment,
} from './device-stamps';

/** Fewer lines show neither where the envelope is nor how late lines are. */
const FEWEST_POINTS = 10;
/**
 * Ticks of FreeRTOS at 100, 200, 250 and 500 Hz, with the share of stamps that has to lie on their grid. Those before the
 * scheduler runs do not; of stamps with 1 ms steps, ten agree by chance in 0.2 % of the cases.
 */
const GRIDS = [
  { tickMs: 10, share: 0.8 },
  { tickMs: 5, share: 0.8 },
  { tickMs: 4, share: 0.8 },
  { tickMs: 2, share: 0.95 },
] as const;
/** Crystals of board and host against each other, uniform: what the slope is when the lines do not say it better. */
const CRYSTAL_PPM = 100 / Math.sqrt(3);
/** A stamp further ahead of its neighbours is a stray number; latency timers of USB adapters hold lines for 16 ms. */
const STRAY_MS = 25;
/** Neighbours on each side that a stamp is compared with. */
const NEIGHBOURS = 8;
/**
 * The promptest line is late by this share of what the fourth after it is late beyond that: 0.25 where lateness is uniform,
 * 0.69 where it is the sum of two uniform ones, as of a tick and a latency timer.
 */
const PROMPTEST = 0.45;
/** Standard deviation of how late the promptest line is, over its mean: 1 where lateness is uniform, and what few lines add. */
const PROMPTEST_SPREAD = 1.3;
/**
 * What the envelope is off by beyond what the spacing of its lines says: no line is without formatting and reading. With 0.3 only
 * 86 to 92 % of stamps with 1 ms steps on USB are within 2 u, with 0.5 more than 98 %.
 */
const ENVELOPE_MS = 0.5;
/** A line behind a dump of 4 kB leaves 350 ms late at 115 200 baud; a stamp further back is a stray number. */
const LATEST_MS = 1000;
/** The arrival counts only where it is better by this: both uncertainties are estimates, and the smaller flatters. */
const CLEARLY_BETTER = 1.5;

/** First words of an application under ESP-IDF's scheduler (device.md section 1.3). */
const SCHEDULER_RUNS = /\bmain_task: (?:Started on CPU|Calling app_main)/;

/** When a line was logged, and whose clock says so. */
export interface LoggedInstant extends MappedInstant {
  readonly stampedBy: 'device' | 'host';
}

/** The clock of a board from one boot to the next, mapped to the host's. */
export interface DeviceClock {
  readonly boots: ReadonlySet<number>;
  /** Stamped lines that the map rests on. */
  readonly points: number;
  /** Step of the board's stamps; they are rounded down to it. */
  readonly tickMs: number;
  /** Host's clock against the board's: positive where the board's is slow. */
  readonly driftPpm: number;
  /** Median of how late lines arrive. */
  readonly latenessMs: number;
  /** When a stamp began to show, tick not taken into account; unwrapped milliseconds. */
  atTick(deviceAtMs: number): MappedInstant;
}

/** The largest step whose grid holds the stamps, and which of them it holds. */
function onGrid(points: readonly StampedPoint[]): { tickMs: number; points: readonly StampedPoint[] } {
  for (const { tickMs, share } of GRIDS) {
    const classes = Array.from({ length: tickMs }, (_, rest) =>
      points.filter(({ at }) => Math.floor(at % tickMs) === rest),
    );
    const largest = classes.reduce((a, b) => (b.length > a.length ? b : a));
    if (largest.length >= share * points.length) return { tickMs, points: largest };
  }
  return { tickMs: 1, points };
}

/** Leaves out stamps that are far ahead of what the lines around them say: numbers that only look like stamps. */
function withoutStrays(points: readonly StampedPoint[]): readonly StampedPoint[] {
  return points.filter((point, index) => {
    const around = points.slice(Math.max(0, index - NEIGHBOURS), index + NEIGHBOURS + 1);
    const offsets = around.map(({ at, hostAtMs }) => hostAtMs - at).sort((a, b) => a - b);
    const lower = offsets[Math.floor(offsets.length / 3)] ?? 0;
    const spanMs = Math.abs((around.at(-1)?.at ?? 0) - (around[0]?.at ?? 0));
    return point.hostAtMs - point.at > lower - STRAY_MS - spanMs * CRYSTAL_PPM * 1e-6;
  });
}

/** A line under the points, with the points that carry it. */
interface Envelope {
  readonly slope: number;
  readonly at: number;
  readonly hostAtMs: number;
  /** Device time between the two points that carry the line; 0: one point carries it, the slope is the nominal one. */
  readonly reach: number;
}

function envelopeOf(points: readonly StampedPoint[]): { fitted: Envelope | undefined; nominal: Envelope } {
  const mean = points.reduce((sum, { at }) => sum + at, 0) / points.length;
  const lowest = points.reduce((a, b) => (b.hostAtMs - b.at < a.hostAtMs - a.at ? b : a));
  const nominal = { slope: 1, at: lowest.at, hostAtMs: lowest.hostAtMs, reach: 0 };
  const hull = lowerHull(points);
  const upper = Math.max(
    1,
    hull.findIndex(({ at }) => at >= mean),
  );
  const [left, right] = [hull[upper - 1], hull[upper]];
  if (left === undefined || right === undefined || right.at <= left.at) return { fitted: undefined, nominal };
  const slope = (right.hostAtMs - left.hostAtMs) / (right.at - left.at);
  const fitted = {
    slope,
    at: (left.at + right.at) / 2,
    hostAtMs: (left.hostAtMs + right.hostAtMs) / 2,
    reach: right.at - left.at,
  };
  return { fitted, nominal };
}

const excesses = (points: readonly StampedPoint[], { slope, at, hostAtMs }: Envelope): number[] =>
  points.map((point) => point.hostAtMs - hostAtMs - slope * (point.at - at)).sort((a, b) => a - b);

/**
 * How far the promptest of so many lines is from the envelope, on average: the spacing of the promptest ones. `touching` of
 * them carry the line and say nothing.
 */
function spacingMs(ascending: readonly number[], touching: number): number {
  const index = Math.min(ascending.length - 1, touching + 3);
  return PROMPTEST * (ascending[index] ?? 0);
}

/** The clock as the envelope of its lines has it; undefined for fewer than ten. */
function envelopeClock(points: readonly StampedPoint[]): ClockLine | undefined {
  if (points.length < FEWEST_POINTS) return undefined;
  const { fitted, nominal } = envelopeOf(points);
  // Each of the two points that carry a fitted line is the promptest of half the lines only.
  const fittedSpacingMs = fitted === undefined ? Infinity : 2 * spacingMs(excesses(points, fitted), 2);
  const fittedPpm = (fittedSpacingMs * Math.SQRT2 * 1e6) / (fitted?.reach ?? 0);
  const isFitted = fitted !== undefined && fittedPpm < CRYSTAL_PPM;
  const envelope = isFitted ? fitted : nominal;
  const slopePpm = isFitted ? fittedPpm : CRYSTAL_PPM;
  const promptMs = isFitted ? fittedSpacingMs : spacingMs(excesses(points, envelope), 1);
  const { slope, at, hostAtMs } = envelope;
  return {
    slope,
    slopePpm,
    atTick: (deviceAtMs) => ({
      hostAtMs: hostAtMs - promptMs + slope * (deviceAtMs - at),
      uncertaintyMs: Math.hypot(
        ENVELOPE_MS,
        PROMPTEST_SPREAD * promptMs,
        Math.abs(deviceAtMs - at) * slopePpm * 1e-6,
      ),
    }),
  };
}

function fit(segment: StampSegment, tickMs: number | undefined): DeviceClock | undefined {
  const grid = tickMs === undefined ? onGrid(segment.points) : { tickMs, points: segment.points };
  const points = withoutStrays(grid.points);
  const byLines = envelopeClock(points);
  const clock = pingedClock(points, byLines ?? { slope: 1, slopePpm: CRYSTAL_PPM }) ?? byLines;
  if (clock === undefined) return undefined;
  const lateMs = points.map(({ at, hostAtMs }) => hostAtMs - clock.atTick(at).hostAtMs).sort((a, b) => a - b);
  return {
    boots: segment.boots,
    points: points.length,
    tickMs: grid.tickMs,
    driftPpm: (clock.slope - 1) * 1e6,
    latenessMs: Math.max(0, (lateMs[Math.floor(lateMs.length / 2)] ?? 0) - grid.tickMs / 2),
    atTick: (deviceAtMs) => clock.atTick(deviceAtMs),
  };
}

/** Stamped lines; those of a boot before its scheduler ran are left out, since other code with another clock stamped them. */
function stampedLines(lines: readonly (ConsoleLine | PingedLine)[]): PingedLine[] {
  const kept: PingedLine[] = [];
  for (const line of lines) {
    const { deviceAtMs, boot } = line;
    if (deviceAtMs === undefined) continue;
    if ('text' in line && SCHEDULER_RUNS.test(line.text)) {
      while (kept.at(-1)?.boot === boot) kept.pop();
    }
    kept.push({ ...line, deviceAtMs });
  }
  return kept;
}

/** The clocks of a board as its console shows them, one for each boot with enough stamped lines. */
export class DeviceClocks {
  private constructor(
    readonly clocks: readonly DeviceClock[],
    private readonly link: ConsoleLink | undefined,
  ) {}

  /**
   * Fits the clock of each boot: lines come late, never early, so the relation of a board's clock to the host's is the lower
   * envelope of (stamp, departure). The more lines the better: those of a whole run beat those of a turn.
   * Answers to pings have a bound on the other side as well: a single one makes a clock.
   * @param lines - In the order of the console; those without a stamp are left out.
   * @param tickMs - Step of the stamps; default: what they look like.
   */
  static of(
    lines: readonly (ConsoleLine | PingedLine)[],
    link: ConsoleLink | undefined,
    tickMs?: number,
  ): DeviceClocks {
    const stamped = departures(stampedLines(lines), link);
    const clocks = stampSegments(stamped).flatMap((segment) => fit(segment, tickMs) ?? []);
    return new DeviceClocks(clocks, link);
  }

  /** The clock of a boot; undefined where too few of its lines were stamped. */
  clockOf(boot: number): DeviceClock | undefined {
    return this.clocks.find(({ boots }) => boots.has(boot));
  }

  /**
   * When a line or what it says arrived, late by what lines of its boot are late where a map shows it.
   * @param lateMs - What this one is late at least.
   */
  arrivalOf({ hostAtMs, boot }: Pick<StampedLine, 'hostAtMs' | 'boot'>, lateMs = 0): LoggedInstant {
    const uncertaintyMs = consoleUncertaintyMs(Math.max(lateMs, this.clockOf(boot)?.latenessMs ?? 0));
    return { hostAtMs, uncertaintyMs, stampedBy: 'host' };
  }

  /**
   * The instant at which a line was logged, by the better of two ways. By the device: not before its tick began, not after
   * the tick's end, and not after the line's own departure. By the host: its arrival, late by what lines are late, or by
   * what this one is late at least. A line without a stamp, without a map or with a number that does not fit the clock has
   * its arrival only.
   */
  instantOf(line: ConsoleLine | StampedLine): LoggedInstant {
    const clock = this.clockOf(line.boot);
    const arrival = (lateMs = 0): LoggedInstant => this.arrivalOf(line, lateMs);
    if (clock === undefined || line.deviceAtMs === undefined) return arrival();
    const [departure] = departures([{ ...line, deviceAtMs: line.deviceAtMs }], this.link);
    if (departure === undefined) return arrival();
    const tick = clock.atTick(unwrappedNear(clock, departure));
    const earlyMs = tick.hostAtMs - departure.hostAtMs;
    if (earlyMs > 3 * tick.uncertaintyMs || earlyMs < -LATEST_MS) return arrival();
    const from = Math.min(tick.hostAtMs, departure.hostAtMs);
    const to = Math.min(tick.hostAtMs + clock.tickMs, departure.hostAtMs);
    const byDevice: LoggedInstant = {
      hostAtMs: (from + to) / 2,
      uncertaintyMs: Math.hypot(tick.uncertaintyMs, (to - from) / Math.sqrt(12)),
      stampedBy: 'device',
    };
    const byHost = arrival(line.hostAtMs - to);
    return byDevice.uncertaintyMs < CLEARLY_BETTER * byHost.uncertaintyMs ? byDevice : byHost;
  }
}

/** A stamp with the wraps of the counter that bring it nearest to when its line left. */
function unwrappedNear(clock: DeviceClock, { at, hostAtMs }: StampedPoint): number {
  const wrapMs = 2 ** 32;
  const wraps = Math.max(0, Math.round((hostAtMs - clock.atTick(at).hostAtMs) / wrapMs));
  return at + wraps * wrapMs;
}
