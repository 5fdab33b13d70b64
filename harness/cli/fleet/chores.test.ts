import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  buildMerged,
  buildTable,
  someApp,
  someBootloader,
  someTable,
} from '../../board/esp32s3/image/__fixtures__/build-image';
import { buildEnvironment, loadRecipes, type BuildRecipe } from '../../config';
import {
  choreOffer,
  needsOfChore,
  openBundleStore,
  type BenchState,
  type BundleStore,
  type Chore,
  type Claim,
  type JobOrder,
  type JobRecord,
  type PieceOrder,
} from '../../fleet';
import { systemClock } from '../../ports';
import { BuildHands } from './build-hands';
import { DeskQuarantine } from './desk-quarantine';
import { orderAgain, withChores, type ChoreWishes } from './job-order';
import { isPlayed } from './merge-job';
import { fetchMerged, mergedBundleOf, writeMergedVerdict } from './merged-run';
import { Preflight, SUSPECTED_MS } from './preflight';

let folder: string;
let bundles: BundleStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-chores-'));
  bundles = openBundleStore(pathToFileURL(join(folder, 'store')).href);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const needs = { boardModel: 'Korvo-2', rig: 'alsa', language: 'en', provider: 'mock' };
const piece = (suite: string): PieceOrder => ({ needs, suites: [suite], expectedMs: 1 });
const order: JobOrder = { priority: 'gate', firmwareSha256: 'as-found', pieces: [piece('a'), piece('b')] };
const state = { model: 'no-board', dialect: 'none', state: 'idle', sinceMs: 0 } as const;
const benches: readonly BenchState[] = [
  {
    bench: 'room-1',
    host: 'lab',
    version: '0',
    seenAtMs: 0,
    boards: [
      { ...state, name: 'merge', offer: choreOffer('merge') },
      { ...state, name: 'build', offer: choreOffer('build', ['demo']) },
    ],
  },
];
const wishes: ChoreWishes = {
  build: undefined,
  source: undefined,
  firmware: undefined,
  budget: undefined,
  detach: false,
};
const bundle = (sha256: string) => ({ uri: `file:///${sha256}`, sha256 });

