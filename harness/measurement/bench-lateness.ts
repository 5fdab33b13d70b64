import type { HostWindow, TurnRecord } from '../ports';
import { readingLatenessMs } from './capture-clock';
import { rigClockMap, type ClockMap } from './clock-map';

/** Blocks of a simulated rig on a machine with time come within a few milliseconds; one that is later was kept waiting. */
const LEAST_RIG_LATENESS_MS = 20;

/** The line through the clock of a simulated rig, and its capture; undefined of other rigs, whose sound goes on whatever the host does. */
export function simulatedClock({ topology, capture }: Pick<TurnRecord, 'topology' | 'capture'>) {
  if (topology !== 'virtual' || capture === undefined) return undefined;
  const line = rigClockMap(capture.clockPoints, capture.rateHz);
  return line && { line, capture };
}

/** How long a provider's process stood still within a stretch of time, in all. */
const providerLatenessMs = ({ providerStalls = [] }: TurnRecord, within: HostWindow): number =>
  providerStalls.reduce((sum, { fromHostAtMs, lengthMs }) => {
    const from = Math.max(fromHostAtMs, within.fromHostAtMs);
    return sum + Math.max(0, Math.min(fromHostAtMs + lengthMs, within.toHostAtMs) - from);
  }, 0);

/**
 * How long a simulated rig, the host that moves it or the board in lock-step with it stood still within a stretch of samples, in all: what
 * it was late by at its beginning, which it makes up for within it, and by how much it became later.
 */
function rigLatenessMs(record: TurnRecord, fromRigSample: number, toRigSample: number): number {
  const clock = simulatedClock(record);
  if (clock === undefined) return 0;
  const { line, capture } = clock;
  // The least that it was late by since it was last seen to be later: it may fall behind little by little.
  let least = readingLatenessMs(line, capture, fromRigSample);
  let sum = least >= LEAST_RIG_LATENESS_MS ? least : 0;
  for (const { rigSample, hostAtMs } of capture.clockPoints) {
    if (rigSample <= fromRigSample) continue;
    const late = hostAtMs - line.toHost(rigSample).hostAtMs;
    if (late - least >= LEAST_RIG_LATENESS_MS) {
      sum += late - least;
      least = late;
    } else least = Math.min(least, late);
    if (rigSample >= toRigSample) break;
  }
  return sum;
}

/**
 * By how much a time that was measured between two places of the capture may be too long by what the bench did, in milliseconds: the sum of
 * every standstill in it that was seen. 0 where none was, and without a clock for the capture.
 */
export function benchLatenessMs(
  record: TurnRecord,
  clock: ClockMap | undefined,
  fromRigSample: number,
  toRigSample: number,
): number {
  if (clock === undefined) return 0;
  const within = {
    fromHostAtMs: clock.toHost(fromRigSample).hostAtMs,
    toHostAtMs: clock.toHost(toRigSample).hostAtMs,
  };
  // Where the rig was late, what it is late by has to pass as well before the last sample is exchanged.
  const rig = rigLatenessMs(record, fromRigSample, toRigSample);
  return rig + providerLatenessMs(record, { ...within, toHostAtMs: within.toHostAtMs + rig });
}
