import type { SavedCapture, TurnRecord } from '../ports';
import type { ClockMap } from './clock-map';
import type { FoundPrompt } from './found-prompt';
import type { GoodTake } from './take';

/** How much later than the line through all blocks the one at a place was in hand; 0 behind the last. */
export function readingLatenessMs(
  line: ClockMap,
  { clockPoints }: Pick<SavedCapture, 'clockPoints'>,
  atRigSample: number,
): number {
  const block = clockPoints.find(({ rigSample }) => rigSample >= atRigSample);
  return block === undefined ? 0 : block.hostAtMs - line.toHost(block.rigSample).hostAtMs;
}

/**
 * A simulated rig runs in lock-step with its board: a block that was read late had really been exchanged late, and no line
 * shows that. How late the block at a place was is part of its uncertainty.
 */
function withReadingLateness(clock: ClockMap, saved: SavedCapture): ClockMap {
  return {
    ...clock,
    toHost(at) {
      const { hostAtMs, uncertaintyMs } = clock.toHost(at);
      return { hostAtMs, uncertaintyMs: Math.hypot(uncertaintyMs, readingLatenessMs(clock, saved, at)) };
    },
  };
}

/** Maps places of the capture to the host's clock, constant latency of the converters included as an uncertainty. */
export function captureClock(
  record: TurnRecord,
  take: GoodTake,
  prompt: FoundPrompt | undefined,
): ClockMap | undefined {
  const { clock, saved } = take;
  if (clock === undefined) return undefined;
  if (record.topology === 'virtual') return withReadingLateness(clock, saved);
  // Reading times cannot reveal how long converters and USB hold a sample; the round trip bounds it.
  const roundTripSamples =
    prompt === undefined || record.playback === undefined
      ? 0
      : prompt.clipAtSample + saved.firstRigSample - record.playback.startedAtRigSample;
  const constantMs = Math.max(0, (roundTripSamples * 1000) / saved.rateHz) / Math.sqrt(12);
  return {
    ...clock,
    toHost(at) {
      const { hostAtMs, uncertaintyMs } = clock.toHost(at);
      return { hostAtMs, uncertaintyMs: Math.hypot(uncertaintyMs, constantMs) };
    },
  };
}
