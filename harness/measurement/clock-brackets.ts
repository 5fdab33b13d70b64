import type { MappedInstant } from './clock-map';
import type { StampedPoint } from './device-stamps';

const { abs, hypot, max, min, sqrt } = Math;

/** Each bracket is held against every line; the narrowest of so many pings say all that there is to say. */
const MOST_BRACKETS = 64;

/** How a board's clock reads on the host's. */
export interface ClockLine {
  /** Host milliseconds per millisecond of the board. */
  readonly slope: number;
  /** One standard uncertainty of the slope. */
  readonly slopePpm: number;
  atTick(deviceAtMs: number): MappedInstant;
}

/** An instant of the board's clock that the host's clock has on both sides. */
interface Bracket {
  readonly at: number;
  readonly fromHostMs: number;
  readonly toHostMs: number;
}

const middleOf = ({ fromHostMs, toHostMs }: Bracket): number => (fromHostMs + toHostMs) / 2;
const halfOf = ({ fromHostMs, toHostMs }: Bracket): number => (toHostMs - fromHostMs) / 2;

/** Answers to pings, the narrowest first: the board stamped them after the ping had left and before the answer had. */
function bracketsOf(points: readonly StampedPoint[]): Bracket[] {
  return points
    .flatMap(({ at, hostAtMs: toHostMs, notBeforeHostMs: fromHostMs }) =>
      fromHostMs !== undefined && fromHostMs <= toHostMs ? [{ at, fromHostMs, toHostMs }] : [],
    )
    .sort((a, b) => halfOf(a) - halfOf(b))
    .slice(0, MOST_BRACKETS);
}

/** The slope between two brackets, where it says more than what is known without them. */
function slopeOf(brackets: readonly Bracket[], known: Pick<ClockLine, 'slope' | 'slopePpm'>) {
  const [narrowest] = brackets;
  let best = known;
  for (const other of brackets) {
    if (narrowest === undefined || other.at === narrowest.at) continue;
    const reachMs = abs(other.at - narrowest.at);
    const slopePpm = (hypot(halfOf(other), halfOf(narrowest)) / sqrt(3) / reachMs) * 1e6;
    if (slopePpm >= best.slopePpm) continue;
    best = { slope: (middleOf(other) - middleOf(narrowest)) / (other.at - narrowest.at), slopePpm };
  }
  return best;
}

/** As narrow as every other line makes it: each left the board after its stamp, and each ping came before its own. */
function tightened(
  bracket: Bracket,
  brackets: readonly Bracket[],
  points: readonly StampedPoint[],
  { slope, slopePpm }: Pick<ClockLine, 'slope' | 'slopePpm'>,
): Bracket {
  const tolerance = sqrt(3) * slopePpm * 1e-6;
  let { fromHostMs, toHostMs } = bracket;
  for (const { at, fromHostMs: from } of brackets) {
    const apartMs = bracket.at - at;
    fromHostMs = max(fromHostMs, from + slope * apartMs - abs(apartMs) * tolerance);
  }
  for (const { at, hostAtMs } of points) {
    const apartMs = bracket.at - at;
    toHostMs = min(toHostMs, hostAtMs + slope * apartMs + abs(apartMs) * tolerance);
  }
  // Bounds that contradict each other hold a stamp that is none; the bracket by itself is what was seen.
  return fromHostMs <= toHostMs ? { at: bracket.at, fromHostMs, toHostMs } : bracket;
}

/**
 * A board's clock by the answers to pings, where they say it better than `known`: the middle of the round trip, uniform in it, so
 * that half of it ÷ √3 is the uncertainty, and the slope's more away from it.
 * @param known - The clock without pings, or what is known of its slope alone.
 * @returns undefined where no ping was answered.
 */
export function pingedClock(
  points: readonly StampedPoint[],
  known: Pick<ClockLine, 'slope' | 'slopePpm'> & Partial<ClockLine>,
): ClockLine | undefined {
  const loose = bracketsOf(points);
  if (loose.length === 0) return undefined;
  const line = slopeOf(loose, known);
  const brackets = loose.map((bracket) => tightened(bracket, loose, points, line));
  const instantBy = (bracket: Bracket, deviceAtMs: number): MappedInstant => {
    const apartMs = deviceAtMs - bracket.at;
    return {
      hostAtMs: middleOf(bracket) + line.slope * apartMs,
      uncertaintyMs: hypot(halfOf(bracket) / sqrt(3), abs(apartMs) * line.slopePpm * 1e-6),
    };
  };
  const { slope, slopePpm } = line;
  return {
    slope,
    slopePpm,
    atTick: (deviceAtMs) => {
      const instants = brackets.map((bracket) => instantBy(bracket, deviceAtMs));
      const without = known.atTick?.(deviceAtMs);
      return [...instants, ...(without === undefined ? [] : [without])].reduce((a, b) =>
        b.uncertaintyMs < a.uncertaintyMs ? b : a,
      );
    },
  };
}
