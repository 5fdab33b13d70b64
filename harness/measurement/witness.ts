import { rmsDbFs, SearchableSound, timeScaled, type PcmClip } from '../audio';
import type { TurnRecord } from '../ports';
import { findPrompt, type FoundPrompt } from './found-prompt';
import { eventsOf } from './provider-marks';
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
  /** Every part of it arrived as it was played; absent: it was not found, or nobody doubts it. */
  readonly isWhole?: boolean;
}

/** A prompt is held against what arrived in parts of this length, a syllable, each begun so long after the last: a hole of 150 ms empties one. */
const PART_MS = 200;
const HOP_MS = 50;
/** Parts that are softer than the loudest by more than this are breath, gaps and what rings on. */
const SOFT_PART_DB = -15;
/**
 * Correlation of each part, and of all of them by their energy, of prompts that a small room and noise 30 dB below them left as they were: 84
 * of three runs had 0.68 and 0.88 at least. The same prompts clipped to a thirtieth, without 200 ms of their midst or without their first
 * 200 ms all fell below.
 */
const LEAST_OF_PART = 0.6;
const LEAST_OF_ALL = 0.84;

/**
 * Whether all of a prompt's speech arrived as it was played, at whatever level. Then nothing on its way can be what it was not recognised for.
 * @param found - Where it is in the sound.
 */
function cameWhole({ samples, rateHz }: PcmClip, found: FoundPrompt, prompt: PcmClip): boolean {
  const from = Math.floor(found.onsetAtSample);
  const step = prompt.rateHz / rateHz;
  const lengthSamples = Math.ceil(found.offsetAtSample) + 1 - from;
  if (from < 0 || from + lengthSamples > samples.length) return false;
  const reference = timeScaled(prompt.samples, {
    start: (from - found.clipAtSample) * step,
    step,
    lengthSamples,
  });
  const [partSamples, hopSamples] = [PART_MS, HOP_MS].map((ms) => Math.round((ms * rateHz) / 1000)) as [
    number,
    number,
  ];
  const parts: { readonly energy: number; readonly correlation: number }[] = [];
  for (let start = 0; start === 0 || start + partSamples <= lengthSamples; start += hopSamples) {
    let [energy, arrived, product] = [0, 0, 0];
    for (let n = start; n < Math.min(start + partSamples, lengthSamples); n++) {
      const [played, heard] = [reference[n] ?? 0, samples[from + n] ?? 0];
      energy += played * played;
      arrived += heard * heard;
      product += played * heard;
    }
    parts.push({ energy, correlation: product / Math.sqrt(energy * arrived || 1) });
  }
  const least = Math.max(...parts.map(({ energy }) => energy)) * 10 ** (SOFT_PART_DB / 10);
  const loud = parts.filter(({ energy }) => energy >= least);
  const sum = (of: (part: (typeof parts)[number]) => number): number =>
    loud.reduce((all, part) => all + of(part), 0);
  const ofAll = sum(({ energy, correlation }) => energy * correlation) / sum(({ energy }) => energy);
  return loud.every(({ correlation }) => correlation >= LEAST_OF_PART) && ofAll >= LEAST_OF_ALL;
}

/** Whether the provider says of anything in a turn that it does not know it. */
const isDoubted = ({ providerEvents }: TurnRecord): boolean =>
  eventsOf(providerEvents, 'heard').some(({ utterance }) => utterance === undefined);

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
      ...(isDoubted(record) ? { isWhole: cameWhole(received, found, prompt) } : {}),
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
