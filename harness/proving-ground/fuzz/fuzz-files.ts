import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBench, loadBudgets, loadScenario } from '../../config';
import { isHilError } from '../../errors';
import { readConsole, readRun } from '../../run';
import { derivedSeed, seededUniform } from '../../units';
import { turnOf, killedRecord } from '../kills/written-turn';
import { mutatedBytes, mutatedJson, mutatedLines } from './mutate';

/** What became of spoiled files. */
export interface FileFuzzReport {
  readonly inputs: number;
  /** How many were read all the same. */
  readonly read: number;
  /** How many were refused, by code. */
  readonly refused: Readonly<Record<string, number>>;
  /** What was thrown that is none of our errors, or took too long: the seed of each, ten at most. */
  readonly failed: readonly string[];
}

export interface FileFuzzOptions {
  /** Of the repository: holds `fixtures`. */
  readonly root: string;
  readonly inputs: number;
  readonly seed: number;
}

/** A file of a few KiB is read in milliseconds; a machine that is busy takes longer, and an endless loop for ever. */
const HANG_MS = 5_000;
const FAILURES_KEPT = 10;

type Random = () => number;
const pick = <T>(random: Random, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)] as T;

/** Runs one reader on many inputs, each of a seed of its own. */
function fuzzed({ inputs, seed }: FileFuzzOptions, tryOne: (random: Random) => void): FileFuzzReport {
  let read = 0;
  const refused: Record<string, number> = {};
  const failed: string[] = [];
  const fail = (input: number, what: string): void => {
    if (failed.length < FAILURES_KEPT) failed.push(`input ${input} of seed ${seed}: ${what}`);
  };
  for (let input = 0; input < inputs; input += 1) {
    const random = seededUniform(derivedSeed(seed, String(input)));
    const from = process.hrtime.bigint();
    try {
      tryOne(random);
      read += 1;
    } catch (thrown) {
      if (isHilError(thrown)) refused[thrown.code] = (refused[thrown.code] ?? 0) + 1;
      else fail(input, thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown));
    }
    const tookMs = Number(process.hrtime.bigint() - from) / 1e6;
    if (tookMs > HANG_MS) fail(input, `it took ${Math.round(tookMs)} ms`);
  }
  return { inputs, read, refused, failed };
}

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-fuzz-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What YAML has and our files do not: anchors, merges, tags, several documents, deep nests, other encodings. */
const yamlTraps = [
  'a: &a [*a]\n',
  '<<: *x\n',
  '--- \n',
  '!!js/function x\n',
  '%YAML 9.9\n',
  `${'['.repeat(3000)}\n`,
  `${'- '.repeat(500)}x\n`,
  '? [k]\n: v\n',
  '__proto__: { a: 1 }\n',
  '\ufeff',
  '&a *a\n',
  '"\\ud800"\n',
  '\t\t: x\n',
];

function spoiledYaml(random: Random, original: string): Buffer {
  const kind = random();
  if (kind < 0.4) return mutatedBytes(random, Buffer.from(original));
  const lines = mutatedLines(random, original.replaceAll('\n', '\r\n')).replaceAll('\r\n', '\n');
  if (kind < 0.8) return Buffer.from(lines);
  const at = lines.indexOf('\n', Math.floor(random() * lines.length)) + 1;
  return Buffer.from(lines.slice(0, at) + pick(random, yamlTraps) + lines.slice(at));
}

/** Spoiled bench, budgets and scenario files to their readers. */
export function fuzzYaml(options: FileFuzzOptions): FileFuzzReport {
  const { root } = options;
  const samples = [
    { from: 'fixtures/benches/virtual.yaml', to: 'benches/bench.yaml', load: loadBench },
    { from: 'fixtures/benches/budgets.yaml', to: 'benches/budgets.yaml', load: loadBudgets },
    { from: 'fixtures/scenarios/voice-assistant.yaml', to: 'scenarios/s.yaml', load: loadScenario },
  ].map((sample) => ({ ...sample, text: readFileSync(join(root, sample.from), 'utf8') }));
  return inFolder((folder) => {
    for (const name of ['benches', 'scenarios']) mkdirSync(join(folder, name));
    return fuzzed(options, (random) => {
      const { to, text, load } = pick(random, samples);
      const path = join(folder, to);
      writeFileSync(path, spoiledYaml(random, text));
      load(path);
    });
  });
}

const runManifest = {
  schema: 'earshot/run@1',
  runId: 'fuzz',
  startedAt: '2026-03-14T09:00:00Z',
  ...killedRecord,
};
const finding = {
  code: 'HIL_TURN_MICROPHONE_SILENT',
  origin: 'board',
  message: 'x',
  facts: {},
  hostAtMs: 1,
};
const eventOf = (seq: number, kind: string, data: unknown): unknown => ({
  schema: 'earshot/event@1',
  seq,
  kind,
  hostAtMs: seq,
  data,
});
const runFiles = {
  'run.json': [runManifest],
  'turns.jsonl': [1, 2].map((count) => ({ schema: 'earshot/turn-line@1', ...turnOf(count, 3) })),
  'events.jsonl': [
    eventOf(0, 'board', { type: 'session-ready' }),
    eventOf(1, 'finding', finding),
    eventOf(2, 'bound', { quantile: 'p95', boundMs: 800, turnIds: ['t0001'], hostAtMs: 2 }),
    eventOf(3, 'test', {
      file: 'a',
      name: ['b'],
      status: 'passed',
      durationMs: 1,
      failures: [],
      turnIds: [],
    }),
  ],
  'board/console.jsonl': turnOf(1, 4).record.consoleLines.map((line) => ({
    schema: 'earshot/console-line@1',
    ...line,
  })),
} as const;

const linesOf = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** Run folders with one file spoiled to the reader of runs: other JSON, other bytes, lines torn, doubled and missing. */
export function fuzzRuns(options: FileFuzzOptions): FileFuzzReport {
  return inFolder((folder) => {
    mkdirSync(join(folder, 'board'));
    const restore = (name: keyof typeof runFiles): void =>
      writeFileSync(join(folder, name), linesOf(runFiles[name]));
    const names = Object.keys(runFiles) as (keyof typeof runFiles)[];
    for (const name of names) restore(name);
    return fuzzed(options, (random) => {
      const name = pick(random, names);
      const values = [...runFiles[name]] as unknown[];
      const kind = random();
      const at = Math.floor(random() * values.length);
      if (kind < 0.6) values[at] = mutatedJson(random, values[at]);
      const text = linesOf(values);
      const lines = (): string =>
        mutatedLines(random, text.replaceAll('\n', '\r\n')).replaceAll('\r\n', '\n');
      const bytes =
        kind < 0.6
          ? Buffer.from(text)
          : kind < 0.8
            ? mutatedBytes(random, Buffer.from(text))
            : Buffer.from(lines());
      writeFileSync(join(folder, name), bytes);
      try {
        readRun(folder);
        readConsole(folder, 'board');
      } finally {
        restore(name);
      }
    });
  });
}
