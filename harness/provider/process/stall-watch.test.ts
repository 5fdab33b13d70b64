import type { Clock } from '../../ports';
import { StallWatch } from './stall-watch';

/** A clock whose one timer comes when a test says, however late. */
function lateClock() {
  let nowMs = 0;
  let due: (() => void) | undefined;
  const clock: Clock = {
    nowMs: () => nowMs,
    after: (delayMs, callback) => {
      expect(delayMs).toBe(20);
      due = callback;
      return () => void (due = undefined);
    },
  };
  const passTo = (atMs: number): void => void (nowMs = atMs);
  const beatAt = (atMs: number): void => {
    passTo(atMs);
    due?.();
  };
  return { clock, passTo, beatAt, isWaiting: () => due !== undefined };
}
const all = { fromHostAtMs: -Infinity, toHostAtMs: Infinity };

describe('StallWatch', () => {
  it('keeps by how much a beat came late, from 40 ms on, from when it was due', () => {
    const { clock, beatAt } = lateClock();
    const watch = new StallWatch(clock);
    // Late by nothing, by 39.9 ms, by 40 ms and, behind one in time, by 1.2 s.
    for (const atMs of [20, 79.9, 139.9, 159.9, 1_379.9]) beatAt(atMs);
    expect(watch.between(all)).toEqual([
      { fromHostAtMs: expect.closeTo(99.9, 6) as number, lengthMs: expect.closeTo(40, 6) as number },
      { fromHostAtMs: expect.closeTo(179.9, 6) as number, lengthMs: expect.closeTo(1_200, 6) as number },
    ]);
  });

  it('knows of a stall that has just ended when it is asked before its beat, and counts it once', () => {
    const { clock, passTo, beatAt } = lateClock();
    const watch = new StallWatch(clock);
    passTo(520);
    const stall = { fromHostAtMs: 20, lengthMs: 500 };
    expect(watch.between(all)).toEqual([stall]);
    beatAt(521);
    beatAt(541);
    expect(watch.between(all)).toEqual([stall]);
  });

  it('tells the stalls that reach into a stretch', () => {
    const { clock, beatAt } = lateClock();
    const watch = new StallWatch(clock);
    beatAt(120);
    const between = (fromHostAtMs: number, toHostAtMs: number) =>
      watch.between({ fromHostAtMs, toHostAtMs }).length;
    expect([between(0, 20), between(0, 21), between(119, 200), between(120, 200)]).toEqual([0, 1, 1, 0]);
  });

  it('waits for nothing once it is stopped', () => {
    const { clock, beatAt, isWaiting } = lateClock();
    const watch = new StallWatch(clock);
    beatAt(20);
    expect(isWaiting()).toBe(true);
    watch.stop();
    expect(isWaiting()).toBe(false);
  });
});
