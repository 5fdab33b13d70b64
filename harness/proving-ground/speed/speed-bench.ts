import { readFileSync } from 'node:fs';
import {
  fingerprintTemplate,
  locate,
  readWav,
  recogniseUtterance,
  SearchableSound,
  type FingerprintTemplate,
} from '../../audio';
import { loadCorpus } from '../../corpus';
import { measureTurn } from '../../measurement';
import type { SpeechClip } from '../../ports';
import { seededNormal, seededUniform } from '../../units';
import type { Spoken } from '../simulation/spoken';
import { syntheticTurn, type SyntheticTurn } from '../simulation/synthetic-turn';
import { openScipy } from './scipy';

/** A bound on speed, and what was seen. */
export interface SpeedTarget {
  readonly name: string;
  /** null: it could not be measured here. */
  readonly value: number | null;
  readonly unit: string;
  /** At most. */
  readonly bound: number;
  readonly ok: boolean;
  /** Why it could not be measured here; then it is neither kept nor missed. */
  readonly skipped?: string;
}

/** What `npm run bench` writes. */
export interface SpeedReport {
  readonly targets: readonly SpeedTarget[];
  /** What no target bounds. Medians in ms where the name does not say otherwise. */
  readonly figures: Readonly<Record<string, number>>;
}

const RATE_HZ = 48_000;
const SOUND_MS = 10_000;
const REFERENCE_MS = 2_000;
const REFERENCE_AT_SAMPLE = 200_000;
/** Not slower than SciPy. */
const MOST_OF_SCIPY = 1;
/** Whole-turn analysis, percent of the turn's duration. */
const MOST_OF_TURN = 5;
/** Each is measured this often after the first few, which compile. */
const REPEATS = 31;
const CPU_REPEATS = 9;
const WARM_UP = 5;
/** Turns of about 6 s, half of them as hard as a bench is allowed to be. */
const TURNS = 6;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

async function elapsedMs(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Median of the processor time that work takes, all threads together: what else the machine does is not counted. */
async function medianCpuMs(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + CPU_REPEATS; n++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    if (n >= WARM_UP) times.push((user + system) / 1000);
  }
  return median(times);
}

function spokenOf(clip: SpeechClip): Spoken {
  const { channels, rateHz } = readWav(readFileSync(clip.path));
  return { clip, sound: { samples: channels[0] ?? new Float32Array(), rateHz } };
}

/** A reference of 2 s hidden 10 dB under the noise of a sound of 10 s. */
function searched(): { readonly samples: Float32Array; readonly reference: Float32Array } {
  const normal = seededNormal(seededUniform(11));
  const reference = Float32Array.from({ length: (REFERENCE_MS * RATE_HZ) / 1000 }, () => 0.03 * normal());
  const samples = Float32Array.from({ length: (SOUND_MS * RATE_HZ) / 1000 }, () => 0.1 * normal());
  for (const [n, value] of reference.entries())
    samples[REFERENCE_AT_SAMPLE + n] = (samples[REFERENCE_AT_SAMPLE + n] ?? 0) + value;
  return { samples, reference };
}

async function locating(): Promise<SpeedReport> {
  const { samples, reference } = searched();
  const search = (): void => {
    const found = locate(new SearchableSound(samples, RATE_HZ), reference);
    if (found.state === 'not-found' || Math.abs(found.startSample - REFERENCE_AT_SAMPLE) > 0.5)
      throw new Error('The reference was not found in its place: its time is worth nothing.');
  };
  const scipy = await openScipy({ soundSamples: samples.length, referenceSamples: reference.length });
  const name = 'locating 2 s in 10 s at 48 kHz, as a multiple of SciPy';
  const target = { name, unit: '×', bound: MOST_OF_SCIPY };
  try {
    const times: number[] = [];
    const scipyTimes: number[] = [];
    // In turns: what else the machine does slows both down alike.
    for (let n = 0; n < WARM_UP + REPEATS; n++) {
      const took = await elapsedMs(search);
      const scipyTook = (await scipy?.correlateMs()) ?? NaN;
      if (n < WARM_UP) continue;
      times.push(took);
      scipyTimes.push(scipyTook);
    }
    const figures = { 'locating 2 s in 10 s at 48 kHz': median(times) };
    if (scipy === undefined) {
      const skipped = 'python3 with scipy is not on this machine';
      return { targets: [{ ...target, value: null, ok: false, skipped }], figures };
    }
    const value = median(times) / median(scipyTimes);
    return {
      targets: [{ ...target, value, ok: value <= MOST_OF_SCIPY }],
      figures: { ...figures, [`SciPy ${scipy.version} for the same`]: median(scipyTimes) },
    };
  } finally {
    scipy?.close();
  }
}

