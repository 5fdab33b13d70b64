import { stripVTControlCharacters } from 'node:util';
import { renderProbePage } from './probe-page';
import { compareProbe, spreadOf, summariseProbe, type ProbeReport, type ProbeTurn } from './probe-report';
import { renderProbeTable } from './probe-table';

const turn = (number: number, firstTokenMs: number): ProbeTurn => ({
  turn: number,
  prompt: 'en-joke-a',
  outcome: 'answered',
  attempts: 1,
  retried: number === 1 ? ['50505'] : [],
  connectMs: 2,
  firstTokenMs,
  totalMs: firstTokenMs + 100,
  tokenGapsMs: [10, 30],
});
const failed: ProbeTurn = {
  turn: 11,
  prompt: '<b>',
  outcome: 'failed',
  error: { code: 'HIL_PROVIDER_LIMITED', providerCode: '11202', message: 'mock:<spark>: too many.' },
  attempts: 1,
  retried: [],
  tokenGapsMs: [],
};
const turns = Array.from({ length: 10 }, (_, index) => turn(index + 1, (index + 1) * 100));
const provider = summariseProbe({
  name: 'mock:<spark>',
  protocol: 'spark',
  model: 'generalv3',
  wanted: 12,
  turns: [...turns, failed, failed],
});
const silent = summariseProbe({
  name: 'live:ollama',
  protocol: 'ollama',
  model: 'm',
  wanted: 12,
  turns: [failed],
});
const report: ProbeReport = {
  schema: 'earshot/probe@1',
  earshot: '0.0.0',
  startedAt: '2026-01-01T00:00:00.000Z',
  turnsPerProvider: 12,
  concurrency: 1,
  stream: true,
  stopped: 'spend-cap',
  providers: [provider, silent],
};

it('interpolates quantiles as type 7 does', () => {
  const values = Array.from({ length: 10 }, (_, index) => index + 1);
  expect(spreadOf(values)).toEqual({
    n: 10,
    min: 1,
    p50: 5.5,
    p90: 9.1,
    p95: expect.closeTo(9.55, 9) as number,
    max: 10,
  });
  expect(spreadOf([])).toBeUndefined();
});

it('sums up the answered turns and counts the others by the provider’s own code', () => {
  expect(provider).toMatchObject({ answered: 10, errors: { '11202': 2 }, retries: { '50505': 1 } });
  expect(provider.measures.firstTokenMs).toMatchObject({ n: 10, p50: 550, p90: 910 });
  expect(provider.measures.tokenGapMs).toMatchObject({ n: 20, p50: 20 });
  expect(silent).toMatchObject({ answered: 0, measures: {} });
});

it('says what the board adds, to those that answered', () => {
  const board = spreadOf([1_000, 1_000])!;
  const { added } = compareProbe(report.providers, {
    runId: 'r',
    runPath: 'p',
    measure: 'voiceToVoice',
    board,
  });
  expect(added).toEqual([
    { provider: 'mock:<spark>', measure: 'firstTokenMs', p50Ms: 450, p95Ms: expect.closeTo(45, 6) as number },
  ]);
});

it('prints one table, and under it every failure', () => {
  const text = renderProbeTable(report, { colours: true });
  const lines = stripVTControlCharacters(text).split('\n');
  expect(lines[1]).toMatch(/^mock:<spark> +10\/12 +token +550 +910 +955 +20\.0 +30\.0 +650 /);
  expect(lines[2]).toMatch(/^live:ollama +0\/12 +–/);
  expect(text).toContain('mock:<spark>: failed: 11202 × 2');
  expect(text).toContain('first: mock:<spark>: too many.');
  expect(text).toContain('asked again after: 50505 × 1');
  expect(text).toContain('live:ollama: 11 of 12 turns were not asked');
  expect(text).toContain('The spend cap was reached');
  expect(renderProbeTable(report, { colours: false })).toBe(stripVTControlCharacters(text));
});

it('draws a dot for each turn on a page that loads nothing', () => {
  const page = renderProbePage(report);
  expect(page.match(/<circle/g)).toHaveLength(10 + 20 + 10);
  expect(page).toContain('mock:&lt;spark&gt;');
  expect(page).not.toMatch(/mock:<spark>|<script|src=|href=/);
});
