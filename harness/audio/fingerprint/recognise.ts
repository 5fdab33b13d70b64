import type { PcmClip } from '../pcm-clip';
import { channelOf, heardLevels, modelLevels, type Channel } from './acoustics';
import { align, type Alignment, type LogFrames } from './align';
import { BANDS, bandEnergies, HOP_MS } from './band-energies';
import { WAVE_RATE_HZ } from './playback';
import { PAD_FRAMES, type FingerprintTemplate } from './template';
import { goOn, type BetweenSteps } from './between-steps';
import { checkWaveform, heardWaveform, type SampleSpan, type WaveformCheck } from './waveform-check';

/** How near one template came. */
export interface Candidate extends Alignment {
  readonly id: string;
  readonly utterance: string;
  /** Template time per heard time. */
  readonly speed: number;
  /** Time in the template's speech that stands at the clip's first sample; mostly negative. */
  readonly startMs: number;
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

/** Templates by how near they come, nearest first; those that come much less near than the best may be missing. */
export function rankTemplates(
  templates: readonly FingerprintTemplate[],
  clip: PcmClip,
  leadInSamples: number,
  betweenSteps: BetweenSteps = goOn,
): readonly Candidate[] {
  const whole = bandEnergies(clip);
  const onsetFrame = Math.floor((leadInSamples * 1000) / clip.rateHz / HOP_MS);
  if (whole.frames < onsetFrame + 12) return [];
  // The onset is found late rather than early: the last frames before it may hold speech.
  betweenSteps();
  const channel = channelOf(whole, Math.max(0, onsetFrame - 5));
  const skip = Math.max(0, onsetFrame - LEAD_FRAMES);
  const heard = { frames: whole.frames - skip, energies: whole.energies.subarray(skip * BANDS) };
  const hearingAt = (every: number): Hearing => ({
    channel,
    leadIn: onsetFrame - skip,
    skip,
    every,
    levels: heardLevels(heard, channel, every),
  });
  const [sketch, coarse, fine] = [hearingAt(3), hearingAt(2), hearingAt(1)];
  const compare = comparison(betweenSteps);
  const possible = templates.filter((template) => isPossible(template, heard.frames - fine.leadIn));
  const sketched = nearest(FINALISTS, possible, (template, mostMeanDb) =>
    compare(template, sketch, MIDDLE_ROOM, mostMeanDb),
  );
  let leastCoarse = Infinity;
  const roomed = sketched.flatMap(({ template }) => {
    const inRooms = nearestRooms(template, (room, mostMeanDb) =>
      compare(template, coarse, room, Math.min(mostMeanDb, leastCoarse + COARSE_RIVAL_DB)),
    );
    leastCoarse = Math.min(leastCoarse, ...inRooms.map(({ candidate }) => candidate.meanDb));
    return inRooms;
  });
  let least = Infinity;
  return [...roomed]
    .sort(byMean)
    .flatMap(({ template, roomIndex }) => {
      const compared = compare(template, fine, roomIndex, least + RIVAL_DB);
      least = Math.min(least, compared?.candidate.meanDb ?? Infinity);
      return compared ?? [];
    })
    .sort(byMean)
    .map(({ candidate }) => candidate)
    .filter(({ id }, at, ranked) => ranked.findIndex((one) => one.id === id) === at);
}

/** The room that a template comes nearest in, and those that come as near as every second frame can tell. */
function nearestRooms(
  { inRooms }: FingerprintTemplate,
  tryRoom: (room: number, mostMeanDb: number) => Compared | undefined,
): readonly Compared[] {
  let least = Infinity;
  const tried = [...inRooms.keys()].flatMap((room) => {
    const compared = tryRoom(room, least + ROOM_RIVAL_DB);
    least = Math.min(least, compared?.candidate.meanDb ?? Infinity);
    return compared ?? [];
  });
  return tried.filter(({ candidate }) => candidate.meanDb <= least + ROOM_RIVAL_DB);
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
  /** Frames of the clip before the first of these. */
  readonly skip: number;
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

const comparison =
  (betweenSteps: BetweenSteps): typeof compareOne =>
  (...question) => {
    betweenSteps();
    return compareOne(...question);
  };

/** One alignment; undefined when no path fits that is at least as near as asked. */
function compareOne(
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
  if (alignment === undefined) return undefined;
  const speed = alignment.slope;
  // Frame 0 of what was aligned is frame `skip` of the clip.
  const startMs = (every * alignment.startFrame - PAD_FRAMES - speed * hearing.skip) * HOP_MS;
  return { template, roomIndex, candidate: { id, utterance, ...alignment, speed, startMs } };
}

export interface HearingOptions {
  /** Called between any two steps of the work, each of which takes a millisecond or so. Default: nothing. */
  readonly betweenSteps?: BetweenSteps | undefined;
  /** Samples [from, to) of the clip that stand in for lost sound, in order. Default: none. */
  readonly invented?: readonly SampleSpan[] | undefined;
}

/**
 * Which template a stretch of sound is, or none. Works through rooms, gain, noise and band limits. The band energies say which
 * templates come near: each is put through the channel and the room that the sound came by. The waveform then decides: a
 * recording that was played is there sample by sample, whatever the speed and the room; a sentence with one other word is
 * not, however near its band energies come.
 * @param clip - Mono, 8 000 to 48 000 Hz, from before the speech to a little after it.
 * @param leadInSamples - How many samples at its front hold no speech; 300 ms show the noise well.
 */
export function recogniseUtterance(
  templates: readonly FingerprintTemplate[],
  clip: PcmClip,
  leadInSamples: number,
  { betweenSteps = goOn, invented = [] }: HearingOptions = {},
): UtteranceMatch {
  const ranked = rankTemplates(templates, clip, leadInSamples, betweenSteps);
  const [best] = ranked;
  if (best === undefined) return { confidence: 0 };
  if (best.meanDb > FAR_DB) return { confidence: 0, nearest: best.id };
  betweenSteps();
  const heard = heardWaveform(clip, leadInSamples, invented);
  const perMs = WAVE_RATE_HZ / 1000;
  const near = ranked.filter((one) => one.meanDb <= best.meanDb + RIVAL_DB).slice(0, MOST_CHECKED);
  let confidence = 0;
  for (const { id, startMs, speed } of near) {
    const template = templates.find((one) => one.id === id);
    if (template === undefined) continue;
    const guess = { start: startMs * perMs, speed };
    betweenSteps();
    const certainty = certaintyOf(checkWaveform(heard, template.waveform(), guess, betweenSteps));
    if (certainty > 0.5) return { id, confidence: certainty };
    confidence = Math.max(confidence, certainty);
  }
  return { confidence, nearest: best.id };
}

/** Band energies further off than this are those of another sentence; no prompt of the trials came further than 1.5 dB. */
const FAR_DB = 2.2;
/**
 * Candidates whose band energies come as near as this to the best are asked as well; at half as many frames, whose places alone move a mean
 * by 0.5 dB.
 */
const RIVAL_DB = 0.1;
const COARSE_RIVAL_DB = 0.7;
/**
 * Rooms of a template whose means over every second frame differ by no more than this are both tried in full. Where the frames lie moves
 * such a mean by up to 1 dB in sound that came by no room, and that of one room by as much as 0.8 dB more than that of the next: of 600
 * phases of a prompt in digital silence, in four the right room was 0.11 to 0.3 dB behind, and the wrong one is 0.7 dB off in full, more
 * than another word.
 */
const ROOM_RIVAL_DB = 0.8;
const MOST_CHECKED = 2;
/** At 10 dB over noise a prompt that was played comes to 0.88 and more; a near miss that errs no more than a prompt, to 0.79. */
const LEAST_LIKENESS = 0.8;
/** Through noise, codec and room a prompt stays below 1.9; with another word in it all but the very nearest are over 2.3. */
const MOST_ERROR = 2;
/** Of 448 prompts one lacks more of some 60 ms; a word that differs in one consonant lacks all of it. */
const MOST_MISSING = 0.9;

/** 0 to 1; over 0.5 the template is accepted. */
function certaintyOf({ likeness, worstError, mostMissing }: WaveformCheck): number {
  const score = Math.min(
    (likeness - LEAST_LIKENESS) * 20,
    Math.log(MOST_ERROR / worstError) * 4,
    (MOST_MISSING - mostMissing) * 8,
  );
  return 1 / (1 + Math.exp(-score));
}
