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
  const state = { h1: 0, h2: 0, l1: 0, l2: 0 };
  return (samples, from, to) => {
    // Variables of this call: a number that outlives it would be a new object on the heap at each sample.
    let { h1, h2, l1, l2 } = state;
    const { b0: hb0, b1: hb1, b2: hb2, a1: ha1, a2: ha2 } = high;
    const { b0: lb0, b1: lb1, b2: lb2, a1: la1, a2: la2 } = low;
    let energy = 0;
    for (let index = from; index < to; index++) {
      const x = (samples[index] as number) / 32768;
      const y = hb0 * x + h1;
      h1 = hb1 * x - ha1 * y + h2;
      h2 = hb2 * x - ha2 * y;
      const z = lb0 * y + l1;
      l1 = lb1 * y - la1 * z + l2;
      l2 = lb2 * y - la2 * z;
      energy += z * z;
    }
    state.h1 = settled(h1);
    state.h2 = settled(h2);
    state.l1 = settled(l1);
    state.l2 = settled(l2);
    return energy;
  };
}
