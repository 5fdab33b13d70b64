import { catalogue, type ErrorCode } from '../errors';
import type { Budgets } from '../config';
import { measureNames, notMeasured, type Measured, type MeasureName, type TurnKind } from '../measurement';
import type { Finding, LatencyBound, Topology } from '../ports';
import { judgeRun, type JudgeRunInput } from './judge-run';
import type { JudgedTurn } from './turn-outcome';

const turn = (
  turnId: string,
  voiceToVoice: Measured = { state: 'measured', valueMs: 500, uncertaintyMs: 0.1 },
  faults: JudgedTurn['record']['faults'] = [],
): JudgedTurn => ({
  record: { turnId, endedAtHostMs: 9_000, faults },
  measurement: {
    measures: {
      ...(Object.fromEntries(measureNames.map((name) => [name, notMeasured('no-call')])) as Record<
        MeasureName,
        Measured
      >),
      voiceToVoice,
    },
    selfCheck: undefined,
  },
});

/** n turns from `fromMs` on, 1 ms apart. */
const turns = (n: number, fromMs = 500): JudgedTurn[] =>
  Array.from({ length: n }, (_, index) =>
    turn(`t${index + 1}`, { state: 'measured', valueMs: fromMs + index, uncertaintyMs: 0.1 }),
  );

const finding = (code: ErrorCode, turnId?: string): Finding => ({
  code,
  origin: catalogue[code].origin,
  message: `${code} happened.`,
  facts: {},
  hostAtMs: 1,
  ...(turnId === undefined ? {} : { turnId }),
});

const judge = (input: Partial<JudgeRunInput>) =>
  judgeRun({ turns: turns(3), findings: [], budgets: undefined, interrupted: false, ...input });

const budgets = (bounds: Partial<Record<'p50' | 'p90' | 'p95' | 'max', number>>, successRate?: number) => ({
  path: 'budgets.yaml',
  successRate,
  measures: { voiceToVoice: bounds },
});

const config = finding('HIL_CONFIG_SUITE');
const board = finding('HIL_TURN_CALL_MISSING', 't1');
const bench = finding('HIL_RIG_LAGGED', 't2');
const provider = finding('HIL_PROVIDER_DIED');

