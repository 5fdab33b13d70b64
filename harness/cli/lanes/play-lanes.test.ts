import fc from 'fast-check';
import { HilError } from '../../errors';
import type { HostMessage, HostProcess } from '../../host';
import type { LanePlace, LaneWork } from './lane';
import { playLanes, type LanesEnd, type LanesPlan } from './play-lanes';

/** Whatever waits for something that could come by now has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A host that a test speaks for. */
class FakeHost implements HostProcess {
  readonly unrecorded = [];
  readonly runPath: string;
  readonly ready: Promise<string>;
  readonly ended: Promise<HilError | undefined>;
  private end!: (error: HilError | undefined) => void;

  constructor(
    name: string,
    private readonly tell: (message: HostMessage) => void,
  ) {
    this.runPath = `/runs/${name}`;
    this.ready = Promise.resolve(`/${name}.sock`);
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  private wishes = 0;
  private readonly waiting = new Map<number, (granted: boolean) => void>();

  says(message: HostMessage): void {
    this.tell(message);
  }
  wants(wish: Extract<HostMessage, { readonly type: 'wish' }>['wish']): Promise<boolean> {
    this.wishes += 1;
    const id = this.wishes;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.says({ type: 'wish', id, wish });
    });
  }
  answer(id: number, granted: boolean): void {
    this.waiting.get(id)?.(granted);
  }
  dies(): void {
    this.end(new HilError('HIL_HOST_DIED', 'It died.'));
  }
  close(): Promise<undefined> {
    this.end(undefined);
    return Promise.resolve(undefined);
  }
  kill(): void {
    this.end(undefined);
  }
}

interface Started {
  readonly hosts: ReadonlyMap<string, FakeHost>;
  readonly asked: ReadonlyMap<string, object>;
  readonly lines: readonly string[];
  readonly ended: Promise<LanesEnd>;
}

/** Lanes of these boards whose suites are played by `suites`. */
function start(
  boards: LanesPlan['boards'],
  suites: (host: FakeHost, files: readonly string[]) => LaneWork,
  more: Partial<LanesPlan> = {},
): Started {
  const hosts = new Map<string, FakeHost>();
  const asked = new Map<string, object>();
  const lines: string[] = [];
  const lanes = playLanes({
    boards,
    files: ['one', 'two', 'parts'],
    openHost: (name, asks, onMessage) => {
      const host = new FakeHost(name, onMessage);
      hosts.set(name, host);
      asked.set(name, asks);
      return host;
    },
    runSuites: ({ runPath }: LanePlace, files) => suites(hosts.get(runPath.slice('/runs/'.length))!, files),
    progress: {
      take: () => undefined,
      line: (text, board) => lines.push(`${board}: ${text}`),
      done: () => undefined,
    },
    ...more,
  });
  return { hosts, asked, lines, ended: lanes.ended };
}

/** Suites that end when a test says so. */
function held(): { readonly work: LaneWork; readonly end: (error?: HilError) => void } {
  let end!: (error?: HilError) => void;
  const ended = new Promise<HilError | undefined>((resolve) => (end = resolve));
  return { work: { ended, kill: () => end() }, end };
}

