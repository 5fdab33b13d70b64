import {
  energyOf,
  fitLinearPath,
  locate,
  SearchableSound,
  throughPath,
  timeScaled,
  type PcmClip,
} from '../audio';
import type { ReceivedAudio, SpeechClip, TurnRecord } from '../ports';
import { eventsOf } from './provider-marks';
import type { EchoCheck } from './turn-measurement';

/**
 * Echo above this, re the prompt, leaks: a voice detector hears a talker 30 dB under the usual one in a quiet room, and a
 * canceller that works keeps the board well below (docs/measurement.md).
 */
const LEAK_ABOVE_DB = -30;
/** The beginning of the reply is enough, and the rest would cost time. */
const LONGEST_REFERENCE_MS = 1500;
/** With less there is nothing to find. */
const SHORTEST_REFERENCE_MS = 300;
/** The echo arrives after the speaker channel has it by at most: the board's buffers and the network. */
const EARLIEST_MS = -60;
const LATEST_MS = 440;
/** Peak over RMS of the correlation that is found in so few places; noise reaches 4. */
const LEAST_SIGNIFICANCE = 6;
/** The echo's way: enclosure and first reflections. */
const PATH_MS = 4;
const PATH_LEAD_MS = 1;
/** Room for the echo's delay ahead of an interrupting prompt. */
const INTERRUPTION_MARGIN_MS = 150;
/** A detector answers so long after the sound that it heard. */
const DETECTED_WITHIN_MS = 300;

const powerOf = (samples: Float32Array): number => energyOf(samples) / Math.max(1, samples.length);
const decibel = (power: number): number => 10 * Math.log10(power + 1e-15);

/** A reply on the host's clock, and the prompt as the provider received it. */
export interface PlayedReply {
  readonly clip: SpeechClip;
  readonly sound: PcmClip;
  readonly onsetAtHostMs: number;
  readonly offsetAtHostMs: number;
  /** When the interrupting prompt began; Infinity: never. */
  readonly interruptedAtHostMs: number;
  readonly promptLevelDbFs: number;
}

/** Sample of the saved stream that had arrived at an instant, by the packet that came last. */
function receivedAt(received: ReceivedAudio, hostAtMs: number): number | undefined {
  const packet = received.packets.findLast((one) => one.hostAtMs <= hostAtMs);
  return packet && packet.streamSample + packet.lengthSamples - received.firstStreamSample;
}

/** Speech that the provider detected while the board played and nobody else spoke. */
const selfTriggersOf = (record: TurnRecord, played: PlayedReply): number =>
  eventsOf(record.providerEvents, 'speech-started').filter(
    ({ hostAtMs }) =>
      hostAtMs > played.onsetAtHostMs &&
      hostAtMs < Math.min(played.offsetAtHostMs + DETECTED_WITHIN_MS, played.interruptedAtHostMs),
  ).length;

/**
 * How much of its own reply the board sent to the provider: the known reply is looked for in what was received while it
 * played, by correlation, and what a short path makes of it there is its echo.
 */
export function measureEcho(
  record: TurnRecord,
  received: PcmClip | undefined,
  played: PlayedReply,
): EchoCheck {
  const saved = record.received;
  const { clip, sound } = played;
  const expectedAt = saved && receivedAt(saved, played.onsetAtHostMs);
  if (saved === undefined || expectedAt === undefined || received === undefined)
    return { state: 'not-measured', reason: 'no-received-audio' };
  const { rateHz } = received;
  const inMs = rateHz / 1000;
  const speechMs = ((clip.offsetSample + 1 - clip.onsetSample) * 1000) / clip.rateHz;
  const endsAtHostMs = Math.min(played.offsetAtHostMs, played.interruptedAtHostMs - INTERRUPTION_MARGIN_MS);
  const referenceMs = Math.min(LONGEST_REFERENCE_MS, speechMs, endsAtHostMs - played.onsetAtHostMs);
  if (referenceMs < SHORTEST_REFERENCE_MS) return { state: 'not-measured', reason: 'reply-over' };
  const from = Math.max(0, Math.round(expectedAt + EARLIEST_MS * inMs));
  const searchedSamples = Math.round((LATEST_MS - EARLIEST_MS) * inMs);
  // The beginning of a short reply, so that it may be late and still be all there: a turn ends soon after its reply.
  const lengthSamples = Math.min(
    Math.round(referenceMs * inMs),
    Math.max(Math.round(SHORTEST_REFERENCE_MS * inMs), received.samples.length - from - searchedSamples),
  );
  const reference = timeScaled(sound.samples, {
    start: (clip.onsetSample * sound.rateHz) / clip.rateHz,
    step: sound.rateHz / rateHz,
    lengthSamples,
  });
  // The interrupting prompt is louder than any echo and would hide it.
  const alone = receivedAt(saved, played.interruptedAtHostMs) ?? Infinity;
  const to = Math.min(alone, from + searchedSamples + lengthSamples);
  const window = received.samples.subarray(from, to);
  if (window.length <= lengthSamples) return { state: 'not-measured', reason: 'no-received-audio' };
  const found = locate(new SearchableSound(window, rateHz), reference, {
    fromSample: 0,
    toSample: window.length - lengthSamples,
    path: 'strongest',
    leastSignificance: LEAST_SIGNIFICANCE,
  });
  const selfTriggers = selfTriggersOf(record, played);
  if (found.state === 'not-found') {
    // What would have been found: a peak of that many RMS of what was received, spread over the reference.
    const hidden = (LEAST_SIGNIFICANCE ** 2 * powerOf(window)) / lengthSamples;
    return {
      state: 'measured',
      levelDb: decibel(hidden) - played.promptLevelDbFs,
      leaks: false,
      selfTriggers,
    };
  }
  const at = Math.max(0, Math.round(found.startSample));
  const path = fitLinearPath(reference, window.subarray(at, at + lengthSamples), {
    taps: Math.round(PATH_MS * inMs),
    leadSamples: Math.round(PATH_LEAD_MS * inMs),
  });
  const echoPower = path === undefined ? 0 : powerOf(throughPath(reference, path));
  const levelDb = decibel(echoPower) - played.promptLevelDbFs;
  return {
    state: 'measured',
    levelDb,
    delayMs: (from + found.startSample - expectedAt) / inMs,
    leaks: levelDb > LEAK_ABOVE_DB,
    selfTriggers,
  };
}
