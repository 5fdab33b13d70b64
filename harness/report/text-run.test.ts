import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { diagnoseTextTurn, measureTextTurn } from '../measurement';
import { answering, printing, textTurnOf, type TextStep } from '../measurement/__fixtures__/text-turn';
import type { TextTurnRecord } from '../ports';
import { readRun, type FinishedRun } from '../run';
import { judgeRun } from '../verdict';
import { displayWidth } from './display-width';
import { enrichAllure, renderConsole, renderHtml, renderJunit, renderMarkdown } from '.';

const sample = readRun(join(__dirname, '../../fixtures/runs/sample'));

/** A run of a board that is asked in writing, judged as the command line does. */
function runOf(records: readonly TextTurnRecord[]): FinishedRun {
  const turns = records.map((record, index) => {
    const numbered = { ...record, turnId: `t000${index + 1}` };
    return { record: numbered, measurement: measureTextTurn(numbered) };
  });
  const findings = turns.flatMap(({ record }) => diagnoseTextTurn(record));
  const record = Object.fromEntries(
    Object.entries(sample.record).filter(([key]) => key !== 'rig'),
  ) as unknown as FinishedRun['record'];
  const verdict = judgeRun({ turns, findings, budgets: undefined, interrupted: false });
  return { ...sample, record, turns, findings, tests: [], bounds: [], events: [], verdict };
}

const weird = '今天\n| <b>`晴` & "朗"';
const sentWeird = (steps: readonly TextStep[]): TextStep[] =>
  steps.map((step) =>
    'provider' in step && step.provider.type === 'text-out'
      ? { ...step, provider: { ...step.provider, text: weird } }
      : step,
  );
const refused: TextStep = {
  atMs: 1_100,
  provider: { type: 'error', responseId: 'r1', code: 'x', message: 'no', httpStatus: 500 },
};
const reports: TextStep = {
  atMs: 1_150,
  board: { type: 'request-failed', status: 500, message: 'no \u001b[2J' },
};

const run = runOf([
  textTurnOf([...answering, ...printing()]),
  textTurnOf([...sentWeird(answering), ...printing(weird)]),
  textTurnOf(answering, { endedAtHostMs: 9_700, ending: 'deadline' }),
  textTurnOf([...answering.slice(0, 1), refused, ...printing().slice(0, 2), reports]),
  textTurnOf([], { prompt: undefined, askedAtHostMs: undefined, boardDate: { state: 'unset' } }),
]);

describe('a run in writing', () => {
  it('is judged by its own findings: two turns pass, two fail, and one is the provider’s', () => {
    expect(run.verdict?.turns.map(({ outcome }) => outcome)).toEqual([
      'pass',
      'pass',
      'fail',
      'not-judged',
      'fail',
    ]);
    const { questionToAnswer, voiceToVoice, timeToFirstToken } = run.verdict!.distributions;
    expect([questionToAnswer.n, questionToAnswer.censored, questionToAnswer.notMeasured]).toEqual([3, 1, 2]);
    expect(timeToFirstToken.n).toBe(3);
    expect(voiceToVoice.n + voiceToVoice.notMeasured).toBe(0);
  });

  it('fits 110 columns and shows question, answer and times, and nothing of sound', () => {
    const text = renderConsole(run);
    expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(110);
    expect(text).toMatch(
      /^t0001 +What will the weather b… +It will be sunny and wa… +700\.0 ±\S+ +200 +600 +206 +pass$/m,
    );
    expect(text).toMatch(/^t0003 .* no answer +> 8700 +200 +600 +– +FAIL$/m);
    expect(text).toMatch(/^t0004 .* reports 500 no .* n\/j$/m);
    expect(text).toMatch(/^question to answer +3 /m);
    expect(text).not.toMatch(/voice-to-voice|uplink|loopback/);
    // eslint-disable-next-line no-control-regex -- these are what must be absent
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('has a page that is well-formed, with a row and a detail for each turn', () => {
    const page = renderHtml(run);
    const markup = page
      .replace(/^<!doctype html>/, '')
      .replace(/<(script|style)>[\s\S]*?<\/\1>/g, '<$1></$1>');
    expect(XMLValidator.validate(markup, { allowBooleanAttributes: true, unpairedTags: ['meta'] })).toBe(
      true,
    );
    expect(page.match(/<details\s+class="turn /g)).toHaveLength(5);
    expect(page).toContain('Question to answer, median');
    expect(page).toContain('&lt;b&gt;`晴` &amp; &quot;朗&quot;');
    expect(page).toContain('to the first token 200 ms');
    expect(page).toContain('not set');
    expect(page).not.toMatch(/Voice-to-voice|Where the time goes<|<audio|topology/);
  });

  it('has a summary with tables whose rows all have as many cells as their titles', () => {
    const lines = renderMarkdown(run).split('\n');
    const cells = lines.map((line) => (line.startsWith('|') ? line.split(/(?<!\\)\|/).length : 0));
    for (const [index, count] of cells.entries()) {
      if (count > 0 && (cells[index - 1] ?? 0) > 0) expect(count).toBe(cells[index - 1]);
    }
    expect(lines.filter((line) => line.startsWith('| t000'))).toHaveLength(5);
    expect(lines.join('\n')).not.toContain('**rig**');
  });

  it('gives its quantiles to JUnit and says nothing of a rig', () => {
    const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' });
    const tests = [{ ...sample.tests[0]!, turnIds: ['t0001'] }];
    const xml = renderJunit({ ...run, tests });
    const { testsuites } = parser.parse(xml) as {
      testsuites: { testsuite: { properties: { property: { name: string; value: string }[] } } };
    };
    const names = testsuites.testsuite.properties.property.map(({ name }) => name);
    expect(names).toContain('earshot.questionToAnswer.p50Ms');
    expect(names).not.toContain('earshot.topology');
    expect(enrichAllure(run, [])[0]?.content).not.toContain('Rig=');
  });
});