describe('an order', () => {
  const said: string[] = [];
  const means = () => ({ benches, bundles, say: (text: string) => void said.push(text) });

  it('stays as it is for whoever waits, and ends in a merge where nobody does', async () => {
    expect(await withChores(order, wishes, means())).toEqual(order);
    const { pieces } = await withChores(order, { ...wishes, detach: true }, means());
    expect(pieces.map(({ chore }) => chore)).toEqual([undefined, undefined, { kind: 'merge' }]);
    const budget = resolve('fixtures/benches/budgets.yaml');
    const judged = await withChores(order, { ...wishes, detach: true, budget }, means());
    expect(judged.pieces[2]?.chore).toMatchObject({ kind: 'merge', budgets: { sha256: expect.any(String) } });
  });

  it('is merged by whoever asks where no agent merges, and says so', async () => {
    const { pieces } = await withChores(order, { ...wishes, detach: true }, { ...means(), benches: [] });
    expect(pieces).toEqual(order.pieces);
    expect(said.at(-1)).toContain('earshot fleet watch');
  });

  it('begins with a build of a source that travels by its hash', async () => {
    const source = join(folder, 'source');
    mkdirSync(join(source, 'main'), { recursive: true });
    writeFileSync(join(source, 'main/main.c'), 'int main;');
    const wanted = { ...wishes, build: 'demo', source };
    const built = await withChores(order, wanted, means());
    const [first] = built.pieces;
    if (first?.chore?.kind !== 'build') throw new Error('nothing is built');
    expect(first).toMatchObject({ needs: needsOfChore(first.chore), chore: { recipe: 'demo' } });
    expect(built.firmwareSha256).toBe(first.chore.source.sha256);
    expect((await withChores(order, wanted, means())).firmwareSha256).toBe(built.firmwareSha256);
    // What is nobody else's business, or was built here, is no part of it.
    for (const way of ['.env', '.git/HEAD', 'main/.env.local', 'build/CMakeCache.txt', 'build/app.bin']) {
      mkdirSync(dirname(join(source, way)), { recursive: true });
      writeFileSync(join(source, way), 'x');
    }
    expect((await withChores(order, wanted, means())).firmwareSha256).toBe(built.firmwareSha256);
    mkdirSync(join(source, 'managed_components'));
    writeFileSync(join(source, 'managed_components/.component_hash'), 'x');
    expect((await withChores(order, wanted, means())).firmwareSha256).not.toBe(built.firmwareSha256);
  });

  it.each([
    [{ build: 'demo' }, /go together/],
    [{ source: '.' }, /go together/],
    [{ build: 'demo', source: '.', firmware: 'x.bin' }, /without --firmware/],
    [{ build: 'other', source: '.' }, /they build demo/],
    [{ build: 'demo', source: './nowhere' }, /no folder \.\/nowhere/],
  ])('refuses %j', async (given, message) => {
    await expect(withChores(order, { ...wishes, ...given }, means())).rejects.toThrow(message);
  });

  it('is given again for what was lost, of the firmware that was built, and merged where nobody waits', async () => {
    const chores: readonly Chore[] = [
      { kind: 'build', recipe: 'demo', source: bundle('ss') },
      { kind: 'merge' },
    ];
    const [build, merge] = chores.map((chore) => ({
      ...piece(chore.kind),
      needs: needsOfChore(chore),
      chore,
    }));
    const budgets = bundle('gg');
    const mergeOfBudgets: PieceOrder = { ...merge!, chore: { kind: 'merge', budgets } };
    const whole: JobOrder = { ...order, pieces: [build!, ...order.pieces, merge!] };
    const outcome = (index: number, delivered: string | undefined) => {
      const own = { piece: `job/${index}`, attempts: 1 };
      return delivered === undefined
        ? { ...own, missing: 'it fell' }
        : { ...own, board: 'b', bundle: bundle(delivered) };
    };
    const job = (ends: readonly (string | undefined)[]): JobRecord => ({
      jobId: 'job',
      order: whole,
      isOver: true,
      outcome: { jobId: 'job', isCancelled: false, pieces: ends.map((end, index) => outcome(index, end)) },
    });
    const lost = job(['ff', 'aa', undefined, 'mm']);
    const again = (given: JobRecord, wanted: Partial<ChoreWishes> = { detach: true }) =>
      orderAgain(given, { ...wishes, ...wanted }, means());
    expect(await again(lost)).toMatchObject({
      continues: 'job',
      firmwareSha256: 'ff',
      pieces: [{ suites: ['b'], firmware: bundle('ff') }, { chore: { kind: 'merge' } }],
    });
    expect((await again(lost, {})).pieces).toHaveLength(1);
    const ofTonight = { ...lost, order: { ...whole, notBeforeMs: 1 } };
    expect(await again(ofTonight)).toEqual(await again(lost));
    const all = await again(job([undefined, undefined, undefined, 'mm']));
    expect(all.pieces.map(({ chore }) => chore)).toEqual(whole.pieces.map(({ chore }) => chore));
    await expect(again(job(['ff', 'aa', 'bb', undefined]))).rejects.toThrow(/All of job was played/);
    // Somebody waited for the first; for this one nobody does.
    const awaited = { ...lost, order: { ...whole, pieces: whole.pieces.slice(0, 3) } };
    expect((await again(awaited)).pieces.at(-1)?.chore).toEqual({ kind: 'merge' });
    const judged = { ...whole, pieces: [...whole.pieces.slice(0, 3), mergeOfBudgets] };
    expect((await again({ ...lost, order: judged })).pieces.at(-1)?.chore).toEqual(mergeOfBudgets.chore);
    // Broken off behind the build there is nothing to judge.
    const ends = [undefined, undefined, undefined];
    expect([job(['ff', ...ends]), job([undefined, ...ends]), lost].map(isPlayed)).toEqual([
      false,
      false,
      true,
    ]);
    expect(mergedBundleOf(lost)).toEqual(bundle('mm'));
    expect(mergedBundleOf(job(['ff', 'aa', 'bb', undefined]))).toBeUndefined();
    expect(mergedBundleOf(job(['ff', 'aa', 'bb']))).toBeUndefined();
  });
});

