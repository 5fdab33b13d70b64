import { derivedSeed, seededNormal, seededUniform } from '../../units';
import { FEWEST_SAMPLES, judgeDrift, thinned } from './judge-drift';
import type { DriftPoint } from './theil-sen';

/** Bytes per hour that matter. */
const BOUND = 1_024;
const TRIALS = 60;

interface Heap {
  readonly samples?: number;
  readonly hours?: number;
  /** Bytes. */
  readonly noise?: number;
  readonly lossPerHour?: number;
  /** How far each value depends on the one before it, 0 to 1. */
  readonly memory?: number;
  /** Shares of the soak at which so many bytes are lost for good. */
  readonly steps?: Readonly<Record<string, number>>;
}

/** Free bytes over a soak, with normal noise that may remember itself. */
function heap(seed: number, made: Heap = {}): DriftPoint[] {
  const { samples = 240, hours = 8, noise = 600, lossPerHour = 0, memory = 0, steps = {} } = made;
  const normal = seededNormal(seededUniform(derivedSeed(seed, 'heap')));
  let wander = 0;
  return Array.from({ length: samples }, (_, n) => {
    const x = (n * hours) / samples;
    wander = memory * wander + Math.sqrt(1 - memory ** 2) * noise * normal();
    const lost = Object.entries(steps).reduce(
      (sum, [at, bytes]) => sum + (n / samples >= Number(at) ? bytes : 0),
      0,
    );
    return { x, y: Math.round(190_000 - lossPerHour * x + wander - lost) };
  });
}

const outcomes = (made: Heap): Record<string, number> => {
  const counts: Record<string, number> = { pass: 0, fail: 0, inconclusive: 0 };
  for (let seed = 1; seed <= TRIALS; seed += 1) {
    const { outcome } = judgeDrift(heap(seed, made), BOUND);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
};

describe('judgeDrift', () => {
  it('finds a leak of four times the smallest that matters, and says how large it is', () => {
    expect(outcomes({ lossPerHour: 4 * BOUND })).toEqual({ pass: 0, fail: TRIALS, inconclusive: 0 });
    const { loss } = judgeDrift(heap(1, { lossPerHour: 4 * BOUND }), BOUND);
    expect(Math.abs(loss!.value / (4 * BOUND) - 1)).toBeLessThan(0.05);
    expect(loss!.lower).toBeLessThan(4 * BOUND);
    expect(loss!.upper).toBeGreaterThan(4 * BOUND);
  });

  it.each<[string, Heap]>([
    ['a heap that keeps its level', { noise: 0 }],
    ['a noisy heap', {}],
    ['a heap of which each sample resembles the one before it', { memory: 0.9 }],
    ['a leak of a quarter of what matters', { lossPerHour: BOUND / 4 }],
  ])('passes %s', (_name, made) => {
    expect(outcomes(made)).toEqual({ pass: TRIALS, fail: 0, inconclusive: 0 });
  });

  it.each([0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95])(
    'passes a cache that is filled once, %d of the way through, and says so',
    (at) => {
      for (const noise of [0, 200]) {
        const { outcome, because } = judgeDrift(heap(7, { noise, steps: { [at]: 20_000 } }), BOUND);
        expect(outcome).toBe('pass');
        if (at === 0.5) expect(because).toBe('once');
      }
    },
  );

  it('fails nothing that falls in some parts only', () => {
    const twice = judgeDrift(heap(3, { steps: { 0.3: 9_000, 0.5: 9_000, 0.7: 9_000 } }), BOUND);
    expect(twice).toMatchObject({ outcome: 'inconclusive', because: 'not-throughout' });
  });

  it('decides nothing in noise that hides what matters', () => {
    const { fail } = outcomes({ noise: 60_000, memory: 0.5 });
    expect(fail).toBe(0);
    expect(judgeDrift(heap(1, { noise: 60_000 }), BOUND)).toMatchObject({
      outcome: 'inconclusive',
      because: 'interval',
    });
  });

  it('seldom fails a heap that loses just what is allowed', () => {
    expect(outcomes({ lossPerHour: BOUND, hours: 24 })['fail']).toBeLessThanOrEqual(TRIALS * 0.05);
  });

  it('needs enough samples, whatever they say', () => {
    const few = heap(1, { samples: FEWEST_SAMPLES - 1, noise: 0, lossPerHour: 100 * BOUND });
    expect(judgeDrift(few, BOUND)).toEqual({ outcome: 'inconclusive', loss: undefined, because: 'too-few' });
    const enough = heap(1, { samples: FEWEST_SAMPLES, noise: 0, lossPerHour: 100 * BOUND });
    expect(judgeDrift(enough, BOUND).outcome).toBe('fail');
  });

  it('finds a leak in boots that are too short to show it by themselves', () => {
    const leaking = heap(5, { lossPerHour: 4 * BOUND, noise: 100 });
    const boots = leaking.map((point, n) => ({
      ...point,
      y: point.y + Math.floor(n / 40) * 6_000,
      group: String(Math.floor(n / 40)),
    }));
    expect(judgeDrift(boots, BOUND).outcome).toBe('fail');
  });
});

describe('thinned', () => {
  it('keeps few points as they are', () => {
    const points = heap(1, { samples: 10 });
    expect(thinned(points, 10)).toBe(points);
  });

  it('takes medians of neighbours, none across groups', () => {
    const points = [1, 2, 100, 4, 5, 6].map((y, x) => ({ x, y, group: x < 3 ? 'a' : 'b' }));
    expect(thinned(points, 2)).toEqual([
      { x: 1, y: 2, group: 'a' },
      { x: 4, y: 5, group: 'b' },
    ]);
  });
});
