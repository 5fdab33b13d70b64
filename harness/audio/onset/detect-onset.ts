import type { PcmClip } from '../pcm-clip';
import { decimated, timeScaled } from '../time-scale';
import { BANDS, bandPowersOf, framesIn, HOP_MS, type BandPowers } from './band-powers';
import { BLEED_MARGIN, bleedOf, type Bleed } from './bleed';
import { faintLead } from './faint-lead';
import { hiddenLead } from './hidden-lead';
import { noiseFloorOf, type NoiseFloor } from './noise-floor';
import { firstRun, levelsOverNoise, noiseLevelsOf, type SpeechRun } from './speech-run';
import { quantileOf, sustainedPower } from './sound-level';
import { speechEvidence } from './speech-evidence';
import { filledBands, isSpeech, isSteady, levelMoves, type Likeness } from './speech-likeness';
import {
  VOICE_ACTIVITY_FRAME_MS,
  VOICE_ACTIVITY_RATE_HZ,
  type VoiceActivityDetector,
} from './voice-activity';

const { abs, ceil, floor, log10, max, min, round, sqrt } = Math;

/** Where the prompt stands in the sound: it is no reply, nor is its reverberation. */
export interface PromptInSound {
  /** The prompt as played, at any rate. */
  readonly clip: PcmClip;
  /** Where clip sample 0 stands; samples of the sound, fractional. */
  readonly clipAtSample: number;
  readonly onsetAtSample: number;
  readonly offsetAtSample: number;
}

export interface DetectOnsetOptions {
  readonly vad: VoiceActivityDetector;
  /** Undefined: nothing was played that the sound could hold. */
  readonly prompt?: PromptInSound;
  /** Search from here on; what is before counts as noise. Default: the end of the prompt, without one 300 ms. */
  readonly fromSample?: number;
  /** Search up to here; default: the end. */
  readonly toSample?: number;
}

/**
 * `no-floor`: less than 50 ms without speech ahead of the prompt, so that noise is unknown; `no-sound`: nothing rises out of
 * the noise; `no-speech`: what rises is none, by its level, its spectrum or the voice-activity detector; `sounding-before`:
 * speech was there when the search began, so its onset is not in the sound.
 */
export type OnsetMiss = 'no-floor' | 'no-sound' | 'no-speech' | 'sounding-before';

/** Speech in a sound; positions are samples of that sound. */
export interface FoundOnset {
  readonly state: 'found';
  readonly onsetAtSample: number;
  /** One standard uncertainty. */
  readonly uncertaintySamples: number;
  /** First sample after the last speech that can be heard; a room's reverberation belongs to it. */
  readonly endAtSample: number;
  /** Loud part of the speech over the noise in the speech band, dB. */
  readonly overFloorDb: number;
}

export type DetectedOnset = FoundOnset | { readonly state: 'not-found'; readonly reason: OnsetMiss };