describe('exit code', () => {
  const cases: readonly [string, Partial<JudgeRunInput>, number][] = [
    ['nothing found', {}, 0],
    ['usage error', { usageError: true, turns: [] }, 2],
    [
      'config finding with everything else',
      { findings: [board, bench, provider, config], interrupted: true },
      2,
    ],
    ['interrupted with a failed board', { findings: [board, bench], interrupted: true }, 130],
    ['board, bench and provider at once', { findings: [provider, bench, board] }, 1],
    ['bench and provider at once', { findings: [provider, bench] }, 3],
    ['harness', { findings: [finding('HIL_HARNESS_UNEXPECTED')] }, 3],
    ['provider alone', { findings: [provider] }, 4],
    ['no turn at all', { turns: [] }, 5],
    ['provider and no turn', { turns: [], findings: [provider] }, 4],
    ['boot failure and no turn', { turns: [], findings: [finding('HIL_BOARD_NO_BOOT')] }, 1],
    ['board finding on a lagged take', { findings: [finding('HIL_TURN_CALL_MISSING', 't2'), bench] }, 3],
    ['board finding on a turn without a record', { findings: [finding('HIL_TURN_CALL_MISSING', 't9')] }, 5],
    [
      'panic that took the port with it',
      { findings: [finding('HIL_BOARD_PANIC', 't1'), finding('HIL_BOARD_PORT_LOST', 't1')] },
      1,
    ],
    [
      'call missing where nothing was heard',
      { findings: [finding('HIL_TURN_UNHEARD', 't1'), finding('HIL_TURN_CALL_MISSING', 't1')] },
      3,
    ],
  ];
  it.each(cases)('%s', (_name, input, exitCode) => {
    const verdict = judge(input);
    expect(verdict.exitCode).toBe(exitCode);
    expect(verdict.why).toMatch(/^[^\n]+\.$/);
  });

  it('reads a fault that nobody recorded as a finding', () => {
    const fault = { code: 'HIL_BOARD_PANIC', message: 'Guru Meditation on core 0.', facts: {} } as const;
    const verdict = judge({ turns: [turn('t1', undefined, [fault])] });
    expect(verdict.exitCode).toBe(1);
    expect(verdict.findings).toMatchObject([{ code: 'HIL_BOARD_PANIC', turnId: 't1', origin: 'board' }]);
  });

  it('keeps a bad take out of quantiles and out of the judged turns', () => {
    const bad = turn('t2', { state: 'not-measured', reason: 'bad-take' });
    const verdict = judge({ turns: [turn('t1'), bad], findings: [finding('HIL_TURN_REPLY_MISSING', 't2')] });
    expect(verdict.turns.map(({ outcome }) => outcome)).toEqual(['pass', 'not-judged']);
    expect(verdict.distributions.voiceToVoice).toMatchObject({ n: 1, notMeasured: 1 });
    expect(verdict.exitCode).toBe(5);
  });

  it('counts a survey in nothing, but for what crashed in it', () => {
    const surveyed = (id: string, faults?: Parameters<typeof turn>[2]): JudgedTurn => {
      const one = turn(id, { state: 'measured', valueMs: 9_000, uncertaintyMs: 1 }, faults);
      return { ...one, record: { ...one.record, survey: true } };
    };
    const verdict = judge({ turns: [surveyed('t1'), turn('t2')] });
    expect(verdict.turns.map(({ outcome }) => outcome)).toEqual(['not-judged', 'pass']);
    expect(verdict.distributions.voiceToVoice).toMatchObject({ n: 1, notMeasured: 0 });
    expect(verdict.exitCode).toBe(0);
    const fault = { code: 'HIL_BOARD_PANIC', message: 'Guru Meditation on core 0.', facts: {} } as const;
    expect(judge({ turns: [surveyed('t1', [fault]), turn('t2')] }).exitCode).toBe(1);
  });

  it('judges nothing by a take that the rig spoilt and that was repeated with success', () => {
    const spoilt = turn('t1');
    const take = { spoiltBy: ['no-loopback'], loopbackFound: false, clipping: [], xruns: 0 } as const;
    const verdict = judge({
      turns: [{ ...spoilt, measurement: { ...spoilt.measurement, take } }, turn('t2')],
    });
    expect(verdict.turns.map(({ outcome }) => outcome)).toEqual(['not-judged', 'pass']);
    expect(verdict.distributions.voiceToVoice.n).toBe(1);
    expect(verdict.exitCode).toBe(0);
  });
});

describe('kinds of turns', () => {
  const of = (turnInSession: number, isTool: boolean, valueMs: number): JudgedTurn => {
    const one = turn(`t${valueMs}`, { state: 'measured', valueMs, uncertaintyMs: 0.1 });
    const asked = isTool ? { callId: 'c', arguments: {}, hostAtMs: 1 } : undefined;
    // A call that nobody asked for makes no tool turn.
    const calls = [{ name: 'f', asked, executed: [], effects: [] }];
    return {
      record: { ...one.record, turnInSession },
      measurement: { ...one.measurement, calls },
    };
  };

  it('have distributions of their own; each turn is of two kinds', () => {
    const { distributionsByKind: byKind, distributions } = judge({
      turns: [of(1, false, 900), of(2, true, 700), of(3, false, 500), of(1, true, 1000)],
    });
    const values = (kind: TurnKind) => byKind?.[kind].voiceToVoice.valuesMs;
    expect(values('cold')).toEqual([900, 1000]);
    expect(values('warm')).toEqual([500, 700]);
    expect(values('tool')).toEqual([700, 1000]);
    expect(values('plain')).toEqual([500, 900]);
    expect(distributions.voiceToVoice.n).toBe(4);
  });
});

describe('topologies', () => {
  const of = (topology: Topology, valueMs: number): JudgedTurn => {
    const one = turn(`t${valueMs}`, { state: 'measured', valueMs, uncertaintyMs: 0.1 });
    return { ...one, measurement: { ...one.measurement, topology } };
  };

  it('are not mixed in one distribution, and what is left out is said', () => {
    const verdict = judge({
      turns: [of('timestamps', 400), of('loopback', 500), of('loopback', 510), of('bleed', 520)],
    });
    expect(verdict.distributions.voiceToVoice).toMatchObject({ valuesMs: [500, 510], notMeasured: 2 });
    expect(verdict.topology).toEqual({
      counted: 'loopback',
      leftOut: [
        { topology: 'bleed', turns: 1 },
        { topology: 'timestamps', turns: 1 },
      ],
    });
  });

  it('are named where there is only one', () => {
    expect(judge({ turns: [of('bleed', 1)] }).topology).toEqual({ counted: 'bleed', leftOut: [] });
    expect(judge({ turns: [] }).topology).toBeUndefined();
  });
});

