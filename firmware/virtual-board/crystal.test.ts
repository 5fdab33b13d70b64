import { Crystal } from './crystal';
import { ManualClock } from './testing/manual-clock';

describe('Crystal', () => {
  it('counts fast by its parts per million, and from 0 after a restart', () => {
    const clock = new ManualClock();
    const crystal = new Crystal(clock, 100);
    clock.advance(60_000);
    expect(crystal.elapsedMs()).toBeCloseTo(60_006, 6);
    crystal.restart();
    expect(crystal.elapsedMs()).toBe(0);
  });

  it('forgets its timers at a restart', () => {
    const clock = new ManualClock();
    const crystal = new Crystal(clock, 0);
    const fired: string[] = [];
    crystal.after(10, () => fired.push('before'));
    crystal.restart();
    crystal.after(10, () => fired.push('after'));
    clock.advance(100);
    expect(fired).toEqual(['after']);
  });

  it('follows steps in their order, each not before its time', () => {
    const clock = new ManualClock();
    const crystal = new Crystal(clock, -40);
    const seen: (readonly [string, number])[] = [];
    const step = (name: string, atMs: number) => ({
      atMs,
      run: () => void seen.push([name, crystal.elapsedMs()]),
    });
    crystal.follow([step('a', 5), step('b', 5), step('c', 877.5)]);
    clock.advance(1_000);
    expect(seen.map(([name]) => name)).toEqual(['a', 'b', 'c']);
    expect(seen[2]![1]).toBeGreaterThanOrEqual(877.5);
  });
});
