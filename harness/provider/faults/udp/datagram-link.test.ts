import type { DirectionShape } from '../../../ports';
import { DatagramLink, type DatagramFate } from './datagram-link';
import { factsOf, LinkLog } from './link-log';

const PACKET_MS = 20;
type Passing = Extract<DatagramFate, { readonly state: 'passes' }>;
const passes = (fate: DatagramFate): fate is Passing => fate.state === 'passes';

/** Fates of packets of 100 bytes, one each 20 ms. */
function fatesOf(shape: DirectionShape, n: number, { seed = 3, everyMs = PACKET_MS } = {}): DatagramFate[] {
  const link = new DatagramLink(seed);
  return Array.from({ length: n }, (_, k) => link.pass(100, k * everyMs, shape));
}
const tooLateBy = (fates: readonly DatagramFate[], everyMs = PACKET_MS): number[] =>
  fates.flatMap((fate, k) => (passes(fate) ? [fate.dueAtMs - k * everyMs] : []));
const isLost = ({ state }: DatagramFate): boolean => state === 'lost';

it('changes nothing when it is told nothing', () => {
  const fates = fatesOf({}, 1000);
  expect(tooLateBy(fates)).toEqual(Array.from({ length: 1000 }, () => 0));
  expect(fates.some((fate) => passes(fate) && (fate.twice || fate.isHeldBack))).toBe(false);
});

it('meets the same datagrams with the same fate, by its seed', () => {
  const shape = { loss: { rate: 0.1, burst: 2 }, jitterMs: 15, duplicate: { rate: 0.1 } };
  expect(fatesOf(shape, 500)).toEqual(fatesOf(shape, 500));
  expect(fatesOf(shape, 500, { seed: 4 })).not.toEqual(fatesOf(shape, 500));
});

it('loses the same datagrams whatever else is switched on', () => {
  const loss = { rate: 0.1, burst: 3 };
  const alone = fatesOf({ loss }, 2000).map(isLost);
  const all = { loss, delayMs: 30, jitterMs: 9, reorder: { rate: 0.2, byMs: 50 }, duplicate: { rate: 0.3 } };
  expect(fatesOf(all, 2000).map(isLost)).toEqual(alone);
});

it('spreads delays evenly over the jitter', () => {
  const n = 20_000;
  const late = tooLateBy(fatesOf({ delayMs: 30, jitterMs: PACKET_MS }, n)).sort((a, b) => a - b);
  expect(late[0]).toBeGreaterThanOrEqual(30);
  expect(late.at(-1)).toBeLessThan(30 + PACKET_MS);
  // Kolmogorov and Smirnov: 1.95 ÷ √n is exceeded by chance in one of a thousand.
  const distance = Math.max(...late.map((ms, k) => Math.abs((ms - 30) / PACKET_MS - (k + 0.5) / n)));
  expect(distance).toBeLessThan(1.95 / Math.sqrt(n));
});

it('keeps the order although the jitter is longer than the packets', () => {
  const due = fatesOf({ jitterMs: 200 }, 5000).flatMap((fate) => (passes(fate) ? [fate.dueAtMs] : []));
  expect(due).toEqual([...due].sort((a, b) => a - b));
});

it('holds back the share that it is told, by the time that it is told', () => {
  const [n, rate] = [20_000, 0.03];
  const fates = fatesOf({ delayMs: 10, reorder: { rate, byMs: 50 } }, n);
  const held = fates.flatMap((fate, k) => (passes(fate) && fate.isHeldBack ? [fate.dueAtMs - k * 20] : []));
  expect(Math.abs(held.length / n - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / n));
  expect(new Set(held.map(Math.round))).toEqual(new Set([60]));
  const log = new LinkLog();
  fates.forEach((fate, k) => {
    if (passes(fate))
      log.add({ sentAtMs: k * 20, dueAtMs: fate.dueAtMs, isAudio: true, outcome: 'passed', twice: false });
  });
  // Of those at the very end nothing is left that could overtake; of two held back in a row each is overtaken by a third.
  expect(Math.abs(factsOf(log.between()).reordered - held.length)).toBeLessThanOrEqual(1);
});

it('doubles the share that it is told', () => {
  const [n, rate] = [20_000, 0.2];
  const twice = fatesOf({ duplicate: { rate } }, n).filter((fate) => passes(fate) && fate.twice).length;
  expect(Math.abs(twice / n - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / n));
});

it.each<readonly [string, DirectionShape, (fate: DatagramFate) => boolean]>([
  ['loses all at 100 %', { loss: { rate: 1 } }, isLost],
  ['doubles all at 100 %', { duplicate: { rate: 1 } }, (fate) => passes(fate) && fate.twice],
  ['holds all back at 100 %', { reorder: { rate: 1, byMs: 5 } }, (fate) => passes(fate) && fate.isHeldBack],
  [
    'does nothing at 0 %',
    { loss: { rate: 0 }, duplicate: { rate: 0 }, reorder: { rate: 0, byMs: 5 } },
    (fate) => passes(fate) && !fate.twice && !fate.isHeldBack,
  ],
])('%s', (_, shape, holds) => {
  expect(fatesOf(shape, 1000).every(holds)).toBe(true);
});

describe('a narrow band', () => {
  it('passes 100 bytes in 10 ms at 10 000 bytes a second', () => {
    expect(tooLateBy(fatesOf({ bytesPerSecond: 10_000 }, 3))).toEqual([10, 10, 10]);
  });

  it('makes what is too much wait, and loses what finds no room in the queue', () => {
    // 100 bytes each 10 ms into 5 000 bytes a second: half of it passes once the queue of 500 bytes is full.
    const fates = fatesOf({ bytesPerSecond: 5000, queueBytes: 500 }, 400, { everyMs: 10 });
    const late = tooLateBy(fates, 10);
    expect(late[0]).toBe(20);
    expect(Math.max(...late)).toBeLessThanOrEqual((500 * 1000) / 5000);
    const lost = fates.filter(isLost);
    expect(Math.abs(lost.length - 200)).toBeLessThanOrEqual(5);
    expect(lost.every((fate) => fate.state === 'lost' && fate.why === 'queue-full')).toBe(true);
  });

  it('passes a datagram larger than its queue when nothing waits', () => {
    const link = new DatagramLink(1);
    const shape = { bytesPerSecond: 1000, queueBytes: 0 };
    expect([0, 50, 100].map((nowMs) => link.pass(100, nowMs, shape).state)).toEqual([
      'passes',
      'lost',
      'passes',
    ]);
  });
});
