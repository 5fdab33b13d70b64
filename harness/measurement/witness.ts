import { rmsDbFs, SearchableSound, type PcmClip } from '../audio';
import type { TurnRecord } from '../ports';
import { findPrompt, type FoundPrompt } from './found-prompt';
import type { GoodTake } from './take';

/** Sound of a prompt reaches the speaker channel this much later than the loopback at most: 15 m of air and a buffer. */
const BLEED_WITHIN_MS = 60;
/** The prompt reaches the provider this much later at most: codec, network, the board's buffers. */
const UPLINK_WITHIN_MS = 1000;
/** Stands for digital silence, whose level is no number. */
const DIGITAL_SILENCE_DBFS = -120;

/** Level of a stretch of sound; digital silence is -120 dBFS. */
export const levelOf = (samples: Float32Array): number =>
  Math.max(DIGITAL_SILENCE_DBFS, rmsDbFs(samples) ?? DIGITAL_SILENCE_DBFS);

/** True when the prompt shows on the speaker channel: then it was in the room. */
export function promptAsBleed(
  take: GoodTake,
  found: FoundPrompt | undefined,
  record: TurnRecord,
  prompt: PcmClip,
): boolean {
  if (take.oneChannel) return found !== undefined;
  const within =
    found === undefined || take.promptChannel === undefined
      ? undefined
      : {
          fromSample: found.clipAtSample - 1,
          toSample: found.clipAtSample + (BLEED_WITHIN_MS * take.speaker.rateHz) / 1000,
        };
  return findPrompt(take.speaker, prompt, record.prompt, within) !== undefined;
}

/** The prompt in the audio that the provider received. */
export interface ReceivedPrompt {
  /** Undefined when it was not found. Positions count the session's stream. */
  readonly offsetAtStreamSample: number | undefined;
  /** RMS while the prompt was due, dBFS; undefined: nothing was received then. */
  readonly levelDbFs: number | undefined;
}

/**
 * Looks for the prompt in what the provider received.
 * @param playing - When the prompt's speech was played, on the host's clock; undefined: unknown.
 */
export function receivedPrompt(
  record: TurnRecord,
  received: PcmClip | undefined,
  prompt: PcmClip,
  playing: { readonly fromHostAtMs: number; readonly toHostAtMs: number } | undefined,
): ReceivedPrompt {
  const saved = record.received;
  if (saved === undefined || received === undefined || received.samples.length === 0)
    return { offsetAtStreamSample: undefined, levelDbFs: undefined };
  const found = findPrompt(new SearchableSound(received.samples, received.rateHz), prompt, record.prompt);
  if (found !== undefined) {
    const speech = received.samples.subarray(
      Math.max(0, Math.round(found.onsetAtSample)),
      Math.round(found.offsetAtSample) + 1,
    );
    return {
      offsetAtStreamSample: saved.firstStreamSample + found.offsetAtSample,
      levelDbFs: levelOf(speech),
    };
  }
  const due = saved.packets.filter(
    ({ hostAtMs }) =>
      // What came before the turn is the silence ahead of it, wherever a rig that was late puts the prompt.
      hostAtMs >= Math.max(playing?.fromHostAtMs ?? 0, record.startedAtHostMs) &&
      hostAtMs <= (playing?.toHostAtMs ?? Infinity) + UPLINK_WITHIN_MS,
  );
  const [first, last] = [due[0], due.at(-1)];
  if (first === undefined || last === undefined)
    return { offsetAtStreamSample: undefined, levelDbFs: undefined };
  return {
    offsetAtStreamSample: undefined,
    levelDbFs: levelOf(
      received.samples.subarray(
        Math.max(0, first.streamSample - saved.firstStreamSample),
        last.streamSample + last.lengthSamples - saved.firstStreamSample,
      ),
    ),
  };
}
