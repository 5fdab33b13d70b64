import type { PcmClip } from '../pcm-clip';
import { channelOf, heardLevels, modelLevels, rooms, type Channel, type Room } from './acoustics';
import { align, type Alignment, type LogFrames } from './align';
import { bandEnergies, HOP_MS } from './band-energies';
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

const FINALISTS = 6;
/** How far the detected onset may be from the true one. */
const ONSET_SLACK_FRAMES = 12;
const LEAD_FRAMES = 10;

/** Templates by how near they come, nearest first; only those of a possible length. */
export function rankTemplates(
  templates: readonly FingerprintTemplate[],
  clip: PcmClip,
  leadInSamples: number,
): readonly Candidate[] {
  const heard = bandEnergies(clip);
  const leadIn = Math.floor((leadInSamples * 1000) / clip.rateHz / HOP_MS);
  if (heard.frames < 12) return [];
  // The onset is found late rather than early: the last frames before it may hold speech.
  const channel = channelOf(heard, Math.max(0, leadIn - 5));
  const skip = Math.max(0, leadIn - LEAD_FRAMES);
  const all = heardLevels(heard, channel);
  const levels = {
    frames: all.frames - skip,
    levels: all.levels.subarray(skip * (all.levels.length / all.frames)),
  };
  const measure = (template: FingerprintTemplate, room: Room | undefined): Candidate | undefined =>
    compare(template, levels, channel, leadIn - skip, room);
  const first = templates
    .flatMap((template) => {
      const candidate = measure(template, undefined);
      return candidate ? [{ template, candidate }] : [];
    })
    .sort((a, b) => a.candidate.meanDb - b.candidate.meanDb)
    .slice(0, FINALISTS);
  return first
    .map(({ template, candidate }) =>
      rooms.slice(1).reduce((best, room) => {
        const next = measure(template, room);
        return next !== undefined && next.meanDb < best.meanDb ? next : best;
      }, candidate),
    )
    .sort((a, b) => a.meanDb - b.meanDb);
}

function compare(
  template: FingerprintTemplate,
  levels: LogFrames,
  channel: Channel,
  leadIn: number,
  room: Room | undefined,
): Candidate | undefined {
  const { speechFrames, id, utterance } = template;
  const heardFrames = levels.frames - leadIn;
  if (heardFrames < 0.85 * speechFrames - 10 || heardFrames > 1.1 * speechFrames + 36) return undefined;
  const alignment = align(levels, modelLevels(template, channel, room), {
    firstFrame: PAD_FRAMES - leadIn,
    halfWidth: ONSET_SLACK_FRAMES,
    beginBy: PAD_FRAMES,
    endFrom: PAD_FRAMES + speechFrames - 3,
  });
  return alignment && { id, utterance, ...alignment };
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

/** Accepts the nearest candidate or refuses it. */
export function decide(candidates: readonly Candidate[]): UtteranceMatch {
  const [best] = candidates;
  if (best === undefined) return { confidence: 0 };
  const rival = candidates.find((other) => other.utterance !== best.utterance);
  const marginDb = rival === undefined ? 10 : rival.meanDb - best.meanDb;
  const score = Math.min((4.2 - best.meanDb) * 2, (6.5 - best.worstDb) * 1.5, (marginDb - 0.2) * 4);
  const confidence = 1 / (1 + Math.exp(-score));
  return score > 0 ? { id: best.id, confidence } : { confidence, nearest: best.id };
}
