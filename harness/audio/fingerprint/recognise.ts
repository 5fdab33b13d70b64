import type { PcmClip } from '../pcm-clip';
import { channelOf, heardLevels, modelLevels, type Channel } from './acoustics';
import { align, type Alignment, type LogFrames } from './align';
import { BANDS, bandEnergies, HOP_MS } from './band-energies';
import { PAD_FRAMES, type FingerprintTemplate } from './template';

/** How near one template came. */
export interface Candidate extends Alignment {
  readonly id: string;
  readonly utterance: string;
}

export interface UtteranceMatch {
  /** Template that was recognised; absent: an unknown utterance. */
  readonly id?: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** The nearest template where it was not accepted; absent when none is of a similar length. */
  readonly nearest?: string;
}

const FINALISTS = 5;
/** The first pass takes the room for neither dry nor hard. */
const MIDDLE_ROOM = 1;
/** How far the detected onset may be from the true one. */
const ONSET_SLACK_FRAMES = 12;
const LEAD_FRAMES = 10;

/** Templates by how near they come, nearest first; only those of a possible length. */
export function rankTemplates(
  templates: readonly FingerprintTemplate[],
  clip: PcmClip,
  leadInSamples: number,
): readonly Candidate[] {
  const whole = bandEnergies(clip);
  const onsetFrame = Math.floor((leadInSamples * 1000) / clip.rateHz / HOP_MS);
  if (whole.frames < onsetFrame + 12) return [];
  // The onset is found late rather than early: the last frames before it may hold speech.
  const channel = channelOf(whole, Math.max(0, onsetFrame - 5));
  const skip = Math.max(0, onsetFrame - LEAD_FRAMES);
  const heard = { frames: whole.frames - skip, energies: whole.energies.subarray(skip * BANDS) };
  const hearingAt = (every: number): Hearing => ({
    channel,
    leadIn: onsetFrame - skip,
    every,
    levels: heardLevels(heard, channel, every),
  });
  const [sketch, coarse, fine] = [hearingAt(3), hearingAt(2), hearingAt(1)];
  const possible = templates.filter((template) => isPossible(template, heard.frames - fine.leadIn));
  const sketched = nearest(FINALISTS, possible, (template, mostMeanDb) =>
    compare(template, sketch, MIDDLE_ROOM, mostMeanDb),
  );
  const roomed = sketched.flatMap(({ template }) =>
    nearest(1, [...template.inRooms.keys()], (room, mostMeanDb) =>
      compare(template, coarse, room, mostMeanDb),
    ),
  );
  return roomed
    .flatMap(({ template, roomIndex }) => compare(template, fine, roomIndex) ?? [])
    .sort(byMean)
    .map(({ candidate }) => candidate);
}

/** The `count` nearest of what `tryOne` makes of these, nearest first; it need not finish what is worse than them all. */
function nearest<T>(
  count: number,
  tried: readonly T[],
  tryOne: (one: T, mostMeanDb: number) => Compared | undefined,
): readonly Compared[] {
  let best: readonly Compared[] = [];
  for (const one of tried) {
    const compared = tryOne(one, best[count - 1]?.candidate.meanDb ?? Infinity);
    if (compared !== undefined) best = [...best, compared].sort(byMean).slice(0, count);
  }
  return best;
}

const byMean = (a: Compared, b: Compared): number => a.candidate.meanDb - b.candidate.meanDb;

interface Hearing {
  readonly channel: Channel;
  /** Frames before the detected onset. */
  readonly leadIn: number;
  /** Frames per frame of `levels`. */
  readonly every: number;
  readonly levels: LogFrames;
}

interface Compared {
  readonly template: FingerprintTemplate;
  readonly roomIndex: number;
  readonly candidate: Candidate;
}

/** The other way round than the corridor: a talker 5 % off, an onset found late, a tail that rings. */
const isPossible = ({ speechFrames }: FingerprintTemplate, heardFrames: number): boolean =>
  heardFrames > 0.9 * speechFrames - 10 && heardFrames < 1.1 * speechFrames + 36;

/** One alignment; undefined when no path fits that is at least as near as asked. */
function compare(
  template: FingerprintTemplate,
  hearing: Hearing,
  roomIndex: number,
  mostMeanDb = Infinity,
): Compared | undefined {
  const { speechFrames, id, utterance, inRooms } = template;
  const { channel, leadIn, every, levels } = hearing;
  const model = inRooms[roomIndex];
  if (model === undefined) return undefined;
  const corridor = {
    firstFrame: Math.round((PAD_FRAMES - leadIn) / every),
    halfWidth: Math.round(ONSET_SLACK_FRAMES / every),
    beginBy: Math.round(PAD_FRAMES / every),
    endFrom: Math.round((PAD_FRAMES + speechFrames - 3) / every),
  };
  const alignment = align(levels, modelLevels(model, channel, every), corridor, mostMeanDb);
  return alignment && { template, roomIndex, candidate: { id, utterance, ...alignment } };
}

/**
 * Which template a stretch of sound is, or none. Works through rooms, gain, noise and band limits: each template is first
 * put through the channel and the room that the sound came by.
 * @param clip - Mono, 8 000 to 48 000 Hz, from before the speech to a little after it.
 * @param leadInSamples - How many samples at its front hold no speech; 300 ms show the noise well.
 */
export function recogniseUtterance(
  templates: readonly FingerprintTemplate[],
  clip: PcmClip,
  leadInSamples: number,
): UtteranceMatch {
  return decide(rankTemplates(templates, clip, leadInSamples));
}

/** A rival that comes this near makes the answer a guess. */
const MARGIN_DB = 0.04;

/**
 * Accepts the nearest candidate or refuses it. The bounds are those that 240 clips of the corpus and 464 near misses, at 10
 * to 30 dB over noise, 0 to 0.6 s of reverberation, 8 to 24 kHz and ±5 % of rate, were parted best by.
 */
export function decide(candidates: readonly Candidate[]): UtteranceMatch {
  const [best] = candidates;
  if (best === undefined) return { confidence: 0 };
  const rival = candidates.find((other) => other.utterance !== best.utterance);
  const marginDb = rival === undefined ? 10 : rival.meanDb - best.meanDb;
  // The same words differ a little everywhere, other words differ much in one place.
  const worstAllowedDb = Math.min(2.2, 0.65 + 1.4 * best.meanDb);
  const score = Math.min(
    (1.3 - best.meanDb) * 6,
    (worstAllowedDb - best.worstDb) * 4,
    (marginDb - MARGIN_DB) * 20,
  );
  const confidence = 1 / (1 + Math.exp(-score));
  return score > 0 ? { id: best.id, confidence } : { confidence, nearest: best.id };
}
