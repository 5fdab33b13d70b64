import { correlationPeak, type CorrelationPeak } from './correlation-peak';
import { transformSize } from './spectrum';
import { decimated } from './time-scale';
import {
  correlationReference,
  weightedCorrelation,
  type BandHz,
  type CorrelationReference,
} from './weighted-correlation';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { abs, ceil, floor, max, min, round } = Math;

/** What a voice path passes: rooms and hum below, a 16 kHz codec above (measurement.md section 3). */
const PASS_BAND_HZ: BandHz = { low: 150, high: 7000 };
/**
 * The search runs at the whole fraction of the rate that is nearest above this: it carries all of the pass band, so that
 * nothing is lost; peaks are read between its samples.
 */
const COARSE_RATE_HZ = 16_000;
/** Room around a coarse candidate: 15 ms for an earlier peak, the rest so that the noise of the correlation is known. */
const MARGIN_MS = 40;
/** Candidates looked at closely, each in a window of its own, and how strong they have to be against the strongest. */
const CANDIDATES = 3;
const CANDIDATE_FRACTION = 0.6;
/**
 * Least peak over RMS. Noise reaches √(2 ln n): 4.9 over n = 160 000 positions (10 s at 16 kHz), 3.9 over 2 000; other
 * speech reaches more. See locate.test.ts.
 */
const SIGNIFICANT = { searched: 8, confirmed: 5.5 } as const;

/** Sound in which references are looked for; what several searches share is worked out once. */
export class SearchableSound {
  private coarseSamples: Float32Array | undefined;
  private holds: boolean | undefined;

  constructor(
    readonly samples: Float32Array,
    readonly rateHz: number,
  ) {}

  /** Full-rate samples per coarse sample. */
  get coarseFactor(): number {
    return max(1, floor(this.rateHz / COARSE_RATE_HZ));
  }

  get coarse(): Float32Array {
    this.coarseSamples ??= decimated(this.samples, this.coarseFactor);
    return this.coarseSamples;
  }

  /**
   * False when a sample is NaN or infinite, or all are the same: a converter that is stuck. Nothing is in it then, but its
   * first and last sample are steps, and a step has something of everything.
   */
  get holdsSound(): boolean {
    this.holds ??= isFinite(this.samples) && !isConstant(this.samples);
    return this.holds;
  }
}

/** A sum that takes in every sample is finite exactly when they are. */
function isFinite(samples: Float32Array): boolean {
  let sum = 0;
  for (let n = 0; n < samples.length; n++) sum += samples[n] ?? 0;
  return sum - sum === 0;
}

function isConstant(samples: Float32Array): boolean {
  const first = samples[0];
  for (let n = 1; n < samples.length; n++) if (samples[n] !== first) return false;
  return true;
}

/** Where a reference was found. `startSample` is fractional: where its sample 0 stands in the sound that was searched. */
export type Location =
  | ({ readonly state: 'found'; readonly startSample: number } & Omit<CorrelationPeak, 'position'>)
  | { readonly state: 'not-found'; readonly bestSignificance: number };

export interface LocateOptions {
  /** First and last + 1 place where the reference may start; default: everywhere, also before and beyond the ends. */
  readonly fromSample?: number;
  readonly toSample?: number;
  /** Default 150 to 7 000 Hz, which is also the most. */
  readonly bandHz?: BandHz;
  /** `earliest` (default): the direct sound, before a stronger reflection; `strongest`: what to follow a long sound by. */
  readonly path?: 'earliest' | 'strongest';
  /** Least peak over RMS that counts as found; default: 8, and 5.5 when the range is 80 ms or less. */
  readonly leastSignificance?: number;
}

/** Half-open, in coarse samples of the sound. */
type Range = readonly [number, number];

interface Candidate {
  /** Coarse sample. */
  readonly at: number;
  readonly height: number;
}

/** A reference at the coarse rate, made ready for each size of window once. */
class SoughtReference {
  private readonly prepared = new Map<number, CorrelationReference>();

  constructor(
    readonly samples: Float32Array,
    readonly rateHz: number,
    private readonly band: BandHz,
  ) {}

  ofSize(size: number): CorrelationReference {
    const known = this.prepared.get(size);
    if (known !== undefined) return known;
    const made = correlationReference(this.samples, { size, rateHz: this.rateHz, band: this.band });
    this.prepared.set(size, made);
    return made;
  }
}

/** Share of a reference that lies within the sound: a match of its first few samples with the sound's last ones is worth little. */
function shareWithin(at: number, referenceLength: number, soundLength: number): number {
  return (min(referenceLength, soundLength - at) - max(0, -at)) / referenceLength;
}

