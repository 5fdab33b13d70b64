import { leastBurst } from '../../../ports';
import { seededUniform } from '../../../units';
import { LossChain } from './loss-chain';

const N = 200_000;
/** Four deviations: one test in 16 000 would miss them by chance, and these have fixed seeds. */
const SIGMAS = 4;

function lossesOf(loss: { readonly rate: number; readonly burst?: number }, seed = 7): boolean[] {
  const chain = new LossChain(seededUniform(seed));
  return Array.from({ length: N }, () => chain.next(loss));
}

function runsOf(losses: readonly boolean[]): number[] {
  const runs: number[] = [];
  let run = 0;
  for (const isLost of [...losses, false]) {
    if (isLost) run += 1;
    else if (run > 0) {
      runs.push(run);
      run = 0;
    }
  }
  return runs;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each([
  [0.05, 3],
  [0.05, 10],
  [0.2, 4],
  [0.01, 2],
  [0.6, 5],
])('a chain that loses %d in runs of %d', (rate, burst) => {
  const losses = lossesOf({ rate, burst });
  const runs = runsOf(losses);

  it('loses that share', () => {
    // A chain's share varies more than a coin's, by what its neighbours have in common.
    const inCommon = 1 - 1 / burst - rate / burst / (1 - rate);
    const deviation = Math.sqrt((rate * (1 - rate) * (1 + inCommon)) / (1 - inCommon) / N);
    const seen = losses.filter(Boolean).length / N;
    expect(Math.abs(seen - rate)).toBeLessThan(SIGMAS * deviation);
  });

  it('has runs of that mean, geometric', () => {
    const deviation = Math.sqrt(burst * burst - burst) / Math.sqrt(runs.length);
    expect(Math.abs(mean(runs) - burst)).toBeLessThan(SIGMAS * deviation);
    // Pearson's test over lengths 1 to 9 and the rest: 27.9 is exceeded by chance in one of a thousand.
    const share = (length: number): number => (1 - 1 / burst) ** (length - 1) / burst;
    const wanted = Array.from({ length: 9 }, (_, n) => share(n + 1));
    const expected = [...wanted, 1 - wanted.reduce((sum, part) => sum + part, 0)];
    const pearson = expected.reduce((sum, part, n) => {
      const seen = runs.filter((run) => (n < 9 ? run === n + 1 : run > 9)).length;
      return sum + (seen - part * runs.length) ** 2 / (part * runs.length);
    }, 0);
    expect(pearson).toBeLessThan(27.9);
  });
});

it('loses independently where no run is stated', () => {
  const rate = 0.1;
  const losses = lossesOf({ rate });
  const deviation = Math.sqrt((rate * (1 - rate)) / N);
  expect(Math.abs(losses.filter(Boolean).length / N - rate)).toBeLessThan(SIGMAS * deviation);
  const afterLoss = losses.slice(1).filter((_, n) => losses[n]);
  const ofThose = Math.sqrt((rate * (1 - rate)) / afterLoss.length);
  expect(Math.abs(afterLoss.filter(Boolean).length / afterLoss.length - rate)).toBeLessThan(SIGMAS * ofThose);
});

it.each([
  ['nothing at 0', { rate: 0 }, 0],
  ['nothing at 0 with runs', { rate: 0, burst: 5 }, 0],
  ['all at 1', { rate: 1 }, N],
  ['all at 1 with runs', { rate: 1, burst: 5 }, N],
])('loses %s', (_, loss, lost) => {
  expect(lossesOf(loss).filter(Boolean)).toHaveLength(lost);
});

it('knows the shortest runs that a rate can have', () => {
  expect([0, 0.05, 0.5, 0.75, 1].map(leastBurst)).toEqual([1, 1, 1, 3, Infinity]);
  // At the shortest, exactly one passes between two runs.
  const losses = lossesOf({ rate: 0.75, burst: 3 });
  expect(runsOf(losses.map((isLost) => !isLost)).every((run) => run === 1)).toBe(true);
});

it('meets each datagram as it is on average, from the first on', () => {
  const firsts = Array.from({ length: 20_000 }, (_, seed) =>
    new LossChain(seededUniform(seed)).next({ rate: 0.3, burst: 8 }),
  );
  expect(Math.abs(firsts.filter(Boolean).length / 20_000 - 0.3)).toBeLessThan(
    SIGMAS * Math.sqrt((0.3 * 0.7) / 20_000),
  );
});
