import type { PcmClip } from '../audio';
import type { TurnRecord } from '../ports';
import { findPrompt, type FoundPrompt } from './found-prompt';
import type { GoodTake } from './take';

/** Sound comes into the capture this much later than it was handed to the output at most: buffers of both, and the air. */
const LATEST_IN_CAPTURE_MS = 1000;
/** And this much earlier, where the start of the playback is known to one of the output's blocks only. */
const EARLIEST_IN_CAPTURE_MS = 50;
/**
 * One channel hears the prompt through the air. How far that way differs from the one to the board's microphone is known to
 * 10 cm, 0.3 ms (measurement.md section 1), uniform.
 */
const AIR_PATH_MS = 0.3 / Math.sqrt(3);
/** Round trip of a rig that was never calibrated: sound cards and their servers take 0 to 100 ms, uniform. */
const UNCALIBRATED = { ms: 50, uncertaintyMs: 50 / Math.sqrt(3) } as const;

/**
 * Where the prompt is in a capture, by the best way that the topology has: found on the loopback channel; found on the one
 * channel that has the reply as well; or, where it cannot be heard at all, reckoned from the start of the playback and the
 * rig's round trip. Undefined: not found, or never played.
 */
export function placePrompt(record: TurnRecord, take: GoodTake, sound: PcmClip): FoundPrompt | undefined {
  const { saved, promptChannel } = take;
  const { playback, prompt, topology } = record;
  const perMs = saved.rateHz / 1000;
  const playedAt = playback && playback.startedAtRigSample - saved.firstRigSample;
  if (promptChannel === undefined) {
    if (playedAt === undefined) return undefined;
    const { ms, uncertaintyMs } = record.roundTrip ?? UNCALIBRATED;
    const clipAtSample = playedAt + ms * perMs;
    const perClip = saved.rateHz / prompt.rateHz;
    return {
      clipAtSample,
      onsetAtSample: clipAtSample + prompt.onsetSample * perClip,
      offsetAtSample: clipAtSample + prompt.offsetSample * perClip,
      uncertaintySamples: uncertaintyMs * perMs,
    };
  }
  if (topology !== 'bleed') return findPrompt(promptChannel, sound, prompt);
  const within =
    playedAt === undefined
      ? undefined
      : {
          fromSample: playedAt - EARLIEST_IN_CAPTURE_MS * perMs,
          toSample: playedAt + LATEST_IN_CAPTURE_MS * perMs,
        };
  const found = findPrompt(promptChannel, sound, prompt, within);
  return (
    found && {
      ...found,
      uncertaintySamples: Math.hypot(found.uncertaintySamples, AIR_PATH_MS * perMs),
    }
  );
}
