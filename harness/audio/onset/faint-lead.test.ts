import { BANDS, framesIn, type BandPowers } from './band-powers';
import { faintLead } from './faint-lead';

const FRAMES = 600;
const START = 500;

const random = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
  return (seed >>> 0) / 2 ** 32;
};

/** Noise of mean power 1 in every band, `gainAt` times as loud; each power is a mean of four exponential ones. */
function noisy(seed: number, gainAt: (frame: number) => number): BandPowers {
  const uniform = random(seed);
  const powers = Float64Array.from({ length: FRAMES * BANDS }, (_, index) => {
    let sum = 0;
    for (let n = 0; n < 4; n++) sum -= Math.log(1 - uniform()) / 4;
    return sum * gainAt(Math.floor(index / BANDS));
  });
  return { powers, frames: FRAMES, hopSamples: 120 };
}

const noise = { power: new Float64Array(BANDS).fill(1), shape: new Float64Array(BANDS).fill(4) };
const quiet = Array.from({ length: 350 }, (_, n) => n + 10);
const leadOf = (heard: BandPowers, earliest = 0, leastPower = 0): number =>
  faintLead(heard, { noise, bleed: undefined }, quiet, { start: START, earliest, leastPower });

describe('faintLead', () => {
  it.each([25, 40, 60])('finds %d ms that lift the level of the noise by a half', (lengthMs) => {
    const errors = Array.from({ length: 21 }, (_, seed) => {
      const frames = leadOf(noisy(seed, (frame) => (frame >= START - framesIn(lengthMs) ? 1.5 : 1)));
      return Math.abs(frames - framesIn(lengthMs));
    }).sort((a, b) => a - b);
    expect(errors[10]).toBeLessThanOrEqual(framesIn(7.5));
    expect(errors[18]).toBeLessThanOrEqual(framesIn(25));
  });

  it('sees no lead in noise alone', () => {
    const leads = Array.from({ length: 100 }, (_, seed) => leadOf(noisy(seed + 100, () => 1)));
    expect(leads.filter((frames) => frames > 0).length).toBeLessThanOrEqual(3);
  });

  it('takes noise that has become louder long before for no lead', () => {
    expect(leadOf(noisy(7, (frame) => (frame >= START - framesIn(200) ? 1.5 : 1)))).toBe(0);
  });

  it('leaves out what is too faint for speech', () => {
    const heard = noisy(3, (frame) => (frame >= START - framesIn(40) ? 3 : 1));
    expect(leadOf(heard, 0, BANDS)).toBeGreaterThan(0);
    expect(leadOf(heard, 0, 4 * BANDS)).toBe(0);
  });

  it('does not lead into what was passed over', () => {
    const heard = noisy(3, (frame) => (frame >= START - framesIn(60) ? 1.5 : 1));
    expect(leadOf(heard, START - framesIn(30))).toBeLessThanOrEqual(framesIn(30));
  });

  it('says nothing without noise to compare with', () => {
    const heard = noisy(3, (frame) => (frame >= START - framesIn(60) ? 5 : 1));
    const few = { start: START, earliest: 0, leastPower: 0 };
    expect(faintLead(heard, { noise, bleed: undefined }, [1, 2, 3], few)).toBe(0);
  });
});
