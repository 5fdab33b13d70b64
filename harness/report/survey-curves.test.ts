import type { PromptConditions } from '../ports';
import type { FinishedRun } from '../run';
import { surveyChart } from './html/survey-chart';
import { en } from './language';
import { surveyCurves } from './survey-curves';

interface Taken {
  readonly conditions?: PromptConditions;
  readonly heard?: string;
  readonly latencyMs?: number;
  readonly survey?: boolean;
  readonly spoilt?: boolean;
}

const runOf = (...turns: readonly Taken[]): Pick<FinishedRun, 'turns'> => ({
  turns: turns.map(({ conditions, heard, latencyMs, survey = true, spoilt = false }) => ({
    record: {
      prompt: { utterance: 'en-joke' },
      ...(survey && { survey }),
      ...(conditions && { conditions }),
    },
    measurement: {
      heard: heard === undefined ? undefined : { utterance: heard },
      measures: {
        voiceToVoice:
          latencyMs === undefined
            ? { state: 'not-measured', reason: 'no-onset' }
            : { state: 'measured', valueMs: latencyMs, uncertaintyMs: 0.1 },
      },
      take: { spoiltBy: spoilt ? ['xrun'] : [] },
    },
  })) as unknown as FinishedRun['turns'],
});

const at = (gainDb: number, heard?: string, latencyMs?: number): Taken => ({
  conditions: { gainDb },
  ...(heard === undefined ? {} : { heard }),
  ...(latencyMs === undefined ? {} : { latencyMs }),
});

describe('surveyCurves', () => {
  it('counts what was heard at each value, and times what was heard and answered', () => {
    const [curve, ...others] = surveyCurves(
      runOf(
        at(0, 'en-joke', 500),
        at(0, 'en-joke', 540),
        at(-40),
        at(0, 'en-joke', 520),
        at(-40, 'zh-joke', 900),
        at(-20, 'en-joke'),
      ),
    );
    expect(others).toEqual([]);
    expect(curve?.axis).toBe('gainDb');
    expect(curve?.points).toMatchObject([
      { value: -40, n: 2, heard: 0, lower: 0, latenciesMs: [], medianMs: undefined },
      { value: -20, n: 1, heard: 1, upper: 1, latenciesMs: [], medianMs: undefined },
      { value: 0, n: 3, heard: 3, upper: 1, latenciesMs: [500, 520, 540], medianMs: 520 },
    ]);
    // 3 of 3: the lower bound is the cube root of 5 %.
    expect(curve?.points[2]?.lower).toBeCloseTo(0.05 ** (1 / 3), 6);
    expect(curve?.points[0]?.upper).toBeCloseTo(1 - 0.05 ** (1 / 2), 6);
  });

  it('leaves out what is no survey, what the rig spoilt, and what varied together', () => {
    const noise = (snrDb: number, over: Taken = {}): Taken => ({
      conditions: { snrDb },
      heard: 'en-joke',
      ...over,
    });
    expect(
      surveyCurves(
        runOf(
          noise(20),
          noise(10, { spoilt: true }),
          noise(5, { survey: false }),
          noise(0, { conditions: { snrDb: 0, rt60Ms: 300 } }),
        ),
      ),
    ).toEqual([]);
    expect(surveyCurves(runOf(noise(20), noise(10)))).toMatchObject([
      { axis: 'snrDb', points: [{ n: 1 }, { n: 1 }] },
    ]);
    expect(surveyCurves({ turns: [] })).toEqual([]);
  });
});

describe('surveyChart', () => {
  const [curve] = surveyCurves(runOf(at(0, 'en-joke', 500), at(0, 'en-joke', 540), at(-40)));
  const { text } = surveyChart(curve!, en);

  it('draws a dot for each value and each latency, and tells the figures', () => {
    expect(text.match(/class="survey-dot"/g)).toHaveLength(2);
    expect(text.match(/class="survey-turn"/g)).toHaveLength(2);
    expect(text).toContain('-40: 0 of 1 heard, 0 % to 95 %');
    expect(text).toMatch(/<td class="num">520<\/td>|<td class="num">520\.0<\/td>/);
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('says so where nothing was heard', () => {
    const [deaf] = surveyCurves(runOf(at(0), at(-40)));
    const page = surveyChart(deaf!, en).text;
    expect(page).toContain('nothing was heard and answered');
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });
});
