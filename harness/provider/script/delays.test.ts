import { Delays } from './delays';

const spread = { medianMs: 200, p95Ms: 900 };

it('leaves fixed delays as they are', () => {
  const delays = new Delays(1);
  expect([delays.draw(0), delays.draw(150)]).toEqual([0, 150]);
});

it('draws from a log-normal with the median and the 95th percentile of the scenario', () => {
  const delays = new Delays(7);
  const drawn = Array.from({ length: 20_000 }, () => delays.draw(spread)).sort((a, b) => a - b);
  expect(drawn[10_000]).toBeGreaterThan(195);
  expect(drawn[10_000]).toBeLessThan(205);
  expect(drawn[19_000]).toBeGreaterThan(860);
  expect(drawn[19_000]).toBeLessThan(940);
});

it('repeats itself with the same seed only', () => {
  const three = (seed: number): number[] => {
    const delays = new Delays(seed);
    return [delays.draw(spread), delays.draw(spread), delays.draw(spread)];
  };
  expect(three(3)).toEqual(three(3));
  expect(three(3)).not.toEqual(three(4));
});
