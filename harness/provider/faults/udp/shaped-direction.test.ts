import { ManualClock } from '../../../board/__fixtures__/manual-clock';
import type { DirectionShape } from '../../../ports';
import { factsOf } from './link-log';
import { ShapedDirection } from './shaped-direction';

const rtp = Buffer.from([0x80, 111, 0, 1]);

function speaking(shape: DirectionShape, count: number, everyMs = 20) {
  const clock = new ManualClock();
  const direction = new ShapedDirection(clock, 5);
  const arrivals: { readonly n: number; readonly atMs: number }[] = [];
  for (let n = 0; n < count; n++) {
    direction.pass(rtp, shape, false, () => arrivals.push({ n, atMs: clock.nowMs() }));
    clock.advance(everyMs);
  }
  return { clock, direction, arrivals };
}

it('hands on at once what is not to wait', () => {
  const { arrivals, clock } = speaking({}, 3);
  expect(arrivals).toEqual([
    { n: 0, atMs: 0 },
    { n: 1, atMs: 20 },
    { n: 2, atMs: 40 },
  ]);
  expect(clock.pendingCount).toBe(0);
});

it('hands on in the order of their times what is held, counts what was overtaken and what comes twice', () => {
  const shape = { delayMs: 30, reorder: { rate: 0.2, byMs: 50 }, duplicate: { rate: 0.2 } };
  const { arrivals, clock, direction } = speaking(shape, 200);
  clock.advance(1000);
  const times = arrivals.map(({ atMs }) => atMs);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const { reordered, duplicated, delayed, delayMs } = factsOf(direction.between());
  expect(arrivals).toHaveLength(200 + duplicated);
  const firsts = [...new Set(arrivals.map(({ n }) => n))];
  // As a receiver counts: behind one that was sent later.
  const late = firsts.filter((n, place) => firsts.slice(0, place).some((before) => before > n));
  expect(reordered).toBe(late.length);
  expect(reordered).toBeGreaterThan(20);
  expect([delayed, delayMs?.max]).toEqual([200, 80]);
});

it('holds no more than it may, and loses what waits when it is closed', () => {
  const { direction, arrivals, clock } = speaking({ delayMs: 1e6 }, 4100, 0);
  expect(factsOf(direction.between())).toMatchObject({ overflowed: 100, audioLost: 100 });
  direction.close();
  clock.advance(2e6);
  expect(arrivals).toEqual([]);
});

it('loses all while it is cut, whatever it loses besides', () => {
  const direction = new ShapedDirection(new ManualClock(), 5);
  const leave = jest.fn();
  for (let n = 0; n < 10; n++) direction.pass(rtp, { loss: { rate: 0.5 } }, true, leave);
  expect(factsOf(direction.between())).toMatchObject({ cut: 10, lost: 0, bursts: [{ datagrams: 10 }] });
  expect(leave).not.toHaveBeenCalled();
});
