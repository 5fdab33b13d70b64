import { join } from 'node:path';
import { catalogue, type ErrorCode } from '../../errors';
import { distributionOf, isSoundTurn, type Measured } from '../../measurement';
import type { Finding, SoakPlan } from '../../ports';
import { readRun, type FinishedRun } from '../../run';
import { judgeQuantile, judgeSuccessRate } from '../../verdict/budget';
import { reasonOf, type ReasonInput } from '../../verdict/reason';
import { judgeShifts } from '../../verdict/shift/judge-shifts';
import { judgeRun } from '../../verdict';
import { judgeSoak } from '../../verdict/soak/judge-soak';
import { renderHtml } from '../html/render-html';
import { messagesOf } from '.';

const { zh, en } = messagesOf;
const sample = readRun(join(__dirname, '../../../fixtures/runs/sample'));

const measured = (...valuesMs: readonly number[]): Measured[] =>
  valuesMs.map((valueMs) =>
    Number.isFinite(valueMs)
      ? { state: 'measured', valueMs, uncertaintyMs: 1 }
      : { state: 'censored', aboveMs: 8_000, reason: 'no-onset' },
  );
const many = Array.from({ length: 80 }, (_, index) => 500 + index);
const finding: Finding = {
  ...{ code: 'HIL_TURN_MISHEARD', origin: 'board', facts: {}, hostAtMs: 0 },
  message: 'The provider heard no speech where en-weather was said.',
};
const nothing: ReasonInput = {
  ...{ turns: [], config: [], blames: [], bench: [], provider: [], uncounted: [], budgets: [] },
  ...{ shifts: undefined, losses: [], selfCheck: undefined },
};
const judged = (outcome: 'pass' | 'fail' | 'not-judged') => ({ turnId: 't1', outcome, findings: [] });

const budgets = [
  ...[1, 500, 560, 5_000].map((bound) =>
    judgeQuantile('ttfa', 'p50', bound, distributionOf(measured(...many)), 'tool'),
  ),
  judgeQuantile('voiceToVoice', 'p95', 800, distributionOf(measured(500, 600))),
  judgeQuantile('uplink', 'p50', 800, distributionOf(measured(...many)), 'cold', ['korvo', 'latency']),
  judgeSuccessRate(0.95, 9, 10, ['korvo']),
  judgeQuantile('voiceToVoice', 'p95', 800, distributionOf(measured())),
  judgeQuantile('voiceToVoice', 'max', 800, distributionOf(measured(500, Infinity))),
  judgeQuantile('voiceToVoice', 'max', 800, distributionOf(measured())),
  judgeQuantile(
    'voiceToVoice',
    'p50',
    520,
    distributionOf(measured(500, 510, 520, 530, ...Array.from({ length: 20 }, () => Infinity))),
  ),
  ...(
    [
      [0.95, 0, 0],
      [1, 3, 4],
      [0.5, 79, 80],
      [0.99, 10, 80],
      [0.95, 9, 10],
      [0.95, 77, 80],
    ] as const
  ).map(([bound, passed, all]) => judgeSuccessRate(bound, passed, all)),
];
const arm = (turns: number, from: number) =>
  Array.from({ length: turns }, (_, index) => ({
    valueMs: from + ((index * 37) % 90),
    session: String(Math.floor(index / 8)),
    stratum: 'p',
  }));
