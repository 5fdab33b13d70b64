import { seededUniform } from '../../units';
import { CaptureSchedule, type ScheduledBlock } from './capture-schedule';

const RATE_HZ = 48_000;
const BLOCK = 480;

interface Delivery {
  readonly position: number;
  readonly hostAtMs: number;
}

/** Blocks of a card that runs at another rate than said, each late by up to 8 ms. */
const blocks = (count: number, cardHz = RATE_HZ, seed = 1): Delivery[] => {
  const uniform = seededUniform(seed);
  return Array.from({ length: count }, (_, k) => ({
    position: (k + 1) * BLOCK,
    hostAtMs: 5000 + ((k + 1) * BLOCK * 1000) / cardHz + uniform() * 8,
  }));
};

function run(deliveries: readonly Delivery[]): readonly ScheduledBlock[] {
  const schedule = new CaptureSchedule(RATE_HZ);
  return deliveries.map(({ position, hostAtMs }) => schedule.add(position, hostAtMs));
}
const losses = (told: readonly ScheduledBlock[]) => told.flatMap(({ lost }) => lost ?? []);
const rates = (told: readonly ScheduledBlock[]) => told.flatMap(({ wrongRateHz }) => wrongRateHz ?? []);

describe('CaptureSchedule', () => {
  it.each([0, 200, -200, 6000, -6000])('finds nothing wrong with a clock that is %i ppm off', (ppm) => {
    const told = run(blocks(6000, RATE_HZ * (1 + ppm * 1e-6)));
    expect(losses(told)).toEqual([]);
    expect(rates(told)).toEqual([]);
    // Ten seconds of drift, and the jitter.
    expect(Math.max(...told.map(({ lagMs }) => lagMs))).toBeLessThan(9 + Math.max(0, -ppm) * 0.0111);
  });

  it('calls a stall that is caught up a lag', () => {
    const late = blocks(1000).map((block, k) => ({
      ...block,
      hostAtMs: k >= 400 && k < 700 ? Math.max(block.hostAtMs, 5000 + 7000) : block.hostAtMs,
    }));
    const told = run(late);
    expect(losses(told)).toEqual([]);
    expect(told[400]!.lagMs).toBeGreaterThan(2980);
    expect(told[650]!.lagMs).toBeLessThan(510);
    expect(told[720]!.lagMs).toBeLessThan(9);
  });

  it('counts what was dropped once, from where it is missing', () => {
    // 20 000 samples are gone before block 300.
    const gap = blocks(1000).map((block, k) => ({
      ...block,
      hostAtMs: block.hostAtMs + (k >= 300 ? 20_000 / 48 : 0),
    }));
    const told = run(gap);
    expect(losses(told)).toHaveLength(1);
    const [{ sinceRigSample, lostSamples }] = losses(told) as [NonNullable<ScheduledBlock['lost']>];
    expect(sinceRigSample).toBe(301 * BLOCK);
    expect(Math.abs(lostSamples - 20_000)).toBeLessThan(8 * 48);
    expect(rates(told)).toEqual([]);
  });

  it('counts each of several gaps', () => {
    const gaps = blocks(3000).map((block, k) => ({
      ...block,
      hostAtMs: block.hostAtMs + 250 * Math.floor(k / 1000),
    }));
    expect(losses(run(gaps))).toHaveLength(2);
  });

  it.each([
    [44_100, 48_000],
    [96_000, 48_000],
    [12_000, 48_000],
  ])('tells that a card gives %i samples a second for %i', (cardHz) => {
    const [found] = rates(run(blocks(Math.ceil((cardHz * 10) / BLOCK), cardHz)));
    expect(found).toBeGreaterThan(cardHz * 0.98);
    expect(found).toBeLessThan(cardHz * 1.02);
  });

  it('forgives what the card had recorded before anybody read', () => {
    const burst = blocks(1000).map((block, k) => (k < 60 ? { ...block, hostAtMs: 5600 } : block));
    const told = run(burst);
    expect(losses(told)).toEqual([]);
    expect(rates(told)).toEqual([]);
  });
});
