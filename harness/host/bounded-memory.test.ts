import { ClipShelf } from '../audio';
import { ManualClock } from '../board/__fixtures__/manual-clock';
import type { MeasuredTurn } from '../measurement';
import { HeldEvents, keepNewest, type Finding } from '../ports';
import type { RunStore } from '../run';
import { FindingLog } from './finding-log';
import { TurnKeeping } from './turn-keeping';

type Event = { readonly type: 'packet' | 'noise' | 'boot'; readonly n: number };

const numbers = (events: readonly Event[]): number[] => events.map(({ n }) => n);
const held = (bounds = { passing: 100, lasting: 10 }) =>
  new HeldEvents<Event>(new Set(['packet', 'noise'] as const), bounds);

describe('HeldEvents', () => {
  it('holds the newest of each type, so that one that floods pushes no other out', () => {
    const events = held();
    events.push({ type: 'boot', n: 0 });
    events.push({ type: 'packet', n: 1 });
    for (let n = 2; n < 10_000; n += 1) events.push({ type: 'noise', n });
    const noise = numbers(events.filter(({ type }) => type === 'noise'));
    expect(noise.length).toBeGreaterThanOrEqual(100);
    expect(noise.length).toBeLessThanOrEqual(110);
    expect(noise).toEqual(Array.from(noise, (_, index) => 10_000 - noise.length + index));
    expect(numbers(events.slice(0, 2))).toEqual([0, 1]);
  });

  it('holds 20 000 of what passes and 5 000 of what lasts, unless it is told otherwise', () => {
    const events = new HeldEvents<Event>(new Set(['packet'] as const));
    for (let n = 0; n < 24_000; n += 1) events.push({ type: n % 4 === 0 ? 'boot' : 'packet', n });
    for (let n = 0; n < 24_000; n += 1) events.push({ type: 'packet', n });
    const count = (type: Event['type']): number => events.filter((event) => event.type === type).length;
    // A tenth may wait to be let go.
    expect(count('packet')).toBeGreaterThanOrEqual(20_000);
    expect(count('packet')).toBeLessThanOrEqual(22_000);
    expect(count('boot')).toBeGreaterThanOrEqual(5_000);
    expect(count('boot')).toBeLessThanOrEqual(5_500);
  });

  it('bounds what lasts as well, such as boots of a board that does nothing else', () => {
    const events = held();
    for (let n = 0; n < 1_000; n += 1) events.push({ type: 'boot', n });
    expect([...events].length).toBeLessThanOrEqual(11);
    expect(events.findLast(({ type }) => type === 'boot')?.n).toBe(999);
  });

  it('keeps positions: a cursor that was taken earlier points to the same events', () => {
    const events = held();
    for (let n = 0; n < 500; n += 1) events.push({ type: 'noise', n });
    const cursor = events.length;
    for (let n = 500; n < 520; n += 1) events.push({ type: 'packet', n });
    expect(cursor).toBe(500);
    expect(numbers(events.slice(cursor))).toEqual(Array.from({ length: 20 }, (_, index) => 500 + index));
    expect([events.at(cursor)?.n, events.at(-1)?.n, events.at(0), events.at(520)]).toEqual([
      500,
      519,
      undefined,
      undefined,
    ]);
    expect(numbers(events.slice(-2, -1))).toEqual([518]);
    // From within what was let go on, whatever is left.
    expect(events.slice(100, 450).every(({ n }) => n >= 390 && n < 450)).toBe(true);
  });

  it('forgets what passes before a position, and nothing that lasts', () => {
    const events = held();
    events.push({ type: 'boot', n: 0 });
    for (let n = 1; n < 20; n += 1) events.push({ type: 'packet', n });
    events.forget(15);
    expect(numbers([...events])).toEqual([0, 15, 16, 17, 18, 19]);
    expect(events.length).toBe(20);
    // What was forgotten does not count any more.
    for (let n = 20; n < 115; n += 1) events.push({ type: 'packet', n });
    expect(events.at(15)?.n).toBe(15);
  });
});

describe('ClipShelf', () => {
  const clip = (samples: number) => ({ samples: new Float32Array(samples), rateHz: 48_000 });

  it('has room for 64 MiB', () => {
    const shelf = new ClipShelf();
    // 4 MiB each, of which nothing is made.
    const samples = { length: 2 ** 20 } as Float32Array;
    const keys = Array.from({ length: 17 }, (_, index) => String(index));
    for (const key of keys) shelf.put(key, { samples, rateHz: 48_000 });
    expect(keys.filter((key) => shelf.get(key) === undefined)).toEqual(['0']);
  });

  it('holds no more samples than it has room for, and those that were asked for last', () => {
    const shelf = new ClipShelf(300);
    for (const key of ['a', 'b', 'c']) shelf.put(key, clip(100));
    expect(shelf.get('a')?.samples).toHaveLength(100);
    shelf.put('d', clip(100));
    expect(['a', 'b', 'c', 'd'].filter((key) => shelf.get(key) !== undefined)).toEqual(['a', 'c', 'd']);
  });

  it('counts a clip that is put again once, and keeps none that is too long', () => {
    const shelf = new ClipShelf(300);
    for (let times = 0; times < 5; times += 1) shelf.put('a', clip(150));
    shelf.put('b', clip(150));
    expect(shelf.get('a')).toBeDefined();
    shelf.put('c', clip(301));
    expect(shelf.get('c')).toBeUndefined();
    shelf.put('d', clip(300));
    expect(shelf.get('d')).toBeDefined();
  });
});

describe('keepNewest', () => {
  it('lets the oldest go until the rest fits', () => {
    const kept = new Set([1, 2, 3, 4]);
    keepNewest(kept, 4);
    expect([...kept]).toEqual([1, 2, 3, 4]);
    keepNewest(kept, 2);
    expect([...kept]).toEqual([3, 4]);
  });
});

describe('FindingLog', () => {
  it('still knows a finding that is repeated while thousands of others come', () => {
    const written: Finding[] = [];
    const log = new FindingLog(new ManualClock(), (finding) => written.push(finding));
    const find = (message: string): void =>
      log.record({ code: 'HIL_BOARD_PANIC', origin: 'board', message, facts: {} });
    for (let n = 0; n < 12_000; n += 1) {
      find(`panic ${n}`);
      find('it repeats itself');
    }
    expect(written.filter(({ message }) => message === 'it repeats itself')).toHaveLength(1);
    expect(written).toHaveLength(12_001);
    // Long forgotten by then.
    find('panic 0');
    expect(written).toHaveLength(12_002);
  });
});

describe('TurnKeeping', () => {
  it('tells of the end of each turn of an ordinary run, so that old events can go', async () => {
    const keeping = new TurnKeeping({ appendTurn: () => Promise.resolve() } as unknown as RunStore, 1);
    let ended = 0;
    keeping.onTurn(() => (ended += 1));
    for (let turn = 1; turn <= 3; turn += 1) {
      await keeping.append({} as MeasuredTurn, true);
      expect(ended).toBe(turn);
    }
  });
});
