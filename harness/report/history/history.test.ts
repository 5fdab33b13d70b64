import { resolve } from 'node:path';
import { readRun, type RunHead } from '../../run';
import { judgeRun } from '../../verdict';
import { renderBadge } from './badge';
import { renderHistory } from './history-page';
import { trendsOf } from './releases';

const fixtures = resolve(__dirname, '../../../fixtures/runs');

/** An example run as it is judged, with another firmware, date or outcome. */
function headOf(
  name: string,
  version: string,
  startedAt: string,
  over: Partial<RunHead['record']> = {},
): RunHead {
  const { path, record, turns, findings } = readRun(`${fixtures}/gate-${name}`);
  const verdict = judgeRun({ turns, findings, budgets: undefined, interrupted: false });
  const { outcome, why } = verdict;
  const boards = record.boards.map((board) => ({ ...board, firmware: { ...board.firmware, version } }));
  return { path, record: { ...record, boards, startedAt, outcome, why, ...over }, verdict };
}

const old = headOf('pass', 'v1', '2026-01-01T00:00:00Z');
const again = headOf('undecided', 'v1', '2026-01-05T00:00:00Z');
const newer = headOf('slower', 'v2', '2026-02-01T00:00:00Z');
const broken = headOf('crash', 'v2', '2026-02-02T00:00:00Z');
const outage = headOf('provider-outage', 'v2', '2026-02-03T00:00:00Z');

describe('trendsOf', () => {
  it('puts runs of a firmware together, by when it was first run', () => {
    const [trend, ...others] = trendsOf([newer, again, outage, broken, old]);
    expect(others).toEqual([]);
    expect(trend).toMatchObject({
      board: 'ESP32-S3-Korvo-2',
      dialect: 'openai-demo',
      provider: 'mock',
      measure: 'voiceToVoice',
    });
    const seen = trend?.releases.map(({ firmware, outcome, runs, distribution }) => [
      firmware,
      outcome,
      runs.length,
      distribution.n,
    ]);
    // The outage was not judged, so its turns have no part in it.
    expect(seen).toEqual([
      ['v1', 'pass', 2, 240],
      ['v2', 'fail', 2, 100],
    ]);
    const values = trend?.releases[0]?.distribution.valuesMs ?? [];
    expect(values).toEqual([...values].sort((a, b) => a - b));
  });

  it('counts a merged run, and not the runs again that it was merged of', () => {
    const source = (runId: string) => ({ runId }) as NonNullable<RunHead['record']['sources']>[number];
    const merge = (name: string, startedAt: string, runId: string, ...ids: string[]): RunHead =>
      headOf(name, 'v1', startedAt, { runId, sources: ids.map(source) });
    const two = merge('pass', '2026-01-01T00:00:00Z', 'two', 'gate-pass', 'gate-undecided');
    const three = merge('pass', '2026-01-01T00:00:00Z', 'three', 'gate-pass', 'gate-undecided', 'third');
    const countOf = (runs: readonly RunHead[]) =>
      trendsOf(runs)[0]?.releases[0]?.runs.map(({ record }) => record.runId);
    expect(countOf([old, again, two])).toEqual(['two']);
    expect(countOf([old, three, again, two])).toEqual(['three']);
    // One that was broken off stands for nothing.
    const aborted: RunHead = { ...two, record: { ...two.record, outcome: 'aborted' } };
    expect(countOf([old, again, aborted])).toEqual(['gate-pass', 'gate-undecided']);
  });

  it('keeps boards and providers apart', () => {
    const elsewhere = headOf('pass', 'v1', '2026-01-02T00:00:00Z', {
      provider: { name: 'live', protocol: 'openai-realtime' },
    });
    expect(trendsOf([old, elsewhere]).map(({ provider }) => provider)).toEqual(['live', 'mock']);
  });

  it('knows no trend of runs that were broken off', () => {
    expect(trendsOf([{ ...old, record: { ...old.record, outcome: 'aborted' } }])).toEqual([]);
    expect(trendsOf([])).toEqual([]);
  });
});

describe('renderHistory', () => {
  const page = (runs: readonly RunHead[]): string =>
    renderHistory(runs, trendsOf(runs), { linkOf: ({ record }) => `runs/${record.runId}/report.html` });

  it('shows each release with its interval, and each run with its report, newest first', () => {
    const text = page([old, newer, broken]);
    expect(text).toMatch(/<title>v1: p50 \d+\.\d ms, p95 \d+\.\d ms, n = 200<\/title>/);
    expect(text).toMatch(/\d+\.\d \(\d+\.\d to \d+\.\d\)/);
    expect(text.indexOf('runs/gate-crash/report.html')).toBeLessThan(
      text.indexOf('runs/gate-pass/report.html'),
    );
    expect(text).toContain('default-src &#39;none&#39;');
  });

  it('says how the median moved where enough turns say both, and nothing of a change otherwise', () => {
    const faster = headOf('pass', 'v3', '2026-03-01T00:00:00Z');
    const few = headOf('crash', 'v4', '2026-03-02T00:00:00Z');
    const changes = [...page([old, newer, faster, few]).matchAll(/<td class="num">([+−]\d+\.\d|–)<\/td>/g)];
    const said = changes.map(([, change]) => change);
    // In the overview the newest release, then all of them, newest first.
    expect(said.slice(0, 2)).toEqual(['–', '–']);
    expect([said[2]?.[0], said[3]?.[0], said[4]]).toEqual(['−', '+', '–']);
    expect(Math.abs(Number(said[3]))).toBeGreaterThan(40);
  });

  it('does not begin its axis at zero, and shows a fifth of the largest value at least', () => {
    const labels = [...page([old]).matchAll(/text-anchor="end">(\d+)</g)].map(([, label]) => Number(label));
    expect(Math.min(...labels)).toBeGreaterThan(100);
    expect(Math.max(...labels) - Math.min(...labels)).toBeGreaterThan(0.15 * Math.max(...labels));
  });

  it('escapes whatever a board or a person wrote', () => {
    const hostile = headOf('pass', '<script>alert(1)</script>', '2026-01-01T00:00:00Z', {
      why: '"><img src=x onerror=alert(1)>',
    });
    const text = page([hostile]);
    expect(text).not.toContain('<script>');
    expect(text).not.toContain('<img');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('is a page for runs without any latency too', () => {
    expect(page([outage])).toContain('No run here was judged by a latency.');
  });
});

describe('renderBadge', () => {
  it('says median and outcome of the newest release', () => {
    const [trend] = trendsOf([old, broken]);
    expect(renderBadge(trend)).toMatch(/aria-label="voice-to-voice: \d{3} ms · fail"/);
    expect(renderBadge(undefined)).toContain('earshot: no runs');
  });
});
