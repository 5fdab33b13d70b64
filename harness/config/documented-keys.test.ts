import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { parse } from 'yaml';
import { benchFile } from './bench-schema';
import { budgetsFile } from './load-budgets';
import { scenarioFile } from './load-scenario';
import { packageRoot } from './package-root';
import { allKeys } from './schema-keys';

interface Row {
  readonly key: string;
  readonly fallback: string;
}
type Tree = Record<string, unknown>;

const page = (file: string): string => readFileSync(join(packageRoot(), 'docs', file), 'utf8');
const [benchPart = '', budgetsPart = ''] = page('bench-file.md').split('## Budgets');

/** First and third cell of every row whose first cell is a key. */
const rowsOf = (markdown: string): readonly Row[] =>
  [...markdown.matchAll(/^\| `([^`]+)` *\|[^|]*\| *([^|]*?) *\|/gm)].map(([, key = '', fallback = '']) => ({
    key,
    fallback,
  }));

const examplesOf = (markdown: string): readonly unknown[] =>
  [...markdown.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => parse(text) as unknown);

/** The same tree with `value` at `boards[].rig.seed`; lists have one entry, and `*` is any name. */
function withValue(tree: unknown, key: string, value: unknown): Tree {
  const copy = structuredClone(tree) as Tree;
  const segments = key.replaceAll('[]', '.0').split('.');
  const last = segments.pop() ?? '';
  let part = copy;
  for (const segment of segments) part = (part[segment] ??= {}) as Tree;
  part[last] = value;
  return copy;
}

const board = { name: 'b1' };
const cases: readonly (readonly [string, string, z.ZodType, readonly unknown[]])[] = [
  [
    'bench file',
    benchPart,
    benchFile,
    [
      { schema: 'earshot/bench@1', boards: [{ ...board, kind: 'virtual' }] },
      {
        schema: 'earshot/bench@1',
        boards: [{ ...board, kind: 'virtual' }],
        provider: {
          network: {
            cut: { afterBytes: 0, how: 'end' },
            loss: { rate: '1%' },
            reorder: { rate: '1%' },
            duplicate: { rate: '1%' },
          },
        },
        ntp: {},
      },
      { schema: 'earshot/bench@1', boards: [{ ...board, kind: 'serial', port: '/dev/ttyUSB0', rig: {} }] },
      {
        schema: 'earshot/bench@1',
        boards: [
          {
            ...board,
            kind: 'virtual',
            sound: { kind: 'pulse', source: 'mic', sink: 'speaker' },
            rig: { kind: 'pulse', sink: 'out', source: 'in', channels: { speaker: 0 } },
          },
        ],
      },
      {
        schema: 'earshot/bench@1',
        boards: [
          {
            ...board,
            kind: 'serial',
            port: '/dev/ttyUSB0',
            power: { uhubctl: { location: '1-1', port: 1 } },
            rig: {},
          },
        ],
      },
      ...[
        { kind: 'alsa', card: 'pcm:rig', inputs: 32 },
        { kind: 'pulse', sink: 'out', source: 'in' },
      ].map((rig) => ({
        schema: 'earshot/bench@1',
        boards: [
          {
            ...board,
            kind: 'serial',
            port: '/dev/ttyUSB0',
            rig: { ...rig, channels: { speaker: 0 }, roundTrip: { delay: '40ms', uncertainty: '1ms' } },
          },
        ],
      })),
    ],
  ],
  ['budgets file', budgetsPart, budgetsFile, [{ schema: 'earshot/budgets@1' }]],
  [
    'scenario file',
    page('scenario-file.md'),
    scenarioFile,
    [{ schema: 'earshot/scenario@1', name: 's', turns: [{ heard: ['en-a'], calls: [{ name: 'f' }] }] }],
  ],
];

describe.each(cases)('the documentation of the %s', (_, markdown, schema, smallest) => {
  const documented = rowsOf(markdown);

  it('names every key that exists, and no other', () => {
    // Every measure takes the same four bounds, every kind of turn the same measures, a section for some boards all bounds, each
    // way of a link what both do, and a board's provider what the bench's does; the page names them once.
    const generic = (key: string): string =>
      key
        .replace(/^for\[\]\.(?=successRate|measures|goals|kinds)/, '')
        .replace(/^(?:goals|kinds\.\w+)\./, 'measures.')
        .replace(/^measures\.\w+\./, 'measures.*.')
        .replace(/\.network\.(up|down)\..*/, '.network.$1')
        .replace(/^boards\[\]\.provider\..*/, 'boards[].provider');
    const existing = [...new Set(allKeys(schema).map(generic))];
    expect(documented.map(({ key }) => key).sort()).toEqual([...existing].sort());
  });

  const written = documented.flatMap(({ key, fallback }) => {
    const [, text] = /^`([^`]+)`$/.exec(fallback) ?? [];
    return text === undefined ? [] : [[key, text] as const];
  });

  if (written.length > 0) {
    it.each(written)('gives the true default of %s: %s', (key, text) => {
      const agreeing = smallest.filter((file) => schema.safeParse(withValue(file, key, parse(text))).success);
      expect(agreeing).not.toEqual([]);
      // Writing a key also makes the mapping around it, which is no default where that mapping may be left out.
      const holding = agreeing.filter((file) => has(file, key.replace(/\.?[^.]+$/, '')));
      for (const file of holding.length > 0 ? holding : agreeing) {
        expect(schema.parse(withValue(file, key, parse(text)))).toEqual(
          schema.parse(withoutValue(file, key)),
        );
      }
    });
  }

  it('calls required what cannot be left out, and nothing else', () => {
    const required = documented.filter(({ fallback }) => fallback === 'required').map(({ key }) => key);
    for (const { key } of documented) {
      const holding = smallest.filter((file) => has(file, key));
      const needed = holding.some((file) => !schema.safeParse(withoutValue(file, key)).success);
      if (key === 'boards[].rig') continue; // depends on the kind of board, and says so
      if (key === 'boards[].sound') continue; // depends on the kind of rig, and says so
      if (key === 'boards[].rig.kind') continue; // decides which of the others there are
      if (key === 'boards[].power.uhubctl') continue; // one of three, and says so
      expect([key, required.includes(key)]).toEqual([key, needed]);
    }
  });

  it('shows examples that work', () => {
    const examples = examplesOf(markdown);
    expect(examples).not.toEqual([]);
    for (const example of examples) expect(schema.safeParse(example)).toMatchObject({ success: true });
  });
});

function has(tree: unknown, key: string): boolean {
  let part = tree;
  for (const segment of key.replaceAll('[]', '.0').split('.')) {
    if (typeof part !== 'object' || part === null || !(segment in part)) return false;
    part = (part as Tree)[segment];
  }
  return true;
}

function withoutValue(tree: unknown, key: string): Tree {
  const copy = structuredClone(tree) as Tree;
  const segments = key.replaceAll('[]', '.0').split('.');
  const last = segments.pop() ?? '';
  let part: Tree | undefined = copy;
  for (const segment of segments) part = part?.[segment] as Tree | undefined;
  if (part !== undefined) Reflect.deleteProperty(part, last);
  return copy;
}
