import { correlationPeak, type CorrelationPeak } from './correlation-peak';
import { transformSize } from './spectrum';
import { decimated } from './time-scale';
import { correlationReference, weightedCorrelation, type BandHz } from './weighted-correlation';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { abs, ceil, floor, max, min, round } = Math;

/** What a voice path passes: rooms and hum below, a 16 kHz codec above (measurement.md section 3). */
const PASS_BAND_HZ: BandHz = { low: 150, high: 7000 };
/** The coarse search runs at the whole fraction of the rate that is nearest above this. */
const COARSE_RATE_HZ = 16_000;
/** Room around a coarse candidate: 15 ms for an earlier peak, the rest so that the noise of the correlation is known. */
const MARGIN_MS = 40;
/** Coarse candidates refined at the full rate, and how strong they have to be against the strongest. */
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
}

/** Where a reference was found. `startSample` is fractional: where its sample 0 stands in the sound that was searched. */
export type Location =
  | ({ readonly state: 'found'; readonly startSample: number } & Omit<CorrelationPeak, 'position'>)
  | { readonly state: 'not-found'; readonly bestSignificance: number };

export interface LocateOptions {
  /** First and last + 1 place where the reference may start; default: everywhere, also before and beyond the ends. */
  readonly fromSample?: number;
  readonly toSample?: number;
  readonly bandHz?: BandHz;
  /** `earliest` (default): the direct sound, before a stronger reflection; `strongest`: what to follow a long sound by. */
  readonly path?: 'earliest' | 'strongest';
  /** Least peak over RMS that counts as found; default: 8, and 5.5 when the range is 80 ms or less. */
  readonly leastSignificance?: number;
}

interface Candidate {
  readonly startSample: number;
  readonly height: number;
}

/** Strongest places at the coarse rate, by overlap-save: blocks of at least two references, so cost is linear. */
function coarseCandidates(
  sound: SearchableSound,
  reference: Float32Array,
  [fromSample, toSample]: readonly [number, number],
  band: BandHz,
): Candidate[] {
  const factor = sound.coarseFactor;
  const rateHz = sound.rateHz / factor;
  const coarseReference = decimated(reference, factor);
  const from = floor(fromSample / factor);
  const to = ceil(toSample / factor);
  const size = transformSize(min(2 * coarseReference.length, coarseReference.length + to - from));
  const prepared = correlationReference(coarseReference, { size, rateHz, band });
  const hop = size - coarseReference.length + 1;
  const apart = (MARGIN_MS * rateHz) / 1000;
  const found: Candidate[] = [];
  for (let start = from; start < to; start += hop) {
    const correlation = weightedCorrelation(sound.coarse, start, prepared)?.values;
    if (correlation === undefined) continue;
    const end = min(hop, to - start);
    for (let taken = 0; taken < CANDIDATES; taken++) {
      let best = -1;
      for (let n = 0; n < end; n++) {
        if (abs(correlation[n] ?? 0) > abs(correlation[best] ?? 0)) best = n;
      }
      if (best < 0) break;
      found.push({ startSample: (start + best) * factor, height: abs(correlation[best] ?? 0) });
      correlation.fill(0, max(0, round(best - apart)), round(best + apart));
    }
  }
  found.sort((a, b) => b.height - a.height);
  const strongest = found[0]?.height ?? 0;
  return found.slice(0, CANDIDATES).filter(({ height }) => height > CANDIDATE_FRACTION * strongest);
}

/**
 * Looks for a reference near one place, at the full rate.
 * @param range - Half-open, in samples of the sound; its width decides the size of the transform.
 */
function refine(
  sound: SearchableSound,
  reference: Float32Array,
  [from, to]: readonly [number, number],
  { band, earliest }: { readonly band: BandHz; readonly earliest: boolean },
): CorrelationPeak | undefined {
  const { rateHz } = sound;
  const margin = round((MARGIN_MS * rateHz) / 1000);
  const size = transformSize(reference.length + to - from + 2 * margin);
  const spare = floor((size - reference.length - (to - from)) / 2);
  const start = floor(from) - spare;
  const correlation = weightedCorrelation(
    sound.samples,
    start,
    correlationReference(reference, { size, rateHz, band }),
  );
  if (correlation === undefined) return undefined;
  // Peaks are searched in the range; the noise around them is taken from all of the window.
  const peak = correlationPeak(correlation, {
    search: [max(0, floor(from) - start), ceil(to) - start],
    window: [0, size - reference.length],
    rateHz,
    earliest,
  });
  return peak === undefined ? undefined : { ...peak, position: start + peak.position };
}

/**
 * Finds a known reference in a longer sound of the same rate: weighted cross-correlation within `bandHz` (default 150 to
 * 7 000 Hz), coarse at 16 kHz and then at the full rate, and of the peaks found the earliest significant one, which is the
 * direct sound (measurement.md section 3). Cost is linear in the length of the sound.
 *
 * `not-found` is an answer: silence, noise and other speech give it.
 */
export function locate(
  sound: SearchableSound,
  reference: Float32Array,
  options: LocateOptions = {},
): Location {
  const band = options.bandHz ?? PASS_BAND_HZ;
  const fromSample = max(options.fromSample ?? -Infinity, -reference.length);
  const toSample = min(options.toSample ?? Infinity, sound.samples.length);
  if (reference.length === 0 || toSample <= fromSample) return { state: 'not-found', bestSignificance: 0 };

  const nearby = ((toSample - fromSample) * 1000) / sound.rateHz <= 2 * MARGIN_MS;
  const margin = (MARGIN_MS * sound.rateHz) / 1000;
  const ranges: (readonly [number, number])[] = nearby
    ? [[fromSample, toSample]]
    : coarseCandidates(sound, reference, [fromSample, toSample], band).map(({ startSample }) => [
        max(fromSample, startSample - margin / 2),
        min(toSample, startSample + margin / 2),
      ]);
  const earliest = options.path !== 'strongest';
  const peaks = ranges.flatMap((range) => refine(sound, reference, range, { band, earliest }) ?? []);
  const best = peaks.reduce<CorrelationPeak | undefined>(
    (most, peak) => (most === undefined || peak.coherence > most.coherence ? peak : most),
    undefined,
  );
  const least = options.leastSignificance ?? (nearby ? SIGNIFICANT.confirmed : SIGNIFICANT.searched);
  if (best === undefined || best.significance < least)
    return { state: 'not-found', bestSignificance: best?.significance ?? 0 };
  const { position, ...rest } = best;
  return { state: 'found', startSample: position, ...rest };
}
