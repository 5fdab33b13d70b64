import { seededNormal, seededUniform } from '../../units';
import { judgeProcesses, type ProcessBounds, type ProcessLook, type ProcessSample } from './judge-processes';

const MIB = 1024 * 1024;
const MINUTE_MS = 60_000;
const bounds: ProcessBounds = {
  warmUpMs: 12 * MINUTE_MS,
  heapBytesPerHour: { host: 4 * MIB },
  privateBytesPerHour: 16 * MIB,
};

type Changed = Partial<ProcessSample> | undefined;

/** Two hours of a host, one look a minute, as it changes. */
function twoHours(changed: (minute: number) => Changed = () => ({}), part = 1, pid = 7): ProcessLook[] {
  const normal = seededNormal(seededUniform(part));
  return Array.from({ length: 120 }, (_, minute) => {
    const noise = normal();
    const usual = {
      role: 'host',
      pid,
      descriptors: 41,
      threads: 12,
      heapBytes: Math.round(105 * MIB + noise * MIB),
      privateBytes: Math.round(290 * MIB + 3 * noise * MIB),
    };
    const own = changed(minute);
    return { part, atMs: minute * MINUTE_MS, processes: own === undefined ? [] : [{ ...usual, ...own }] };
  });
}

const missed = (looks: readonly ProcessLook[], changed: Partial<ProcessBounds> = {}): string[] =>
  judgeProcesses(looks, ['host'], { ...bounds, ...changed })
    .targets.filter(({ ok }) => !ok)
    .map(({ name }) => name.replace(/ \(.*/, ''));

const DESCRIPTORS = 'host: descriptors, growth';
const HEAP = 'host: heap behind a collection, growth';
const PRIVATE = 'host: private memory, growth';

describe('judgeProcesses', () => {
  it('passes a process that keeps to what it has, however it grew at first', () => {
    const warming = (minute: number): Changed =>
      minute < 12 ? { descriptors: 20 + minute, heapBytes: minute * MIB } : {};
    expect(missed(twoHours(warming))).toEqual([]);
  });

  it('misses a single descriptor that stays open, and none that is open for a moment', () => {
    expect(missed(twoHours((minute) => ({ descriptors: minute < 90 ? 41 : 42 })))).toEqual([DESCRIPTORS]);
    expect(missed(twoHours((minute) => ({ descriptors: minute % 2 === 0 ? 41 : 48 })))).toEqual([]);
    // A call that is just over and not yet begun anew: the look at it is the least of its fifth, and of no other.
    expect(missed(twoHours((minute) => ({ descriptors: minute === 20 ? 39 : 41 })))).toEqual([]);
    const { targets } = judgeProcesses(
      twoHours((minute) => ({ descriptors: 41 + Math.floor(minute / 30) })),
      ['host'],
      bounds,
    );
    expect(targets[0]).toMatchObject({ name: DESCRIPTORS, value: 3, ok: false });
  });

  it('misses threads that stay', () => {
    expect(missed(twoHours((minute) => ({ threads: 12 + Math.floor(minute / 50) })))).toEqual([
      'host: threads, growth',
    ]);
  });

  it.each([
    [8, [HEAP]],
    [1, []],
  ])('of a heap that grows by %d MiB an hour, held against 4, says %j', (perHour, expected) => {
    const growing = (minute: number): Changed => ({
      heapBytes: Math.round((105 + (perHour * minute) / 60) * MIB),
    });
    expect(missed(twoHours(growing))).toEqual(expected);
  });

  it('bears a heap that grew once, and says so', () => {
    const looks = twoHours((minute) => ({
      heapBytes: Math.round((105 + Math.min(30, Math.max(0, minute - 60) * 2)) * MIB),
    }));
    const target = judgeProcesses(looks, ['host'], bounds).targets.find(({ name }) => name.startsWith(HEAP));
    expect(target).toMatchObject({ ok: true });
    expect(target?.name).toMatch(/, in one fifth of the time\)$/);
  });

  it('tells memory outside the heap apart, and says how fast it grows', () => {
    const looks = twoHours((minute) => ({ privateBytes: Math.round((290 + minute) * MIB) }));
    expect(missed(looks)).toEqual([PRIVATE]);
    const target = judgeProcesses(looks, ['host'], bounds).targets.find(({ name }) =>
      name.startsWith(PRIVATE),
    );
    expect(target?.value).toBeCloseTo(60, 3);
  });

  it('compares no process with the one after it: a soak that went on has new ones, warm-up and all', () => {
    const first = twoHours();
    const second = twoHours(
      (minute) => ({ descriptors: minute < 12 ? 30 : 60, heapBytes: 300 * MIB, privateBytes: 600 * MIB }),
      2,
    );
    expect(missed([...first, ...second])).toEqual([]);
  });

  it('needs what it judges: a role that was not there, or too seldom, misses everything', () => {
    const all = [DESCRIPTORS, 'host: threads, growth', HEAP, PRIVATE];
    expect(missed(twoHours(() => undefined))).toEqual(all);
    expect(missed(twoHours((minute) => (minute < 31 ? {} : undefined)))).toEqual(all);
    expect(missed(twoHours((minute) => (minute < 32 ? {} : undefined)))).not.toContain(DESCRIPTORS);
  });

  it('in minutes misses what grows throughout, and nothing that noise hides', () => {
    const normal = seededNormal(seededUniform(5));
    const noisy = twoHours(() => ({ heapBytes: Math.round((105 + 60 * normal()) * MIB) }));
    const tight = { heapBytesPerHour: { host: MIB } };
    expect(missed(noisy, tight)).toEqual([HEAP]);
    expect(missed(noisy, { ...tight, isShort: true })).toEqual([]);
    const growing = twoHours((minute) => ({ heapBytes: (105 + minute) * MIB }));
    expect(missed(growing, { ...tight, isShort: true })).toEqual([HEAP]);
  });

  it('judges the memory that it is given a bound for', () => {
    const growing = twoHours((minute) => ({ heapBytes: minute * MIB, privateBytes: minute * MIB }));
    const { targets } = judgeProcesses(growing, ['host'], {
      warmUpMs: 0,
      heapBytesPerHour: { provider: MIB },
    });
    expect(targets.map(({ name, ok }) => [name, ok])).toEqual([
      [DESCRIPTORS, true],
      ['host: threads, growth', true],
    ]);
  });
});
