import { BoardError } from '../../errors';
import { ManualClock } from '../../board/__fixtures__/manual-clock';
import { fakeContext, serialBoard } from './__fixtures__/fake-context';
import { ok, fail, type Check, type CheckReport } from './check';
import { allChecks, chosenChecks } from './checks';
import { runChecks } from './run-checks';

const check = (id: string, more: Partial<Check> = {}): Check => ({
  id,
  title: id,
  group: 'host',
  expected: `${id} is well`,
  remedy: `Mend ${id}.`,
  needs: [],
  uses: [],
  withinMs: 1_000,
  run: () => Promise.resolve(ok('fine')),
  ...more,
});

const running = (
  checks: readonly Check[],
  {
    clock = new ManualClock(),
    signal = new AbortController().signal,
    withinMs,
  }: { readonly clock?: ManualClock; readonly signal?: AbortSignal; readonly withinMs?: number } = {},
): Promise<readonly CheckReport[]> =>
  runChecks({
    checks,
    signal,
    ...(withinMs === undefined ? {} : { withinMs }),
    context: fakeContext({ context: { clock } }),
  });

const states = (reports: readonly CheckReport[]): Record<string, string> =>
  Object.fromEntries(reports.map(({ id, state }) => [id, state]));

describe('runChecks', () => {
  it('tells what was seen, expected and is to be done, and gives the check’s own words where the result has none', async () => {
    const [first, second, third] = await running([
      check('a'),
      check('b', { run: () => Promise.resolve(fail('broken')) }),
      check('c', { run: () => Promise.resolve(fail('broken', { expected: 'whole', remedy: 'Do it.' })) }),
    ]);
    expect(first).toMatchObject({ id: 'a', state: 'ok', seen: 'fine' });
    expect(second).toMatchObject({ state: 'fail', seen: 'broken', expected: 'b is well', remedy: 'Mend b.' });
    expect(third).toMatchObject({ expected: 'whole', remedy: 'Do it.', origin: 'bench' });
  });

  it('gives a check the time that it says it needs for its board', async () => {
    const clock = new ManualClock();
    const withinMs = jest.fn(() => 3_000);
    const reports = running([check('a', { withinMs, run: () => new Promise(() => undefined) })], { clock });
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(2_999);
    clock.advance(1);
    expect((await reports)[0]).toMatchObject({ state: 'fail', seen: 'it was not through after 3 s' });
    expect(withinMs).toHaveBeenCalledWith(serialBoard);
  });

  it('makes a failure of what is thrown, with its code, origin and remedy', async () => {
    const error = new BoardError('HIL_BOARD_NO_BOOT', 'Board b1 did not boot.', { board: 'b1' });
    const [report] = await running([check('a', { run: () => Promise.reject(error) })]);
    expect(report).toMatchObject({
      state: 'fail',
      seen: 'Board b1 did not boot.',
      code: 'HIL_BOARD_NO_BOOT',
      origin: 'board',
      remedy: error.remedy,
    });
    const [unknown] = await running([
      check('a', { run: () => Promise.reject(new TypeError('no function')) }),
    ]);
    expect(unknown).toMatchObject({ state: 'fail', seen: 'no function', origin: 'harness' });
  });

  it('does not look at what needs something that failed, and names the one at the root', async () => {
    const reports = await running([
      check('port', { run: () => Promise.resolve(fail('gone')) }),
      check('console', { needs: ['port'] }),
      check('firmware', { needs: ['console'] }),
      check('disk'),
    ]);
    expect(states(reports)).toEqual({ port: 'fail', console: 'skipped', firmware: 'skipped', disk: 'ok' });
    expect(reports[2]).toMatchObject({ because: 'port', seen: 'not looked at, since port failed' });
  });

  it('goes on behind a warning, and behind what there is nothing to look at of', async () => {
    const reports = await running([
      check('a', { run: () => Promise.resolve({ state: 'warn', seen: 'meh', origin: 'bench' }) }),
      check('b', { run: () => Promise.resolve({ state: 'skipped', seen: 'none here' }) }),
      check('c', { needs: ['a', 'b'] }),
    ]);
    expect(states(reports)).toEqual({ a: 'warn', b: 'skipped', c: 'ok' });
  });

  it('lets checks that use the same part take turns in the order of the list, and the others run at once', async () => {
    const log: string[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const logged = (id: string, until: Promise<void>, more: Partial<Check>): Check =>
      check(id, {
        ...more,
        run: async () => {
          log.push(`${id} begins`);
          await until;
          log.push(`${id} ends`);
          return ok('fine');
        },
      });
    const reports = running([
      logged('port', held, { uses: ['port'] }),
      logged('console', Promise.resolve(), { uses: ['port'] }),
      logged(
        'disk',
        Promise.resolve().then(() => release()),
        {},
      ),
    ]);
    await reports;
    const at = (entry: string): number => log.indexOf(entry);
    expect(at('disk begins')).toBeLessThan(at('port ends'));
    expect(at('port ends')).toBeLessThan(at('console begins'));
    expect(log).toHaveLength(6);
  });

  it('fails a check that hangs, by its name, and goes on without it', async () => {
    const clock = new ManualClock();
    let aborted = false;
    const reports = running(
      [
        check('hangs', {
          withinMs: 5_000,
          uses: ['port'],
          run: ({ signal }) => {
            signal.addEventListener('abort', () => (aborted = true));
            return new Promise(() => undefined);
          },
        }),
        check('next', { uses: ['port'] }),
      ],
      { clock },
    );
    await new Promise(setImmediate);
    clock.advance(5_000);
    const [hung, next] = await reports;
    expect(hung).toMatchObject({
      id: 'hangs',
      state: 'fail',
      seen: 'it was not through after 5 s',
      tookMs: 5_000,
    });
    expect(next).toMatchObject({ state: 'ok' });
    expect(aborted).toBe(true);
    expect(clock.pendingCount).toBe(0);
  });

  const hangs = (id: string, more: Partial<Check> = {}): Check =>
    check(id, { withinMs: 10_000, run: () => new Promise(() => undefined), ...more });
  const settled = () => new Promise(setImmediate);

  it('ends when the time of all checks is over, whatever hangs, and names what was cut off and what was not reached', async () => {
    const clock = new ManualClock();
    const reports = running(
      [
        hangs('port', { uses: ['port'], withinMs: 9_000 }),
        hangs('reset', { uses: ['port'] }),
        check('firmware', { needs: ['reset'] }),
        check('session', { uses: ['port'] }),
        hangs('rig'),
        check('disk'),
      ],
      { clock, withinMs: 14_000 },
    );
    await settled();
    clock.advance(9_000);
    await settled();
    clock.advance(4_999);
    await settled();
    expect(clock.pendingCount).toBeGreaterThan(0);
    clock.advance(1);
    expect((await reports).map(({ id, state, seen }) => [id, state, seen])).toEqual([
      ['port', 'fail', 'it was not through after 9 s'],
      ['reset', 'fail', 'it was not through after 5.0 s, when the 14.0 s of all checks were over'],
      ['firmware', 'warn', 'not reached: after 14.0 s reset had not come to an end'],
      ['session', 'warn', 'not reached: after 14.0 s reset had not come to an end'],
      ['rig', 'fail', 'it was not through after 10 s'],
      ['disk', 'ok', 'fine'],
    ]);
    expect(clock.pendingCount).toBe(0);
  });

  it('leaves checks alone that are through in time', async () => {
    const clock = new ManualClock();
    const [report] = await running([check('a')], { clock, withinMs: 14_000 });
    expect(report).toMatchObject({ state: 'ok' });
    expect(clock.pendingCount).toBe(0);
  });

  it('ends at once when a person ends it', async () => {
    const ended = new AbortController();
    const reports = running([check('hangs', { run: () => new Promise(() => undefined) })], {
      signal: ended.signal,
    });
    ended.abort();
    await expect(reports).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('tells of each check as it ends', async () => {
    const told: string[] = [];
    await runChecks({
      checks: [check('a'), check('b')],
      signal: new AbortController().signal,
      context: fakeContext(),
      onReport: ({ id }) => told.push(id),
    });
    expect(told.sort()).toEqual(['a', 'b']);
  });
});

describe('the list of checks', () => {
  const ids = allChecks.map(({ id }) => id);

  it('names each once, and needs only what stands ahead in it', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, needs } of allChecks) {
      for (const needed of needs) expect(ids.slice(0, ids.indexOf(id))).toContain(needed);
    }
  });

  it('has sentences for a person', () => {
    for (const { expected, remedy } of allChecks) {
      expect(expected).toMatch(/^[a-z].+[^.]$/);
      expect(remedy).toMatch(/^[A-Z].+\.$/);
    }
  });

  it('is chosen from by id and by group, with what is needed', () => {
    expect(chosenChecks(['disk']).map(({ id }) => id)).toEqual(['disk']);
    expect(chosenChecks(['console']).map(({ id }) => id)).toEqual([
      'port',
      'permission',
      'lock',
      'reset',
      'console',
    ]);
    expect(chosenChecks(['serial', 'disk']).map(({ id }) => id)).toEqual([
      'port',
      'permission',
      'lock',
      'disk',
    ]);
    expect(() => chosenChecks(['disc'])).toThrow(/There is no check "disc"; there are port, /);
  });
});