/** Strongest places, by overlap-save: blocks of at least two references, so cost is linear. Coarse samples, as below. */
function candidatesOf(coarse: Float32Array, reference: SoughtReference, [from, to]: Range): Candidate[] {
  const { length } = reference.samples;
  const [first, end] = [floor(from), ceil(to)];
  const prepared = reference.ofSize(transformSize(min(2 * length, length + end - first)));
  const hop = prepared.size - length + 1;
  const apart = (MARGIN_MS * reference.rateHz) / 1000;
  const found: Candidate[] = [];
  let strongest = 0;
  for (let start = first; start < end; start += hop) {
    const correlation = weightedCorrelation(coarse, start, prepared)?.values;
    if (correlation === undefined) continue;
    const count = min(hop, end - start);
    for (let taken = 0; taken < CANDIDATES; taken++) {
      let best = -1;
      let highest = 0;
      for (let n = 0; n < count; n++) {
        const height = abs(correlation[n] ?? 0);
        if (height > highest) [best, highest] = [n, height];
      }
      if (best < 0 || highest < CANDIDATE_FRACTION * strongest) break;
      const height = highest * shareWithin(start + best, length, coarse.length);
      strongest = max(strongest, height);
      found.push({ at: start + best, height });
      correlation.fill(0, max(0, round(best - apart)), round(best + apart));
    }
  }
  found.sort((a, b) => b.height - a.height);
  return found.slice(0, CANDIDATES).filter(({ height }) => height > CANDIDATE_FRACTION * strongest);
}

/** Looks for a reference in a range, in a window just large enough. */
function refine(
  coarse: Float32Array,
  reference: SoughtReference,
  [from, to]: Range,
  earliest: boolean,
): CorrelationPeak | undefined {
  const { rateHz } = reference;
  const { length } = reference.samples;
  const margin = round((MARGIN_MS * rateHz) / 1000);
  const size = transformSize(length + to - from + 2 * margin);
  const spare = floor((size - length - (to - from)) / 2);
  const start = floor(from) - spare;
  const correlation = weightedCorrelation(coarse, start, reference.ofSize(size));
  if (correlation === undefined) return undefined;
  // Peaks are searched in the range; the noise around them is taken from all of the window.
  const peak = correlationPeak(correlation, {
    search: [max(0, from - start), to - start],
    window: [0, size - length],
    rateHz,
    earliest,
  });
  return peak === undefined ? undefined : { ...peak, position: start + peak.position };
}

/**
 * Finds a known reference in a longer sound of the same rate: weighted cross-correlation within `bandHz` (default 150 to
 * 7 000 Hz), first everywhere and then closely around the best places, and of the peaks found the earliest significant one,
 * which is the direct sound (measurement.md section 3). Cost is linear in the length of the sound.
 *
 * `not-found` is an answer: silence, noise and other speech give it, and sound with samples that are no numbers.
 */
export function locate(
  sound: SearchableSound,
  reference: Float32Array,
  options: LocateOptions = {},
): Location {
  const band = options.bandHz ?? PASS_BAND_HZ;
  const fromSample = max(options.fromSample ?? -Infinity, -reference.length);
  const toSample = min(options.toSample ?? Infinity, sound.samples.length);
  const nowhere = reference.length === 0 || toSample <= fromSample;
  if (nowhere || !sound.holdsSound || !isFinite(reference))
    return { state: 'not-found', bestSignificance: 0 };

  const { coarse, coarseFactor: factor } = sound;
  const rateHz = sound.rateHz / factor;
  const sought = new SoughtReference(decimated(reference, factor), rateHz, band);
  const within: Range = [fromSample / factor, toSample / factor];
  const nearby = ((within[1] - within[0]) * 1000) / rateHz <= 2 * MARGIN_MS;
  const beside = (MARGIN_MS * rateHz) / 2000;
  const ranges: Range[] = nearby
    ? [within]
    : candidatesOf(coarse, sought, within).map(({ at }) => [
        max(within[0], at - beside),
        min(within[1], at + beside),
      ]);
  const earliest = options.path !== 'strongest';
  const peaks = ranges.flatMap((range) => refine(coarse, sought, range, earliest) ?? []);
  const worth = ({ coherence, position }: CorrelationPeak): number =>
    coherence * shareWithin(position, sought.samples.length, coarse.length);
  const best = peaks.reduce<CorrelationPeak | undefined>(
    (most, peak) => (most === undefined || worth(peak) > worth(most) ? peak : most),
    undefined,
  );
  const least = options.leastSignificance ?? (nearby ? SIGNIFICANT.confirmed : SIGNIFICANT.searched);
  if (best === undefined || best.significance < least)
    return { state: 'not-found', bestSignificance: best?.significance ?? 0 };
  const { position, uncertaintySamples, ...rest } = best;
  return {
    state: 'found',
    startSample: position * factor,
    ...rest,
    uncertaintySamples: uncertaintySamples * factor,
  };
}
