/** Filters samples [from, to) of a 16-bit block, keeping its state, and gives back their energy; full scale is ±1. */
export type Filter = (samples: Int16Array, from: number, to: number) => number;

interface Section {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** Second-order Butterworth sections after the RBJ audio EQ cookbook. */
function section(kind: 'low' | 'high', cornerHz: number, rateHz: number): Section {
  const w = (2 * Math.PI * cornerHz) / rateHz;
  const alpha = Math.sin(w) / Math.SQRT2;
  const cos = Math.cos(w);
  const a0 = 1 + alpha;
  const sign = kind === 'low' ? 1 : -1;
  const edge = (1 - sign * cos) / 2 / a0;
  return { b0: edge, b1: 2 * sign * edge, b2: edge, a1: (-2 * cos) / a0, a2: (1 - alpha) / a0 };
}

/**
 * What a filter remembers below this, 300 dB under the last bit of a sample, is nothing. In digital silence it would sink to
 * numbers that are so small (subnormal) that processors take many times as long over them.
 */
const NOTHING = 1e-20;
const settled = (state: number): number => (state < NOTHING && state > -NOTHING ? 0 : state);

/** A second-order high-pass and low-pass in a row. */
export function bandPass(lowHz: number, highHz: number, rateHz: number): Filter {
  const high = section('high', lowHz, rateHz);
  const low = section('low', highHz, rateHz);
  let h1 = 0;
  let h2 = 0;
  let l1 = 0;
  let l2 = 0;
  return (samples, from, to) => {
    let energy = 0;
    for (let index = from; index < to; index++) {
      const x = (samples[index] as number) / 32768;
      const y = high.b0 * x + h1;
      h1 = high.b1 * x - high.a1 * y + h2;
      h2 = high.b2 * x - high.a2 * y;
      const z = low.b0 * y + l1;
      l1 = low.b1 * y - low.a1 * z + l2;
      l2 = low.b2 * y - low.a2 * z;
      energy += z * z;
    }
    h1 = settled(h1);
    h2 = settled(h2);
    l1 = settled(l1);
    l2 = settled(l2);
    return energy;
  };
}
