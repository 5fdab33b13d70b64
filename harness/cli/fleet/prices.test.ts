import { InProcessQueue, type Allowance } from '../../fleet';
import { VirtualTime } from '../../proving-ground/fleet/virtual-time';
import { limitProviders } from '../commands/fleet-limits';
import { pricedBy } from './prices';

const provider = 'proxy:openai-realtime';
const roll = { nowMs: () => Promise.resolve(0) };
const lengths = [
  { suite: 'latency', expectedMs: 60_000, turns: 12, asks: 12 },
  { suite: 'conversation', expectedMs: 20_000, asks: 4 },
  { suite: 'boot', expectedMs: 5_000, asks: 0 },
];

let queue: InProcessQueue;
beforeEach(() => (queue = new InProcessQueue({ clock: new VirtualTime() })));
afterEach(() => queue.close());

const limit = (wanted: Allowance, more: { none?: boolean; json?: boolean; provider?: string } = {}) =>
  limitProviders({ queue, roll }, { provider, wanted, none: false, json: false, ...more });
const held = async (): Promise<Allowance | undefined> =>
  (await queue.providers()).find((use) => use.provider === provider)?.allowance;

describe('limits of a provider', () => {
  it('are added to those that hold, shown, and taken away together', async () => {
    expect(await limit({})).toBe(`${provider} is not limited.\n`);
    await limit({ atOnce: 4, centsPerTurn: 3 });
    expect(await limit({ centsPerDay: 2_000 })).toMatch(/0 of 4 .* 0 of 2000 +3/);
    expect(await held()).toEqual({ atOnce: 4, centsPerTurn: 3, centsPerDay: 2_000 });
    expect(JSON.parse(await limit({}, { json: true }))).toMatchObject({
      schema: 'earshot/fleet-limits@1',
      providers: [{ provider, running: 0 }],
    });
    await limit({}, { none: true });
    expect(await held()).toBeUndefined();
  });

  it.each([
    [{ atOnce: 1 }, { provider: undefined }, /Name the provider/],
    [{ atOnce: 1 }, { none: true }, /goes with no other/],
    [{ centsPerDay: 100 }, {}, /has no price/],
  ])('are refused where nobody can mean them: %j %j', async (wanted, more, message) => {
    const args = { provider, none: false, json: false, ...more, wanted };
    await expect(limitProviders({ queue, roll }, args)).rejects.toThrow(message);
    expect(await queue.providers()).toEqual([]);
  });
});

describe('what units cost', () => {
  it('is nothing where nobody configured a price', async () => {
    await limit({ atOnce: 4 });
    const costOf = await pricedBy(queue, provider, lengths);
    expect(costOf({ suites: ['latency'], expectedMs: 1 })).toEqual({});
  });

  it('is what their suites ask, of a suite that is cut its share', async () => {
    await limit({ centsPerTurn: 3, centsPerDay: 48 });
    const costOf = await pricedBy(queue, provider, lengths);
    expect(costOf({ suites: ['latency', 'conversation', 'boot'], expectedMs: 1 })).toEqual({
      costCents: 48,
      centsPerTurn: 3,
    });
    expect(costOf({ suites: ['latency'], turns: 5, expectedMs: 1 })).toMatchObject({ costCents: 15 });
    expect(() => costOf({ suites: ['latency', 'conversation'], turns: 13, expectedMs: 1 })).toThrow(
      /cost 51 cents .* may have 48 a day: it would wait for ever/,
    );
  });

  it('is not reckoned past the limits of a narrower name', async () => {
    await limit({ centsPerTurn: 3 });
    await expect(pricedBy(queue, 'proxy', lengths)).rejects.toThrow(/name the provider in full/);
  });
});