it('keeps a desk of one bench from work, over restarts too, until it is released', async () => {
  const of = (bench: string): BuildHands =>
    new BuildHands({
      ...{ recipes: {}, bundles, folder: join(folder, 'build'), clock: systemClock },
      quarantine: new DeskQuarantine(bench, 'build', join(folder, 'quarantine')),
    });
  await of('/lab/bench.yaml').quarantine('its disk is full');
  await of('/lab/bench.yaml').quarantine('another reason');
  expect(await of('/lab/bench.yaml').look()).toEqual({ state: 'quarantined', reason: 'its disk is full' });
  expect(await of('/desk/bench.yaml').look()).toEqual({ state: 'ready' });
  await of('/lab/bench.yaml').release();
  expect(await of('/lab/bench.yaml').look()).toEqual({ state: 'ready' });
});

describe('a preflight', () => {
  const outputOnly = { check: 'console', reason: 'console: output-only', isOfBench: true };
  const flight = (...found: readonly (typeof outputOnly | undefined)[]) => {
    const looks = [...found];
    const clock = { now: 0, nowMs: () => clock.now };
    return { looks, clock, preflight: new Preflight(() => Promise.resolve(looks.shift()), clock) };
  };
  const { reason } = outputOnly;

  it('puts a board in quarantine that fails by the same half a minute later, and looks at none before', async () => {
    const { looks, clock, preflight } = flight(outputOnly, outputOnly, outputOnly, outputOnly);
    expect(await preflight.look()).toEqual({ state: 'busy', reason });
    clock.now = SUSPECTED_MS - 1;
    expect(await preflight.look()).toEqual({ state: 'busy', reason });
    expect(looks).toHaveLength(2);
    clock.now = SUSPECTED_MS;
    expect(await preflight.look()).toEqual({ state: 'quarantined', reason });
  });

  it('gives a board work that was silent for a moment, and begins anew with another complaint', async () => {
    const other = { ...outputOnly, check: 'rig' };
    const { clock, preflight } = flight(outputOnly, outputOnly, other, other, outputOnly, undefined);
    for (const state of ['busy', 'busy', 'ready']) {
      expect(await preflight.look()).toMatchObject({ state });
      clock.now += SUSPECTED_MS;
    }
  });

  it('waits for what will pass by itself, however often', async () => {
    const held = { check: 'lock', reason: 'lock: held', isOfBench: false };
    const { clock, preflight } = flight(...Array.from({ length: 6 }, () => held));
    for (let looked = 0; looked < 3; looked++, clock.now += SUSPECTED_MS)
      expect(await preflight.look()).toMatchObject({ state: 'busy' });
  });
});