/** Without a prompt, this much is taken for noise. */
const DEFAULT_QUIET_MS = 300;
/** Noise has to be seen for this long. */
const LEAST_QUIET_MS = 50;
/** Sound has to lie this far over the noise at all, and its loud part so far. */
const GATE_DB = 4;
const LOUD_OVER_FLOOR_DB = 5;
/** The loud part: the level that this share of all frames above the gate do not exceed. */
const LOUD_SHARE = 0.7;
/** Speech is sure where it is this close to its loud part, and sounds down to so far under it. */
const ANCHOR_UNDER_LOUD_DB = 8;
const SOUND_UNDER_LOUD_DB = 10;
/** Speech begins 35 dB under its active level (annotate.ts): what lies further down is none. */
const SPEECH_RANGE_DB = 38;
/** Ahead of what is sure this much may be speech; earlier frames are noise. */
const GUARD_MS = 200;
/** Speech may begin this much before its level shows it, and a pause in that be so long: a click before it is no part of it. */
const LEAD_MS = 200;
const LONGEST_PAUSE_MS = 60;
/** Sound of one level is noise from this length on: a nasal or a hiss at the beginning of speech is shorter. */
const NEW_NOISE_MS = 150;
/** Level of 20 ms of steady noise scatters less, that of speech and babble more. */
const LEVEL_DEVIATION_DB = 2;
/** Evidence that makes a run of speech, in nats: 100 ms that are beyond doubt. */
const ENOUGH = 20;
/** The gap's noise and that before the prompt are one noise when they differ by less. */
const SAME_NOISE_DB = 2;
/** Likeness is judged on this much sound. */
const JUDGED_MS = 1000;
/** Loud part of what the voice-activity detector is given: it is made for speech of some -20 dBFS. */
const VOICE_LEVEL = 0.1;
/** What that detector hears before the sound that it is asked about: it learns the noise there. */
const VOICE_WARM_UP_MS = 500;
/** Speech before the search: so much sound in the last of the time ahead of it. */
const BEFORE_MS = 300;
const BEFORE_SOUND_MS = 100;
/** Sound that is no speech is passed over, this often at most. */
const TRIES = 8;

const decibels = (power: number): number => 10 * log10(max(Number.MIN_VALUE, power));
const ratio = (db: number): number => 10 ** (db / 10);
const totalOf = (noise: NoiseFloor): number => noise.power.reduce((sum, power) => sum + power, 0);
const range = (from: number, to: number): number[] =>
  Array.from({ length: max(0, to - from) }, (_, n) => from + n);

/** The prompt alone, where it stands in the sound. */
function placed({ clip, clipAtSample }: PromptInSound, sound: PcmClip): PcmClip {
  const samples = new Float32Array(sound.samples.length);
  const at = round(clipAtSample);
  const step = clip.rateHz / sound.rateHz;
  const played =
    step === 1
      ? clip.samples
      : timeScaled(clip.samples, { start: 0, step, lengthSamples: floor(clip.samples.length / step) });
  for (let n = max(0, -at); n < played.length && at + n < samples.length; n++)
    samples[at + n] = played[n] ?? 0;
  return { samples, rateHz: sound.rateHz };
}

/**
 * The end of a walk from `from` to `limit`: where the sum of the evidence was highest, unless a pause comes before.
 * @returns The last frame that belongs to the speech.
 */
function walk(evidence: Float64Array, from: number, limit: number): number {
  const step = limit < from ? -1 : 1;
  let sum = 0;
  let best = 0;
  let at = from;
  for (let frame = from; frame !== limit + step; frame += step) {
    sum += evidence[frame] ?? 0;
    if (sum > best) [best, at] = [sum, frame];
    if (abs(frame - at) > framesIn(LONGEST_PAUSE_MS)) break;
  }
  return at;
}

/** A sound that rises out of the noise. */
interface Rise {
  /** First frame that is likelier speech than noise, and first that is sure. */
  readonly start: number;
  readonly anchor: number;
  /** Frames ahead of the first that belong to it by the level of a longer stretch. */
  readonly faintFrames: number;
  /** Power from which on a frame is sure. */
  readonly sure: number;
  /** First frame that is no longer sure, after the last that was. */
  readonly end: number;
  /** The last frame of the whole. */
  readonly last: number;
  readonly loud: number;
  readonly noise: NoiseFloor;
  /** How far the level of the noise swings, dB. */
  readonly noiseSwingDb: number;
  readonly levels: Float64Array;
}

/** What is known before the search. */
interface Scene {
  readonly heard: BandPowers;
  readonly bleed: Bleed | undefined;
  /** Frames before the prompt. */
  readonly before: readonly number[];
  readonly first: number;
  readonly end: number;
}

/** Power that the prompt may still have in a frame. */
function bleedAt({ bleed }: Scene, frame: number): number {
  let sum = 0;
  for (let band = 0; band < BANDS; band++) sum += bleed?.[frame * BANDS + band] ?? 0;
  return BLEED_MARGIN * sum;
}