const title = 'the baseline korvo of 2026-11-21 (openai_demo 1.4.2)';
const shifts = [
  ...[
    [80, 500],
    [80, 700],
    [20, 500],
    [59, 530],
    [700, 530],
    [40, NaN],
  ].map(([turns = 0, from = 0]) => {
    const reference = { title, marginMs: 30, arms: { voiceToVoice: arm(turns > 600 ? 600 : 200, 500) } };
    return judgeShifts(reference, { voiceToVoice: Number.isNaN(from) ? [] : arm(turns, from) })[0]!;
  }),
  judgeShifts(
    { title, marginMs: 30, arms: { voiceToVoice: arm(200, 500) } },
    { voiceToVoice: arm(80, 0).map((turn) => ({ ...turn, valueMs: Infinity })) },
  )[0]!,
];
const selfCheck = { n: 9, p50AbsErrorMs: 0.1, p95AbsErrorMs: 0.31234, boundMs: 0.1, ok: false };
const open = budgets.filter(({ outcome }) => outcome === 'inconclusive');
const reasons = [
  reasonOf(0, { ...nothing, turns: [judged('pass')], budgets, shifts }),
  reasonOf(0, { ...nothing, turns: [judged('pass'), judged('pass')] }),
  reasonOf(1, { ...nothing, turns: [judged('fail'), judged('pass')], blames: [finding, finding, finding] }),
  reasonOf(1, { ...nothing, blames: [{ ...finding, message: shifts[1]!.why }] }),
  reasonOf(1, {
    ...nothing,
    turns: [judged('fail')],
    budgets: budgets.filter(({ measure, outcome }) => measure === 'successRate' && outcome === 'fail'),
  }),
  reasonOf(2, nothing),
  reasonOf(2, { ...nothing, config: [finding] }),
  reasonOf(3, { ...nothing, bench: [finding] }),
  reasonOf(3, { ...nothing, selfCheck }),
  reasonOf(4, { ...nothing, provider: [finding] }),
  reasonOf(5, nothing),
  reasonOf(5, { ...nothing, turns: [judged('not-judged')] }),
  reasonOf(5, { ...nothing, turns: [judged('pass')], budgets: open }),
  reasonOf(5, {
    ...nothing,
    turns: [judged('pass')],
    shifts: shifts.filter(({ outcome }) => outcome === 'inconclusive'),
  }),
  reasonOf(5, {
    ...nothing,
    turns: [judged('pass')],
    shifts: shifts.filter(({ outcome }) => outcome === 'not-judged'),
  }),
  reasonOf(5, { ...nothing, turns: [judged('pass')], shifts: [] }),
  reasonOf(5, { ...nothing, turns: [judged('pass')], uncounted: [finding] }),
  reasonOf(130, { ...nothing, turns: [judged('pass')] }),
];

const MINUTE_MS = 60_000;
const soakPlan: SoakPlan = {
  forMs: 0,
  playedMs: 0,
  pattern: 'steady',
  bounds: { internal: { bytesPerHour: 1_024 }, psram: { bytesPerTurn: 64 } },
  isBound: false,
  keepEvery: 20,
};
/** What a soak says of its memory: free bytes at each minute. */
const soaked = (minutes: number, free: (minute: number) => number | undefined): string[] =>
  judgeSoak(
    {
      plan: { ...soakPlan, forMs: minutes * MINUTE_MS },
      startedAtHostMs: 0,
      elapsedMs: minutes * MINUTE_MS,
      events: Array.from({ length: minutes }, (_, minute) => {
        const bytes = free(minute);
        const data = { type: 'heap', boot: 0, internalBytes: bytes, psramBytes: bytes };
        const hostAtMs = minute * MINUTE_MS;
        return [
          { kind: 'turn', hostAtMs, data: {} },
          ...(bytes === undefined ? [] : [{ kind: 'board', hostAtMs, data }]),
        ];
      }).flat(),
    },
    [],
  ).trends.flatMap(({ bounds }) => bounds.map(({ why }) => why));
const losses = [
  ...soaked(100, () => undefined),
  ...soaked(20, () => 190_000),
  ...soaked(100, (minute) => 190_000 - 512 * minute),
  ...soaked(100, (minute) => (minute < 50 ? 190_000 : 170_000) - (minute % 7)),
  ...soaked(100, (minute) => 190_000 - 9_000 * Math.floor(minute / 27)),
];

/** Words that no translation leaves: names and units are not among them. */
const english = /\b(?!ms\b|RAM\b|PSRAM\b|korvo\b|openai_demo\b|latency\b|conversation\b)[A-Za-z]{2,}\b/;