describe('a build', () => {
  const recipe = (script: string): BuildRecipe => ({
    command: ['sh', '-c', script],
    output: 'out.bin',
    environment: [],
    within: 60_000,
  });

  async function played(script: string, wanted = 'demo', signal = new AbortController().signal) {
    const source = join(folder, 'source');
    mkdirSync(source, { recursive: true });
    writeFileSync(
      join(source, 'image'),
      buildMerged({ 0: someBootloader(), 0x8000: buildTable(someTable), 0x10000: someApp() }),
    );
    const hands = new BuildHands({
      recipes: { demo: recipe(script) },
      bundles,
      folder: join(folder, 'build'),
      clock: systemClock,
      quarantine: new DeskQuarantine('/lab/bench.yaml', 'build', join(folder, 'quarantine')),
    });
    const chore = { kind: 'build', recipe: wanted, source: await bundles.put('source', source) } as const;
    return hands.play({ unit: { chore }, token: 1 } as unknown as Claim, signal);
  }

  it('gives the firmware alone, and sees no key of the bench', async () => {
    process.env['FLEET_CHORES_KEY'] = 'secret';
    const end = await played(
      'test -z "$FLEET_CHORES_KEY" && test -n "$PATH" && mv image out.bin && touch junk',
    ).finally(() => delete process.env['FLEET_CHORES_KEY']);
    expect(end).toMatchObject({ end: 'judged' });
    expect(readdirSync((end as { readonly runPath: string }).runPath)).toEqual(['out.bin']);
    expect(existsSync(join(folder, 'build', 'source'))).toBe(false);
  });

  it.each([
    ['echo no such header >&2; exit 7', 'demo', /demo: ended with exit code 7: no such header/],
    ['true', '__proto__', /no recipe/],
  ])('that ends with "%s" by the recipe %s is spoilt', async (script, wanted, reason) => {
    expect(await played(script, wanted)).toMatchObject({
      end: 'spoilt',
      reason: expect.stringMatching(reason),
    });
  });

  it('that leaves no firmware is an error, which says what is missing', async () => {
    await expect(played('true')).rejects.toThrow(/out\.bin/);
  });

  it('may end in a link to what it made, and in none that leads out of its source', async () => {
    const inside = await played('mkdir made && mv image made/it && ln -s made/it out.bin');
    expect(inside).toMatchObject({ end: 'judged' });
    const refused = { code: 'HIL_FLEET_BUNDLE_UNFIT' };
    await expect(played('cp image ../kept && ln -s ../kept out.bin')).rejects.toMatchObject(refused);
    await expect(played('mkdir ../far && cp image ../far/it && ln -s ../far/it out.bin')).rejects.toThrow(
      /out\.bin is a link that leads out of the source/,
    );
    const build = `{"flash_files":{"0x0":"far/image"}}`;
    const folderWide = `mkdir out.bin ../away && cp image ../away/ && ln -s ../../away out.bin/far && echo '${build}' > out.bin/flasher_args.json`;
    await expect(played(folderWide)).rejects.toMatchObject(refused);
  });

  it('that is broken off ends with all that it started', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const ending = new AbortController();
    const open = createReadStream(pipe);
    const end = played(`exec 3> ${pipe}; echo here >&3; sleep 600 & sleep 600`, 'demo', ending.signal);
    await once(open, 'data');
    // Which comes once nobody holds its other end any more.
    const closed = once(open.resume(), 'end');
    ending.abort();
    expect(await end).toMatchObject({ end: 'spoilt', reason: expect.stringContaining('broken off') });
    await closed;
  });

  it('has a recipe that says no more than a file of the bench', () => {
    const file = join(folder, 'builds.yaml');
    const written = (output: string): Readonly<Record<string, BuildRecipe>> => {
      writeFileSync(
        file,
        `schema: earshot/builds@1\nbuilds:\n  demo:\n    command: [idf.py, build]\n    output: ${output}\n`,
      );
      return loadRecipes(file);
    };
    expect(written('build')).toEqual({
      demo: { command: ['idf.py', 'build'], output: 'build', environment: [], within: 1_800_000 },
    });
    for (const output of ['../elsewhere', '/etc', 'a/../../b'])
      expect(() => written(output)).toThrow(/within the source/);
    expect(buildEnvironment(['IDF_PATH'], { PATH: '/bin', IDF_PATH: '/idf', OPENAI_API_KEY: 'k' })).toEqual({
      PATH: '/bin',
      IDF_PATH: '/idf',
    });
  });
});

describe('what the fleet merged', () => {
  const verdict = {
    schema: 'earshot/fleet-verdict@1',
    jobId: 'job',
    firmwareSha256: 'ff',
    outcome: 'not-judged',
    exitCode: 3,
    atMs: 1,
    turns: 0,
    why: 'No board played boot.',
  } as const;

  it('becomes a run of the reports folder, fetched once or twice', async () => {
    const run = join(folder, 'run');
    cpSync(resolve('fixtures/runs/gate-crash'), run, { recursive: true });
    const put = await bundles.put('merged', run);
    const options = { bundles, reportsPath: join(folder, 'reports'), language: 'en' } as const;
    mkdirSync(options.reportsPath);
    for (let times = 0; times < 2; times++) {
      const fetched = await fetchMerged(put, options);
      if (!('run' in fetched)) throw new Error('there is no run');
      expect(existsSync(fetched.reports.html)).toBe(true);
      expect(fetched.verdict.exitCode).toBe(1);
      expect(readdirSync(options.reportsPath).sort()).toEqual([fetched.run.record.runId, 'latest.txt']);
    }
  });

  it('is a word alone where nothing was played', async () => {
    const nothing = join(folder, 'nothing');
    mkdirSync(nothing);
    writeMergedVerdict(nothing, verdict);
    const put = await bundles.put('merged', nothing);
    const reportsPath = join(folder, 'reports');
    mkdirSync(reportsPath);
    expect(await fetchMerged(put, { bundles, reportsPath, language: 'en' })).toEqual(verdict);
    expect(readdirSync(reportsPath)).toEqual([]);
  });
});