/** Frames of the gap in which neither the prompt's reverberation nor a reply is. */
function gapFrames(scene: Scene, noise: NoiseFloor, from: number, anchor: number): number[] {
  const { first } = scene;
  const quiet = totalOf(noise) / 5;
  return range(max(first, from), anchor - framesIn(GUARD_MS)).filter(
    (frame) => bleedAt(scene, frame) < BLEED_MARGIN * quiet,
  );
}

/** Where speech begins to be seen: first against the noise before the prompt, then against that of the gap as well. */
function runFrom(
  scene: Scene,
  from: number,
  noise: NoiseFloor,
  quiet: readonly number[],
  loud: number,
): SpeechRun | undefined {
  const levelsDb = levelsOverNoise(scene.heard, noise, scene.bleed);
  const loudDb = decibels(1 + loud / totalOf(noise));
  const within = { from, to: scene.end, enough: ENOUGH };
  const run = firstRun(levelsDb, noiseLevelsOf(levelsDb, quiet), loudDb, within);
  if (run === undefined) return undefined;
  const gap = gapFrames(scene, noise, from, run.start);
  if (gap.length === 0) return run;
  return firstRun(levelsDb, noiseLevelsOf(levelsDb, [...quiet, ...gap]), loudDb, within);
}

/** True for frames of one level, which speech does not keep, over the noise so far: a pause is no new noise. */
function isNewNoise(heard: BandPowers, frames: readonly number[], known: NoiseFloor): boolean {
  const noise = noiseFloorOf(heard, frames);
  if (decibels(totalOf(noise) / totalOf(known)) < SAME_NOISE_DB) return false;
  return noiseLevelsOf(levelsOverNoise(heard, noise, undefined), frames).deviationDb < LEVEL_DEVIATION_DB;
}

/** The first rise from a frame on; undefined: there is none. */
function nextRise(scene: Scene, from: number, known: NoiseFloor, quiet: readonly number[]): Rise | undefined {
  const { heard, bleed, end } = scene;
  const levels = sustainedPower(heard, known, bleed);
  const floorPower = totalOf(known);
  const gate = floorPower * (ratio(GATE_DB) - 1);
  const loud = quantileOf(
    levels.subarray(from, end).filter((level) => level > gate),
    LOUD_SHARE,
  );
  if (loud < floorPower * ratio(LOUD_OVER_FLOOR_DB)) return undefined;
  // Noise that comes and goes reaches above its mean.
  const noisePeaks =
    2 *
    quantileOf(
      Float64Array.from(quiet, (frame) => levels[frame] ?? 0),
      0.9,
    );
  const sure = max(loud / ratio(ANCHOR_UNDER_LOUD_DB), noisePeaks, gate);
  const found = runFrom(scene, from, known, quiet, loud);
  if (found === undefined) return undefined;
  const { anchor, start: earliestRise } = found;
  let over = anchor;
  while (over < end && (levels[over] ?? 0) < sure) over++;
  const reached = over;
  const between = range(earliestRise + framesIn(LEAST_QUIET_MS), reached - framesIn(GUARD_MS));
  if (between.length >= framesIn(NEW_NOISE_MS) && isNewNoise(heard, between, known)) {
    // Noise was switched on ahead of the speech.
    return nextRise(scene, reached - framesIn(GUARD_MS), noiseFloorOf(heard, between), between);
  }
  let last = end;
  while (last > anchor + 1 && (levels[last - 1] ?? 0) < sure) last--;
  while (over < last && (levels[over] ?? 0) >= sure) over++;

  // The noise of the gap is nearer than what was before the prompt.
  const gap = gapFrames(scene, known, from, anchor);
  const both = [...quiet, ...gap];
  let noise = known;
  if (gap.length >= framesIn(2 * LEAST_QUIET_MS)) {
    const near = noiseFloorOf(heard, gap);
    noise = abs(decibels(totalOf(near) / floorPower)) < SAME_NOISE_DB ? noiseFloorOf(heard, both) : near;
  }
  const least = loud / ratio(SPEECH_RANGE_DB) / BANDS;
  const hearing = { ...noise, power: noise.power.map((power) => max(power, least)) };
  const evidence = speechEvidence(heard, hearing, bleed, both);
  // The way back may lead into the prompt: then the reply began there. It does not lead into what was passed over.
  const earliest = from === scene.first ? 0 : from;
  const start = walk(evidence, anchor, max(earliest, earliestRise - framesIn(LEAD_MS)));
  return {
    start,
    anchor: reached,
    sure,
    end: over,
    last: walk(evidence, last - 1, end - 1),
    loud,
    noise,
    faintFrames: faintLead(heard, { noise, bleed }, both, { start, earliest, leastPower: BANDS * least }),
    noiseSwingDb: noiseLevelsOf(levelsOverNoise(heard, noise, bleed), both).deviationDb,
    levels,
  };
}