describe('stored sentences in Chinese', () => {
  it.each([
    ...new Set([...budgets.map(({ why }) => why), ...shifts.map(({ why }) => why), ...reasons, ...losses]),
  ])('translates all of: %s', (sentence) => {
    const chinese = zh.stored(sentence);
    expect(chinese).toMatch(/。$/);
    expect(chinese?.replaceAll(/en-\w+|function-calls|text-chat/g, '')).not.toMatch(english);
    // No figure is lost on the way.
    for (const figure of sentence.match(/\d+(\.\d+)?/g) ?? []) expect(chinese).toContain(figure);
  });

  it('says what it means', () => {
    expect(zh.stored(reasons[2]!)).toBe(
      '2 个已判定轮次中有 1 个开发板失败：所说为 en-weather，服务端听到的是 没有语音（另有 2 个问题）。',
    );
    expect(zh.stored(budgets[0]!.why)).toMatch(
      /^首个音频 p50（调用轮次） 为 539\.5 ms（95 % 区间 \d+\.\d ms 至 \d+\.\d ms，n = 80），预算 1 ms。$/,
    );
  });

  it('leaves alone what is not known, however it begins', () => {
    for (const sentence of [
      'The provider was on fire.',
      'x is 5 ms at n = 3, limit 4 ms.',
      'uplink, the movie is out',
    ])
      expect(zh.stored(sentence)).toBeUndefined();
    expect(en.stored('The provider was on fire.')).toBe('The provider was on fire.');
  });
});

it('has a remedy in Chinese for every code, with the same names of files and options in it', () => {
  for (const code of Object.keys(catalogue) as ErrorCode[]) {
    const chinese = zh.remedyOf(code) ?? '';
    expect(chinese).toMatch(/[\u4e00-\u9fff].*。$/);
    for (const quoted of catalogue[code].remedy.match(/`[^`]+`|--[a-z][\w-]+|docs\/[\w-]+\.md/g) ?? [])
      expect(`${code}: ${chinese}`).toContain(quoted);
  }
});

describe('the page in Chinese', () => {
  const { record, findings } = sample;
  const turns = sample.turns.filter(isSoundTurn).map((turn) => ({
    ...turn,
    record: { ...turn.record, prompt: { ...turn.record.prompt, transcript: '今天' } },
  }));
  const bounds = { voiceToVoice: { p50: 800, p95: 5_000, max: 9_000 } };
  const stated = {
    path: 'b.yaml',
    successRate: 0.9,
    measures: bounds,
    goals: { voiceToVoice: { p50: 500 } },
  };
  const reference = { title, marginMs: 30, arms: { voiceToVoice: arm(200, 500) } };
  const verdict = judgeRun({ turns, findings, budgets: stated, interrupted: false, reference });
  const run: FinishedRun = { ...sample, turns, verdict, record: { ...record, why: verdict.why } };

  it('says nothing in English but what was recorded, which is marked as such', () => {
    const page = renderHtml(run, { language: 'zh' });
    expect(page).toContain('<html lang="zh-CN">');
    const words = page
      .replace(/<(script|style)>[\s\S]*?<\/\1>/g, '')
      .replace(/<(\w+)[^<>]*\slang="en"[^<>]*>[\s\S]*?<\/\1>/g, '')
      .replace(/<code>[\s\S]*?<\/code>/g, '')
      .matchAll(/(?:aria-label|title|placeholder|data-shown|data-open)="([^"]*)"|>([^<]+)</g);
    const recorded =
      /^(earshot|openai-\w+|korvo|[\w.-]+\.wav|SI-SDR|PSRAM|xrun|en-[\w-]+|zh-[\w-]+|UTC|ELF|IDF)$/;
    const known = new Set(
      JSON.stringify([
        record,
        turns.map(({ record: of, measurement }) => [
          of.expected,
          of.providerEvents,
          measurement.calls,
          of.boardEvents,
          measurement.heard,
        ]),
      ]).split(/[^A-Za-z]+/),
    );
    const left = new Set(
      [...words]
        .flatMap(([, attribute, text]) => (attribute ?? text ?? '').split(/[^A-Za-z.\w-]+/))
        .filter((word) => /^[A-Za-z]{3}[a-z-]*$/.test(word) && !recorded.test(word) && !known.has(word)),
    );
    expect([...left].filter((word) => !['dBFS', 'kHz', 'ppm', 'JSON', 'RAM', 'ECDF'].includes(word))).toEqual(
      [],
    );
  });

  it('has the same figures as the one in English', () => {
    const figures = (text: string): string[] =>
      (
        text
          .replace(/<(script|style)>[\s\S]*?<\/\1>/g, '')
          .replace(/<[^>]+>/g, ' ')
          .match(/\d+\.\d+/g) ?? []
      ).sort();
    expect(figures(renderHtml(run, { language: 'zh' }))).toEqual(figures(renderHtml(run)));
  });
});