function turnsOf(prompts: readonly Spoken[], replies: readonly Spoken[]): SyntheticTurn[] {
  const long = replies.filter(({ clip }) => clip.lengthSamples / clip.rateHz >= 2);
  return Array.from({ length: TURNS }, (_, seed) => {
    const [prompt, reply] = [prompts[(seed * 7) % prompts.length], long[(seed * 3) % long.length]];
    if (prompt === undefined || reply === undefined) throw new Error('The corpus has no speech.');
    const hard = { snrDb: 10, room: { rt60Ms: 400, directToReverberantDb: 0 }, boardPpm: 200 };
    return syntheticTurn({ seed, prompt, reply, ...(seed % 2 === 0 ? { snrDb: 30 } : hard) });
  });
}

async function analysing(prompts: readonly Spoken[], replies: readonly Spoken[]): Promise<SpeedReport> {
  const shares: number[] = [];
  const took: number[] = [];
  const durations: number[] = [];
  for (const { record, sound } of turnsOf(prompts, replies)) {
    const durationMs = record.endedAtHostMs - record.startedAtHostMs;
    const analysisMs = await medianCpuMs(() => measureTurn(record, sound));
    shares.push((100 * analysisMs) / durationMs);
    took.push(analysisMs);
    durations.push(durationMs);
  }
  const value = median(shares);
  return {
    targets: [
      {
        name: 'analysis of a whole turn, part of its duration',
        value,
        unit: '%',
        bound: MOST_OF_TURN,
        ok: value <= MOST_OF_TURN,
      },
    ],
    figures: {
      'analysis of a whole turn': median(took),
      'duration of that turn': median(durations),
      'analysis of the slowest turn, % of its duration': Math.max(...shares),
    },
  };
}

async function recognising(prompts: readonly Spoken[]): Promise<SpeedReport> {
  const templates = prompts.map<FingerprintTemplate>(({ clip, sound }) =>
    fingerprintTemplate({ ...clip, samples: sound.samples, rateHz: sound.rateHz }),
  );
  const multiples: number[] = [];
  const took: number[] = [];
  for (const { clip, sound } of prompts.filter((_, index) => index % 10 === 0)) {
    const recognitionMs = await medianCpuMs(() => recogniseUtterance(templates, sound, clip.onsetSample));
    multiples.push((clip.lengthSamples * 1000) / clip.rateHz / recognitionMs);
    took.push(recognitionMs);
  }
  return {
    targets: [],
    figures: {
      'recognising one utterance': median(took),
      'templates that it is compared with': templates.length,
      'recognition, times faster than real time': median(multiples),
    },
  };
}

/**
 * How fast sound is analysed, on one core: locating a reference beside SciPy in the same run, a whole turn, and one utterance
 * recognised. Takes some 20 s. Clips are read before anything is timed.
 * @param corpusFolder - Holds `prompts/` and `replies/`.
 */
export async function benchSpeed(corpusFolder: string): Promise<SpeedReport> {
  const corpus = loadCorpus(corpusFolder);
  const prompts = [...corpus.prompts.values()].filter(({ recognisable }) => recognisable !== false);
  const spoken = prompts.map(spokenOf);
  const parts = [
    await locating(),
    await analysing(spoken, [...corpus.replies.values()].map(spokenOf)),
    await recognising(spoken),
  ];
  return {
    targets: parts.flatMap(({ targets }) => targets),
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)) as Record<string, number>,
  };
}