/** True when sound as loud as the rise was there before the search began, such as a reply that began in the prompt. */
function soundsBefore({ levels, sure }: Rise, first: number): boolean {
  const loudFrames = levels
    .subarray(max(0, first - framesIn(BEFORE_MS)), first)
    .reduce((sum, level) => sum + (level >= sure ? 1 : 0), 0);
  return loudFrames >= framesIn(BEFORE_SOUND_MS);
}

/** What the rise and the second after it are like. */
function likenessOf({ heard, end }: Scene, rise: Rise, voiced: Uint8Array): Likeness {
  const { start, anchor, levels, loud, noise } = rise;
  const until = min(end, start + framesIn(JUDGED_MS));
  let sounding = 0;
  let lastSounding = anchor;
  for (let frame = anchor; frame < until; frame++) {
    if ((levels[frame] ?? 0) <= loud / ratio(SOUND_UNDER_LOUD_DB)) continue;
    sounding++;
    lastSounding = frame;
  }
  const to = min(until, lastSounding + framesIn(2 * LONGEST_PAUSE_MS));
  const perDecision = VOICE_ACTIVITY_FRAME_MS / HOP_MS;
  const offset = firstHeard(rise);
  const decisions = voiced.subarray(floor(start / perDecision) - offset, ceil(to / perDecision) - offset);
  return {
    ...levelMoves(heard, min(to, start + framesIn(20)), to),
    voiced: decisions.reduce((sum, one) => sum + one, 0) / max(1, decisions.length),
    bands: filledBands(heard, noise, start, to),
    soundMs: sounding * HOP_MS,
  };
}

/** Sound at the rate of the voice-activity detector. */
function inVoiceBand({ samples, rateHz }: PcmClip): Float32Array {
  const step = rateHz / VOICE_ACTIVITY_RATE_HZ;
  if (Number.isInteger(step)) return decimated(samples, step);
  return timeScaled(samples, { start: 0, step, lengthSamples: floor(samples.length / step) });
}

/** First of the detector's frames that it is given. */
const firstHeard = (rise: Rise): number =>
  max(0, floor((rise.start * HOP_MS - VOICE_WARM_UP_MS) / VOICE_ACTIVITY_FRAME_MS));

/** Decisions of the voice-activity detector about a rise and what is ahead of it, brought to the level that it is made for. */
function voiceIn(
  voiceBand: Float32Array,
  rise: Rise,
  { end }: Scene,
  vad: VoiceActivityDetector,
): Uint8Array {
  const samplesPerMs = VOICE_ACTIVITY_RATE_HZ / 1000;
  const to = min(end, rise.start + framesIn(JUDGED_MS) + framesIn(VOICE_ACTIVITY_FRAME_MS));
  const gain = VOICE_LEVEL / sqrt(rise.loud);
  return vad.decide(
    voiceBand
      .subarray(firstHeard(rise) * VOICE_ACTIVITY_FRAME_MS * samplesPerMs, to * HOP_MS * samplesPerMs)
      .map((sample) => gain * sample),
  );
}