describe('budgets', () => {
  it('passes when the whole interval lies inside', () => {
    const verdict = judge({ turns: turns(60), budgets: budgets({ p50: 800, p95: 800, max: 800 }) });
    expect(verdict.budgets.map(({ outcome }) => outcome)).toEqual(['pass', 'pass', 'pass']);
    expect(verdict.exitCode).toBe(0);
  });

  it('fails the board when the lower bound lies outside', () => {
    const verdict = judge({ turns: turns(60), budgets: budgets({ p50: 400 }) });
    expect(verdict.exitCode).toBe(1);
    expect(verdict.findings).toMatchObject([{ code: 'HIL_TURN_TOO_SLOW', origin: 'board' }]);
    expect(verdict.why).toContain('voice-to-voice p50');
  });

  it('are no goals: those are shown, missed or not, and decide nothing', () => {
    const goals = { voiceToVoice: { p50: 400 }, ttfa: { p50: 400 } };
    const verdict = judge({ turns: turns(60), budgets: { ...budgets({}), goals } });
    expect(verdict).toMatchObject({ exitCode: 0, findings: [], budgets: [] });
    expect(verdict.goals).toMatchObject([
      { measure: 'voiceToVoice', bound: 400, value: 529.5, outcome: 'fail' },
      { measure: 'ttfa', bound: 400, value: undefined, outcome: 'not-judged' },
    ]);
    expect(judge({ turns: turns(60), budgets: budgets({}) }).goals).toBeUndefined();
    const misspelt = { ...budgets({}), goals: { voiceToVoise: { p50: 1 } } };
    expect(judge({ budgets: misspelt }).exitCode).toBe(2);
  });

  it('is inconclusive when the bound lies inside the interval', () => {
    expect(judge({ turns: turns(60), budgets: budgets({ p50: 530 }) }).exitCode).toBe(5);
  });

  it('does not judge p95 at n = 3, and that alone does not make the run inconclusive', () => {
    const verdict = judge({ turns: turns(3), budgets: budgets({ p95: 400 }) });
    expect(verdict.budgets).toMatchObject([{ outcome: 'not-judged', value: expect.any(Number) }]);
    expect(verdict.budgets[0]?.why).toContain('not judged at n = 3');
    expect(verdict.exitCode).toBe(0);
  });

  it('counts a censored turn as slower than every limit', () => {
    const late = turn('t1', { state: 'censored', aboveMs: 8_000, reason: 'no-onset' });
    const verdict = judge({ turns: [late], budgets: budgets({ max: 9_000 }) });
    expect(verdict.budgets).toMatchObject([{ value: Infinity, outcome: 'fail' }]);
  });

  it('judges the turns of a kind by bounds of their own, so that cold turns spoil nobody else', () => {
    const all = turns(66).map((one, index) => ({
      ...one,
      record: { ...one.record, turnInSession: 1 + (index % 11) },
      measurement: {
        ...one.measurement,
        measures: {
          ...one.measurement.measures,
          voiceToVoice: {
            state: 'measured' as const,
            valueMs: index % 11 === 0 ? 2000 + index : 500 + index,
            uncertaintyMs: 0.1,
          },
        },
      },
    }));
    const of = (bounds: Budgets['kinds'] & object) =>
      judge({ turns: all, budgets: { path: 'b.yaml', successRate: undefined, measures: {}, kinds: bounds } });
    const warm = of({ warm: { voiceToVoice: { p95: 600 } }, cold: { voiceToVoice: { p50: 2100 } } });
    expect(warm.budgets).toMatchObject([
      { kind: 'cold', outcome: 'pass', value: 2027.5 },
      { kind: 'warm', outcome: 'pass' },
    ]);
    expect(warm.budgets[1]?.why).toMatch(/^voice-to-voice p95 of warm turns is 5\d\d\.\d ms .*n = 60/);
    expect(judge({ turns: all, budgets: budgets({ p95: 600 }) }).budgets[0]?.outcome).not.toBe('pass');
    const slow = of({ cold: { voiceToVoice: { max: 1000 } } });
    expect(slow.findings).toMatchObject([{ code: 'HIL_TURN_TOO_SLOW', facts: { kind: 'cold' } }]);
    const misspelt = of({ warm: { voiceToVoiceMs: { p50: 1 } } });
    expect(misspelt.exitCode).toBe(2);
  });

  describe('for some boards', () => {
    const boards = [
      { name: 'korvo@lab-1', bench: 'lab-1', dialect: { name: 'openai-demo' } },
      { name: 'atom', dialect: { name: 'spark-chat' } },
    ];
    const subject = { boards, provider: { name: 'live openai-realtime', protocol: 'openai-realtime' } };
    const from = (boardName: string, fromMs: number): JudgedTurn[] =>
      turns(60, fromMs).map((one) => ({
        ...one,
        record: { ...one.record, turnId: `${one.record.turnId}@${boardName}`, boardName },
      }));
    const both = [...from('korvo@lab-1', 500), ...from('atom', 1_500)];
    type Sections = NonNullable<Budgets['sections']>;
    const resultsOf = (sections: Sections, more: Partial<JudgeRunInput> = {}) =>
      judge({
        turns: both,
        subject,
        budgets: { ...budgets({ p50: 900 }, 0.5), sections },
        ...more,
      }).budgets.map(
        ({ measure, bound, boards: own, outcome }) =>
          `${measure} ${bound} ${own?.join() ?? 'all'} ${outcome}`,
      );
    const p50 = (bound: number): Sections[number] => ({
      successRate: undefined,
      measures: { voiceToVoice: { p50: bound } },
    });

    it('judges each by its own bounds, and the others by those for all', () => {
      expect(resultsOf([])).toEqual(['successRate 0.5 all pass', 'voiceToVoice 900 all inconclusive']);
      expect(resultsOf([{ ...p50(1_700), dialects: ['spark-chat'] }])).toEqual([
        'successRate 0.5 all pass',
        'voiceToVoice 900 korvo@lab-1 pass',
        'voiceToVoice 1700 atom pass',
      ]);
      const strict = [{ ...p50(400), boards: ['korvo'] }];
      expect(resultsOf(strict)).toContain('voiceToVoice 400 korvo@lab-1 fail');
      const verdict = judge({ turns: both, subject, budgets: { ...budgets({}), sections: strict } });
      expect(verdict).toMatchObject({ exitCode: 1, findings: [{ facts: { boards: ['korvo@lab-1'] } }] });
      expect(verdict.why).toContain('voice-to-voice p50 on korvo@lab-1 is 529.5 ms');
    });

    it('takes the last section that fits every selector', () => {
      expect(
        resultsOf([
          { ...p50(2_000), providers: ['live'] },
          { ...p50(1_700), providers: ['live:openai-realtime'], boards: ['atom', 'korvo@lab-2'] },
          { ...p50(1), providers: ['mock'], boards: ['atom'] },
          { ...p50(1), dialects: ['openai-demo'], boards: ['atom'] },
        ]),
      ).toEqual([
        'successRate 0.5 all pass',
        'voiceToVoice 2000 korvo@lab-1 pass',
        'voiceToVoice 1700 atom pass',
      ]);
    });

    it('counts the success of those boards alone', () => {
      const mute = both.map(({ record }) => record.turnId).filter((id) => id.endsWith('@atom'));
      const findings = mute.slice(0, 30).map((turnId) => finding('HIL_TURN_CALL_MISSING', turnId));
      const [all, , own] = judge({
        turns: both,
        subject,
        findings,
        budgets: {
          ...budgets({ p50: 900 }, 0.9),
          sections: [
            { successRate: 0.2, measures: {}, goals: { voiceToVoice: { p50: 7 } }, boards: ['atom'] },
          ],
        },
      }).budgets;
      expect(all).toMatchObject({ boards: ['korvo@lab-1'], value: 1 });
      expect(own).toMatchObject({ boards: ['atom'], value: 0.5, outcome: 'pass' });
      expect(own?.why).toMatch(/^Success rate on atom is 50\.0 % \(30 of 60 turns/);
    });

    it('knows a misspelt measure there too', () => {
      const sections = [{ ...p50(1), goals: { voiceToVoise: { p50: 1 } }, boards: ['atom'] }];
      expect(judge({ budgets: { ...budgets({}), sections } }).exitCode).toBe(2);
    });
  });

  it('refuses a bound on a measure that does not exist', () => {
    const misspelt = { path: 'b.yaml', successRate: undefined, measures: { voiceToVoiceMs: { p50: 1 } } };
    expect(judge({ budgets: misspelt })).toMatchObject({ exitCode: 2 });
  });

  const rates: readonly [number, number, number, string][] = [
    [60, 0, 0.95, 'pass'],
    [60, 30, 0.95, 'fail'],
    [60, 2, 0.95, 'inconclusive'],
    [20, 0, 0.95, 'not-judged'],
    [20, 0, 1, 'pass'],
    [20, 1, 1, 'fail'],
  ];
  it.each(rates)('judges %i turns with %i failures against %f as %s', (n, failures, bound, outcome) => {
    const findings = turns(failures).map(({ record }) => finding('HIL_TURN_CALL_MISSING', record.turnId));
    const verdict = judge({ turns: turns(n), findings, budgets: budgets({}, bound) });
    expect(verdict.budgets).toMatchObject([{ measure: 'successRate', value: (n - failures) / n, outcome }]);
  });
});

describe('bounds that suites set', () => {
  const bound = (over: Partial<LatencyBound>): LatencyBound => ({
    quantile: 'p95',
    boundMs: 800,
    turnIds: turns(59).map(({ record }) => record.turnId),
    hostAtMs: 1,
    test: 'latency › is low',
    ...over,
  });

  it.each<[string, Partial<LatencyBound>, number, string]>([
    ['holds', {}, 0, 'pass'],
    ['fails the board', { boundMs: 400 }, 1, 'fail'],
    ['lies between its bounds', { quantile: 'p50', boundMs: 529 }, 5, 'inconclusive'],
    ['has too few turns to be judged', { turnIds: ['t1', 't2'], boundMs: 400 }, 0, 'not-judged'],
    ['names turns that were never played', { turnIds: ['t99'], quantile: 'max' }, 0, 'not-judged'],
    [
      'is judged over its own turns alone',
      { turnIds: ['t1', 't2'], quantile: 'max', boundMs: 501 },
      0,
      'pass',
    ],
  ])('are judged as budgets are: one that %s', (_, over, exitCode, outcome) => {
    const verdict = judge({ turns: turns(59), bounds: [bound(over)] });
    expect(verdict).toMatchObject({ exitCode, budgets: [{ measure: 'voiceToVoice', outcome }] });
    expect(verdict.budgets[0]?.why).toMatch(/^latency › is low: voice-to-voice (p50|p95|max)/);
    expect(verdict.findings.map(({ code }) => code)).toEqual(outcome === 'fail' ? ['HIL_TURN_TOO_SLOW'] : []);
  });

  it('leave bad takes out', () => {
    const verdict = judge({
      turns: turns(3),
      findings: [finding('HIL_RIG_LAGGED', 't3')],
      bounds: [bound({ quantile: 'max', boundMs: 501, turnIds: ['t1', 't2', 't3'] })],
    });
    expect(verdict.budgets).toMatchObject([{ outcome: 'pass', value: 501 }]);
  });
});

describe('a run against a baseline', () => {
  /** Turns of eight a session, spread over 9 ms. */
  const played = (n: number, fromMs: number): JudgedTurn[] =>
    Array.from({ length: n }, (_, index) => {
      const valueMs = fromMs + (index % 10);
      const { record, measurement } = turn(`t${index + 1}`, {
        state: 'measured',
        valueMs,
        uncertaintyMs: 0.1,
      });
      return {
        record: { ...record, session: Math.floor(index / 8), turnInSession: 2, prompt: { id: 'p' } },
        measurement,
      };
    });
  const arms = {
    voiceToVoice: Array.from({ length: 80 }, (_, index) => ({
      valueMs: 500 + (index % 10),
      session: String(Math.floor(index / 8)),
      stratum: 'p',
    })),
  };
  const against = (over: Partial<JudgeRunInput>) =>
    judge({ reference: { title: 'the baseline of May', arms, marginMs: 30 }, ...over });

  it('passes where nothing moved, and says so', () => {
    const verdict = against({ turns: played(60, 500) });
    expect(verdict).toMatchObject({
      exitCode: 0,
      comparison: { against: 'the baseline of May', shifts: [{ measure: 'voiceToVoice', outcome: 'pass' }] },
    });
    expect(verdict.why).toMatch(
      /^All 60 judged turns passed; voice-to-voice is \+0\.0 ms against the baseline of May/,
    );
  });

  it('fails the board where it is slower, with a finding', () => {
    const verdict = against({ turns: played(60, 600) });
    expect(verdict.exitCode).toBe(1);
    expect(verdict.why).toMatch(
      /^The board failed: voice-to-voice is \+100\.0 ms against the baseline of May/,
    );
    expect(verdict.findings).toMatchObject([
      {
        code: 'HIL_TURN_SLOWER_THAN_BASELINE',
        origin: 'board',
        facts: { measure: 'voiceToVoice', marginMs: 30 },
      },
    ]);
  });

  it('is inconclusive, never passed, with too few turns', () => {
    const verdict = against({ turns: played(20, 600) });
    expect(verdict).toMatchObject({ exitCode: 5, outcome: 'inconclusive', findings: [] });
    expect(verdict.why).toContain('not judged with 20 turns in 3 sessions against 80 turns in 10 sessions');
  });

  /** The same with function calls in the first of them, which take as long as `callMs` says. */
  const withCalls = (of: readonly JudgedTurn[], n: number, callMs: number): JudgedTurn[] =>
    of.map((one, index) => {
      if (index >= n) return one;
      const timeToFunctionCall = {
        state: 'measured',
        valueMs: callMs + (index % 10),
        uncertaintyMs: 0.1,
      } as const;
      return {
        ...one,
        measurement: { ...one.measurement, measures: { ...one.measurement.measures, timeToFunctionCall } },
      };
    });
  const againstCalls = (calls: number, over: Partial<JudgeRunInput>) =>
    against({
      reference: {
        title: 'the baseline of May',
        arms: { ...arms, timeToFunctionCall: arms.voiceToVoice.slice(0, calls) },
        marginMs: 30,
      },
      ...over,
    });

  it('does not pass a measure that the baseline knows well and the run has too few turns of', () => {
    const verdict = againstCalls(80, { turns: withCalls(played(60, 500), 38, 1_000) });
    expect(verdict).toMatchObject({
      exitCode: 5,
      findings: [],
      comparison: { shifts: [{ outcome: 'pass' }, { outcome: 'not-judged' }] },
    });
    expect(verdict.why).toMatch(
      /^More turns are needed: time to function call against the baseline of May: not judged with 38 turns in 5 sessions against 80 turns in 10 sessions/,
    );
    expect(againstCalls(80, { turns: withCalls(played(60, 500), 60, 1_000) }).exitCode).toBe(1);
  });

  it('passes without a measure that the baseline itself has too few turns of, or the run did not ask for, and names it', () => {
    for (const verdict of [
      againstCalls(39, { turns: withCalls(played(60, 500), 38, 1_000) }),
      againstCalls(80, { turns: played(60, 500) }),
    ]) {
      expect(verdict.exitCode).toBe(0);
      expect(verdict.why).toMatch(
        /^All 60 judged turns passed, not compared for want of turns: time to function call; voice-to-voice is /,
      );
    }
  });

  it('keeps what the reference measured, an answer that never came as censored', () => {
    const mute = { valueMs: Infinity, session: '0', stratum: 'p' };
    const withMute = { voiceToVoice: [...arms.voiceToVoice, mute], uplink: arms.voiceToVoice };
    const { comparison } = judge({
      turns: played(60, 500),
      reference: { title: 'the baseline of May', arms: withMute, marginMs: 30 },
    });
    expect(comparison?.reference).toMatchObject({ voiceToVoice: { n: 81, censored: 1, maxMs: Infinity } });
    expect(Object.keys(comparison?.reference ?? {})).toEqual(['voiceToVoice']);
  });

  it('leaves bad takes out of what is compared', () => {
    const turnsWithOneLate = played(48, 500);
    const verdict = against({ turns: turnsWithOneLate, findings: [finding('HIL_RIG_LAGGED', 't2')] });
    expect(verdict.comparison?.shifts[0]?.turns).toEqual({ reference: 80, candidate: 40 });
    expect(
      against({ turns: played(40, 500), findings: [finding('HIL_RIG_LAGGED', 't2')] }).comparison?.shifts[0]
        ?.outcome,
    ).toBe('not-judged');
  });

  it('has no comparison without a baseline', () => {
    expect(judge({})).not.toHaveProperty('comparison');
  });
});
