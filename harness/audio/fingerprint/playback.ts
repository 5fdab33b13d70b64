import { decimated } from '../time-scale';
import { goOn, type BetweenSteps } from './between-steps';
import { RoomFit } from './room-filter';

const { ceil, floor, max } = Math;

/** Rate of the waveforms that are compared: what two words differ in, they differ in below 4 kHz as well. */
export const WAVE_RATE_HZ = 8000;
/** The template's waveform has this many samples for each that is compared, so that a cubic between them is exact enough. */
export const OVERSAMPLING = 3;

/** How a template was played: heard sample n is template sample `start + n * speed`, both at `WAVE_RATE_HZ`. */
export interface Playback {
  readonly start: number;
  /** 1.02: 2 % faster. */
  readonly speed: number;
}

/**
 * A template as it was played; silent before its first and after its last sample.
 * @param template - At `OVERSAMPLING` times the rate.
 * @param every - Takes each sample (1), each second one (2) and so on; nothing is filtered off.
 */
export function played(
  template: Float32Array,
  { start, speed }: Playback,
  lengthSamples: number,
  every = 1,
): Float32Array {
  const out = new Float32Array(lengthSamples);
  const step = speed * OVERSAMPLING * every;
  const from = start * OVERSAMPLING;
  for (let n = max(0, ceil((1 - from) / step)); n < lengthSamples; n++) {
    const position = from + n * step;
    const at = floor(position);
    if (at + 2 >= template.length) break;
    // Catmull and Rom's cubic.
    const t = position - at;
    const [a, b] = [template[at - 1] as number, template[at] as number];
    const [c, d] = [template[at + 1] as number, template[at + 2] as number];
    out[n] = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  }
  return out;
}

/** One look at the speed: the lower the rate, the further off a speed may be and still explain something. */
interface Look {
  readonly every: number;
  readonly filterMs: number;
  readonly aheadMs: number;
}

/** Below 600 Hz 0.1 % of a clip of 2 s is less than a period; the filter covers a guess that is 30 ms off. */
const coarse: Look = { every: 6, filterMs: 70, aheadMs: 35 };
const fine: Look = { every: 3, filterMs: 80, aheadMs: 35 };
/** Below 2 kHz the best speed shows to some hundred-thousandths, but for the treble of the template that folds over. */
const finer: Look = { every: 2, filterMs: 80, aheadMs: 35 };
/** Where nothing folds over: 0.00009 off is 0.7 samples at the ends of a clip of 2 s, which is no likeness any more where there is no noise. */
const finest: Look = { every: 1, filterMs: 80, aheadMs: 35 };
/** The path through band energies is this far off in speed at most. */
const GUESS_RANGE = 0.016;
const COARSE_STEP = 0.001;
const FINE_RANGE = 0.0015;
const FINE_STEP = 0.0005;
/** Then it is climbed in steps that are halved when no neighbour is better. */
const FINE_CLIMB = [0.00025, 0.00012] as const;
const FINER_CLIMB = [0.00012, 0.00006] as const;
const FINEST_CLIMB = [0.00006, 0.00003] as const;

interface Tried {
  readonly playback: Playback;
  /** Share of what was heard that the template explains, 0 to 1. */
  readonly explained: number;
  readonly directMs: number;
}

type TryPlayback = (playback: Playback) => Tried;

/**
 * The speed at which a recording was played, and where: that at which it explains most of what was heard through a filter,
 * so that reflections stronger than the direct sound do no harm.
 * @param heard - At `WAVE_RATE_HZ`.
 * @param template - At `OVERSAMPLING` times that.
 * @param guess - 1.5 % and 30 ms off at most.
 * @param weights - Of errors per frequency, from 0 Hz to half of `WAVE_RATE_HZ`.
 */
export function findPlayback(
  heard: Float32Array,
  template: Float32Array,
  guess: Playback,
  weights: Float64Array,
  betweenSteps: BetweenSteps = goOn,
): Playback {
  const looker = ({ every, filterMs, aheadMs }: Look): TryPlayback => {
    betweenSteps();
    const slow = decimated(heard, every);
    // Above the band of the slow rate nothing is left of what was heard, but the template was not filtered.
    const slowTemplate = every > OVERSAMPLING ? lowPassed(template, every * OVERSAMPLING) : template;
    const fit = new RoomFit(slow, {
      rateHz: WAVE_RATE_HZ / every,
      filterMs,
      aheadMs,
      weights,
      weightedToHz: WAVE_RATE_HZ / 2,
    });
    return (playback) => {
      betweenSteps();
      return { playback, ...fit.explainedBy(played(slowTemplate, playback, slow.length, every)) };
    };
  };
  // Another speed turns the line about the middle of what was heard, where the guess is best.
  const turned = ({ start, speed }: Playback, off: number): Playback => ({
    speed: speed * (1 + off),
    start: start - (speed * off * heard.length) / 2,
  });
  const tryAround = (look: TryPlayback, from: Playback, range: number, step: number): Tried => {
    let best = look(from);
    for (let off = -range; off <= range + step / 2; off += step) {
      const one = look(turned(from, off));
      if (one.explained > best.explained) best = one;
    }
    return best;
  };
  const climb = (look: TryPlayback, from: Playback, steps: readonly number[]): Tried => {
    let best = look(from);
    for (const off of steps.flatMap((step) => [-step, step])) {
      for (let next = look(turned(best.playback, off)); next.explained > best.explained;) {
        best = next;
        next = look(turned(best.playback, off));
      }
    }
    return best;
  };
  const { playback, directMs } = tryAround(looker(coarse), guess, GUESS_RANGE, COARSE_STEP);
  const { start, speed } = playback;
  const centred = { speed, start: start - (directMs * WAVE_RATE_HZ * speed) / 1000 };
  const around = tryAround(looker(fine), centred, FINE_RANGE, FINE_STEP);
  const near = climb(looker(fine), around.playback, FINE_CLIMB);
  const nearer = climb(looker(finer), near.playback, FINER_CLIMB);
  return climb(looker(finest), nearer.playback, FINEST_CLIMB).playback;
}

/** Zero-phase mean over `width` samples, twice: enough to keep the treble of a voice out of its bass. */
function lowPassed(samples: Float32Array, width: number): Float32Array {
  const mean = (input: Float32Array): Float32Array => {
    const out = new Float32Array(input.length);
    const half = floor(width / 2);
    let sum = 0;
    for (let n = -half; n < input.length; n++) {
      sum += (input[n + half] ?? 0) - (input[n - half - 1] ?? 0);
      if (n >= 0) out[n] = sum / (2 * half + 1);
    }
    return out;
  };
  return mean(mean(samples));
}