/**
 * Where speech of unknown wording begins (measurement.md section 4). Evidence for speech is piled up over the levels of 20 ms, against
 * how the level of noise and of the prompt's own bleed moves: a peak of babble comes to nothing, a first word that is cut off
 * by an underrun still counts when the next comes. What makes such a run is looked at; it counts when its level moves like speech's, more than a tone's share of the band is filled and the
 * voice-activity detector agrees. From there the way goes back to the frame before which noise explains the sound better than
 * speech (largest likelihood, bands of 150 to 7 000 Hz each against their own noise), and further back by the lead that the noise
 * is expected to hide.
 * @param sound - The speaker channel, with 50 ms of its noise ahead of the prompt at least.
 * @returns The onset, annotated as `annotateSpeech` would on a clean recording, or why there is none.
 */
export function detectOnset(sound: PcmClip, { vad, prompt, ...within }: DetectOnsetOptions): DetectedOnset {
  const heard = bandPowersOf(sound);
  const frameAt = (sample: number): number => sample / heard.hopSamples;
  const from =
    within.fromSample ??
    (prompt === undefined ? (DEFAULT_QUIET_MS * sound.rateHz) / 1000 : prompt.offsetAtSample + 1);
  const first = max(0, ceil(frameAt(from)));
  const end = min(heard.frames, floor(frameAt(within.toSample ?? sound.samples.length)));
  const quietTo = prompt === undefined ? first : floor(frameAt(prompt.onsetAtSample));
  const before = range(1, quietTo - 2);
  if (before.length < framesIn(LEAST_QUIET_MS)) return { state: 'not-found', reason: 'no-floor' };
  let noise = noiseFloorOf(heard, before);
  const bleed =
    prompt &&
    bleedOf(heard, bandPowersOf(placed(prompt, sound)), noise, quietTo, ceil(frameAt(prompt.offsetAtSample)));
  const scene: Scene = { heard, bleed, before, first, end };

  const voiceBand = inVoiceBand(sound);
  let reason: OnsetMiss = 'no-sound';
  let searchFrom = first;
  let quiet: readonly number[] = before;
  for (let tries = 0; tries < TRIES && searchFrom < end; tries++) {
    const rise = nextRise(scene, searchFrom, noise, quiet);
    if (rise === undefined) break;
    const likeness = likenessOf(scene, rise, voiceIn(voiceBand, rise, scene, vad));
    if (isSpeech(likeness)) {
      if (rise.start <= first + 1 || soundsBefore(rise, first))
        return { state: 'not-found', reason: 'sounding-before' };
      const overFloorDb = decibels(rise.loud / totalOf(rise.noise));
      const { leadMs, uncertaintyMs } = hiddenLead({
        overNoiseDb: decibels(rise.loud / (totalOf(rise.noise) + bleedAt(scene, rise.start))),
        noiseSwingDb: rise.noiseSwingDb,
        riseMs: (rise.anchor - rise.start) * HOP_MS,
        faintMs: rise.faintFrames * HOP_MS,
      });
      const perMs = sound.rateHz / 1000;
      return {
        state: 'found',
        onsetAtSample: rise.start * heard.hopSamples - leadMs * perMs,
        uncertaintySamples: uncertaintyMs * perMs,
        endAtSample: (rise.last + 1) * heard.hopSamples,
        overFloorDb,
      };
    }
    reason = 'no-speech';
    if (isSteady(likeness)) {
      // Noise was switched on: it is the floor from now on.
      quiet = range(
        rise.anchor + framesIn(LEAST_QUIET_MS),
        min(end, rise.anchor + framesIn(4 * LEAST_QUIET_MS)),
      );
      noise = noiseFloorOf(heard, quiet);
      searchFrom = rise.anchor + framesIn(4 * LEAST_QUIET_MS);
    } else searchFrom = rise.end + 1;
  }
  return { state: 'not-found', reason };
}