describe('playLanes', () => {
  it('lets the others go on when one dies', async () => {
    const works = new Map<FakeHost, ReturnType<typeof held>>();
    const { hosts, ended } = start([{ name: 'a' }, { name: 'b' }], (host) => {
      const one = held();
      works.set(host, one);
      return one.work;
    });
    await settled();
    const b = hosts.get('b')!;
    hosts.get('a')?.dies();
    await settled();
    works.get(b)?.end();
    expect(await ended).toMatchObject({
      ends: [
        { boardName: 'a', findings: [{ code: 'HIL_HOST_DIED', origin: 'harness' }] },
        { boardName: 'b', findings: [] },
      ],
    });
  });

  it('has boards that hear each other wait for one another, and no others', async () => {
    const boards = [
      { name: 'a', isolation: 'lab' },
      { name: 'b', isolation: 'lab' },
      { name: 'c', isolation: 'box' },
    ];
    const works: ReturnType<typeof held>[] = [];
    const { hosts, asked, ended } = start(boards, () => {
      const one = held();
      works.push(one);
      return one.work;
    });
    // Nobody hears c: it need not ask.
    expect(Object.fromEntries(asked)).toEqual({
      a: { heardByOthers: true },
      b: { heardByOthers: true },
      c: {},
    });
    const inside: string[] = [];
    const enter = (name: string): void =>
      void hosts
        .get(name)
        ?.wants({ what: 'room' })
        .then(() => inside.push(name));
    enter('a');
    enter('b');
    enter('c');
    await settled();
    expect([...inside].sort()).toEqual(['a', 'c']);
    // It dies inside, without a word.
    hosts.get('a')?.dies();
    await settled();
    expect(inside.at(-1)).toBe('b');
    for (const { end } of works) end();
    await ended;
  });

  describe('shared suites', () => {
    const shared = { shared: { standAlone: (file: string) => file === 'parts' } };
    const tests: Readonly<Record<string, readonly string[]>> = {
      one: ['first', 'second'],
      two: ['third'],
      parts: ['p1', 'p2', 'p3', 'p4'],
    };

    /** Every test that was begun, and every one that was done, as `board file test`. */
    class Played {
      readonly begun: string[] = [];
      readonly done: string[] = [];

      /**
       * Suites as Jest plays them.
       * @param dies - Asked before each test is done: whether the host dies in it.
       */
      suites =
        (dies: (host: FakeHost) => boolean, pause: () => Promise<void> = settled) =>
        (host: FakeHost, files: readonly string[]): LaneWork => {
          let killed = false;
          const play = async (): Promise<undefined> => {
            for (const file of files) {
              for (const name of tests[file] ?? []) {
                if (killed || !(await host.wants({ what: 'test', file, name }))) continue;
                const entry = `${host.runPath.slice(6)} ${file} ${name}`;
                this.begun.push(entry);
                await pause();
                if (dies(host)) {
                  host.dies();
                  return undefined;
                }
                this.done.push(entry);
                const test = { file, name: [name] };
                host.says({ type: 'test', test } as unknown as HostMessage);
              }
              if (killed) return undefined;
              host.says({ type: 'file', file });
            }
            return undefined;
          };
          return { ended: play(), kill: () => void (killed = true) };
        };
    }

    /** By test, which boards did it. */
    const doersOf = ({ done }: Played): Record<string, string[]> => {
      const doers: Record<string, string[]> = {};
      for (const entry of done) {
        const [board = '', ...rest] = entry.split(' ');
        (doers[rest.join(' ')] ??= []).push(board);
      }
      return doers;
    };
    const all = Object.entries(tests).flatMap(([file, names]) => names.map((name) => `${file} ${name}`));

    it('does each test exactly once, and no board does everything', async () => {
      const played = new Played();
      const { ended } = start(
        [{ name: 'a' }, { name: 'b' }],
        played.suites(() => false),
        shared,
      );
      expect((await ended).undone).toEqual([]);
      const doers = doersOf(played);
      expect(Object.keys(doers).sort()).toEqual([...all].sort());
      expect(Object.values(doers).every((boards) => boards.length === 1)).toBe(true);
      expect(new Set(Object.values(doers).flat())).toEqual(new Set(['a', 'b']));
      // What one of its tests leaves behind, the next one finds: on the same board.
      expect(doers['one first']).toEqual(doers['one second']);
    });

    it('has another board do what one was at when it died, and says so', async () => {
      const played = new Played();
      let turns = 0;
      // In its second test, which is the second of the file that it is at.
      const dies = (host: FakeHost): boolean => host.runPath === '/runs/a' && ++turns === 2;
      const { ended } = start([{ name: 'a' }, { name: 'b' }], played.suites(dies), shared);
      const { ends, undone } = await ended;
      expect(undone).toEqual([]);
      expect(ends[0]).toMatchObject({
        findings: [{ code: 'HIL_HOST_DIED' }],
        broken: [{ file: 'one', test: 'second', doneBy: 'b' }],
      });
      expect(ends[1]).toMatchObject({ findings: [], broken: [] });
      expect(doersOf(played)).toMatchObject({ 'one first': ['a', 'b'], 'one second': ['b'] });
    });

    it('tells what no board was left to do', async () => {
      const played = new Played();
      const { ended } = start(
        [{ name: 'a' }, { name: 'b' }],
        played.suites(() => true),
        shared,
      );
      const { undone, ends } = await ended;
      expect(undone).toEqual(['one', 'two', 'parts']);
      expect(ends.flatMap(({ broken }) => broken?.map(({ doneBy }) => doneBy))).toEqual([
        undefined,
        undefined,
      ]);
    });

    it('does each unit exactly once to its end, whoever dies when, as long as one lives', async () => {
      const deaths = fc.record({
        boards: fc.integer({ min: 2, max: 4 }),
        dying: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 3, maxLength: 3 }),
        pauses: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 40, maxLength: 40 }),
      });
      await fc.assert(
        fc.asyncProperty(deaths, async ({ boards: count, dying, pauses }) => {
          const boards = Array.from({ length: count }, (_, index) => ({ name: `b${index}` }));
          const played = new Played();
          const turns = new Map<FakeHost, number>();
          let at = 0;
          const pause = async (): Promise<void> => {
            for (let left = pauses[at++ % pauses.length] ?? 1; left > 0; left -= 1) await settled();
          };
          const dies = (host: FakeHost): boolean => {
            const turn = (turns.get(host) ?? 0) + 1;
            turns.set(host, turn);
            const index = Number(host.runPath.slice('/runs/b'.length));
            // The last board lives.
            return index < count - 1 && dying[index] === turn;
          };
          const { ended } = start(boards, played.suites(dies, pause), shared);
          expect((await ended).undone).toEqual([]);
          const doers = doersOf(played);
          for (const name of tests['parts'] ?? []) expect(doers[`parts ${name}`]).toHaveLength(1);
          const dead = new Set(
            boards
              .slice(0, -1)
              .filter((_, index) => (dying[index] ?? 0) <= 8)
              .map(({ name }) => name),
          );
          for (const test of all) {
            // Of a file that goes as a whole, what was done by a board that died in it later is done again.
            const [last, ...before] = [...(doers[test] ?? [])].reverse();
            expect(last).toBeDefined();
            expect(before.every((board) => dead.has(board))).toBe(true);
          }
        }),
        { seed: 9, numRuns: 60 },
      );
    });
  });

  describe('control prompts', () => {
    const control = { control: { file: 'control', areAlike: () => true } };

    /** Which files each board did, when these fail their control prompts, by a turn that `origin` spoilt. */
    async function playedBy(
      boards: readonly string[],
      failing: readonly string[],
      origin: 'board' | 'bench' = 'board',
    ) {
      const did: string[] = [];
      const suites = (host: FakeHost, files: readonly string[]): LaneWork => {
        const board = host.runPath.slice('/runs/'.length);
        const play = async (): Promise<undefined> => {
          for (const file of files) {
            if (await host.wants({ what: 'test', file, name: 'test' })) {
              did.push(`${board} ${file}`);
              const isFailing = file === 'control' && failing.includes(board);
              const status = isFailing ? 'failed' : 'passed';
              const turn = { findings: isFailing ? [{ origin }] : [] };
              host.says({ type: 'turn', turn } as unknown as HostMessage);
              const test = {
                file,
                name: ['test'],
                status,
                failures: isFailing ? ['Error: Heard nothing.'] : [],
              };
              host.says({ type: 'test', test } as unknown as HostMessage);
            }
            host.says({ type: 'file', file });
          }
          return undefined;
        };
        return { ended: play(), kill: () => undefined };
      };
      const { ended, lines } = start(
        boards.map((name) => ({ name })),
        suites,
        { files: ['one'], ...control },
      );
      const { ends } = await ended;
      return { did: did.sort(), lines, quarantined: ends.map((end) => end.quarantined) };
    }

    it('keep a board from work that fails what its like passes', async () => {
      const { did, quarantined, lines } = await playedBy(['a', 'b'], ['a']);
      expect(did).toEqual(['a control', 'b control', 'b one']);
      const reason =
        'failed the control prompts that b, with the same firmware, passed: Error: Heard nothing.';
      expect(quarantined).toEqual([reason, undefined]);
      expect(lines).toEqual([`a: In quarantine: it ${reason}`]);
    });

    it('keep none from it when all fail, since that is their firmware', async () => {
      const { did, quarantined } = await playedBy(['a', 'b'], ['a', 'b']);
      expect(did).toEqual(['a control', 'a one', 'b control', 'b one']);
      expect(quarantined).toEqual([undefined, undefined]);
    });

    it('keep none from it whose take the bench spoilt: that says nothing of the board', async () => {
      const { did, quarantined } = await playedBy(['a', 'b'], ['a'], 'bench');
      expect(did).toEqual(['a control', 'a one', 'b control', 'b one']);
      expect(quarantined).toEqual([undefined, undefined]);
    });

    it('are not played by a board that is alone', async () => {
      expect((await playedBy(['a'], [])).did).toEqual(['a one']);
    });
  });
});
