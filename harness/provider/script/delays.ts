import type { Delay } from '../../ports';
import { seededNormal, seededUniform } from '../../units';

/** The normal distribution's 95th percentile, in standard deviations. */
const Z_95 = 1.6448536269514722;

/** Durations of a mock's stages: as long as a scenario says, or as its distribution and seed have it. */
export class Delays {
  private readonly normal: () => number;

  constructor(seed: number) {
    this.normal = seededNormal(seededUniform(seed));
  }

  /** Milliseconds of a stage, this time. A fixed one takes nothing from the sequence. */
  draw(delay: Delay): number {
    if (typeof delay === 'number') return delay;
    const { medianMs, p95Ms } = delay;
    return medianMs * Math.exp((Math.log(p95Ms / medianMs) / Z_95) * this.normal());
  }
}
