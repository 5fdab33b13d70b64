import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureNames, turnKinds } from '../measurement';
import { budgetsFile, loadBudgets } from './load-budgets';
import { packageRoot } from './package-root';
import { keysAt } from './schema-keys';

const path = join(mkdtempSync(join(tmpdir(), 'earshot-budgets-')), 'budgets.yaml');
const load = (text: string) => {
  writeFileSync(path, `schema: earshot/budgets@1\n${text}`);
  return loadBudgets(path);
};

describe('loadBudgets', () => {
  it('reads the budgets of the virtual bench', () => {
    expect(loadBudgets(join(packageRoot(), 'fixtures/benches/budgets.yaml'))).toMatchObject({
      successRate: 0.95,
      measures: { voiceToVoice: { p50: 1500, p95: 2500 } },
    });
  });

  it('bounds nothing that the file does not bound', () => {
    expect(load('')).toEqual({ path, successRate: undefined, measures: {} });
  });

  it('reads goals, which are no bounds', () => {
    expect(load('goals: { voiceToVoice: { p50: 500ms } }')).toEqual({
      path,
      successRate: undefined,
      measures: {},
      goals: { voiceToVoice: { p50: 500 } },
    });
    expect([...keysAt(budgetsFile, ['goals'])].sort()).toEqual([...measureNames].sort());
  });

  it('knows the measures that exist', () => {
    expect([...keysAt(budgetsFile, ['measures'])].sort()).toEqual([...measureNames].sort());
  });

  it('knows the kinds of turns that exist, and bounds each on its own', () => {
    expect([...keysAt(budgetsFile, ['kinds'])].sort()).toEqual([...turnKinds].sort());
    expect(
      load('kinds: { warm: { voiceToVoice: { p95: 800ms } }, cold: { ttfa: { max: 2s } } }'),
    ).toMatchObject({
      measures: {},
      kinds: { warm: { voiceToVoice: { p95: 800 } }, cold: { ttfa: { max: 2000 } } },
    });
  });

  it('reads bounds for some boards, selectors as lists', () => {
    expect(
      load(
        'for: [{ dialect: spark-chat, measures: { totalTime: { p95: 9s } } }, { provider: live, board: [a, b], successRate: 0.9 }]',
      ).sections,
    ).toEqual([
      { dialects: ['spark-chat'], successRate: undefined, measures: { totalTime: { p95: 9000 } } },
      { providers: ['live'], boards: ['a', 'b'], successRate: 0.9, measures: {} },
    ]);
  });

  it('reads what a soak may lose, by memory', () => {
    expect(load('memory: { internal: { bytesPerHour: 512, bytesPerTurn: 16 } }').memory).toEqual({
      internal: { bytesPerHour: 512, bytesPerTurn: 16 },
      psram: {},
    });
  });

  it.each([
    [
      'for: [{ measures: { ttfa: { p50: 1s } } }]',
      'for[0] is a mapping; it says not whom it is for: name a dialect',
    ],
    ['for: [{ board: korvo-1 }]', 'it bounds nothing: give measures, kinds, goals or a successRate'],
    ['for: [{ bord: korvo-1, successRate: 1 }]', 'for[0].bord is unknown; did you mean board?'],
    ['for: [{ board: [], successRate: 1 }]', 'for[0].board'],
    ['for: [{ board: a, measures: { ttfa: { p50: 2s, p95: 1s } } }]', 'for[0].measures.ttfa.p95 is "1s"'],
    ['kinds: { hot: { ttfa: { p50: 1s } } }', 'kinds.hot is unknown'],
    [
      'kinds: { cold: { ttfa: { p50: 2s, p95: 1s } } }',
      'kinds.cold.ttfa.p95 is "1s"; the bound of p50 is higher',
    ],
    [
      'measures: { voiceToVoise: { p50: 1s } }',
      'measures.voiceToVoise is unknown; did you mean voiceToVoice?',
    ],
    ['measures: { ttfa: { p99: 1s } }', 'the key measures.ttfa.p99 is unknown; did you mean p90 or p95?'],
    ['measures: { ttfa: { p95: 1 } }', 'measures.ttfa.p95 is 1; a unit is missing: write 1ms'],
    ['measures: { ttfa: { p50: 2s, p95: 1s } }', 'measures.ttfa.p95 is "1s"; the bound of p50 is higher'],
    ['successRate: 95', 'successRate is 95; expected at most 1'],
    ['memory: { internal: { bytesPerHour: 0 } }', 'memory.internal.bytesPerHour is 0'],
    ['memory: { heap: { bytesPerTurn: 64 } }', 'memory.heap is unknown'],
  ])('refuses %s', (text, sentence) => {
    expect(() => load(text)).toThrow(sentence);
  });
});
