import type { TextTurnResult } from '../../host';
import { diagnoseTextTurn, measureTextTurn } from '../../measurement';
import { answering, printing, textTurnOf, type TextStep } from '../../measurement/__fixtures__/text-turn';
import type { TextTurnRecord } from '../../ports';
import { installRecordingBridge } from './__fixtures__/recording-bridge';
import { expect as expectOnBench } from './expect';

const { recorded, bounds } = installRecordingBridge();

/** A turn as the host hands it to a suite, diagnosed as it does. */
function resultOf(steps: readonly TextStep[], over: Partial<TextTurnRecord> = {}): TextTurnResult {
  const record = textTurnOf(steps, over);
  const measurement = measureTextTurn(record);
  return { record, measurement, findings: diagnoseTextTurn(record) };
}

function thrownBy(suite: () => unknown): string {
  try {
    suite();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  throw new Error('The suite threw nothing.');
}

const good = resultOf([...answering, ...printing()]);
const refused: TextStep[] = [
  ...answering.slice(0, 1),
  {
    atMs: 1_100,
    provider: { type: 'error', responseId: 'r1', code: 'limit', message: 'slow down', httpStatus: 429 },
  },
  ...printing().slice(0, 2),
  { atMs: 1_150, board: { type: 'request-failed', status: 429, code: 'limit', message: 'slow down' } },
];

describe('expect of a turn in writing', () => {
  it('holds for a whole answer', () => {
    const turn = expectOnBench(good);
    turn.toHaveAnswered();
    turn.toHaveSaid(/sunny/);
    turn.toHaveSaid('warm all day');
    turn.not.toHaveSaid(/rain/);
    turn.toAnswerWithin({ maxMs: 700 });
    turn.toHaveMeasured('timeToFirstToken');
    expect(recorded).toEqual([]);
  });

  it('shows both sides of a turn in which the answer is another one, as what the monitor found', () => {
    const turn = resultOf([...answering, ...printing('It will rain')]);
    const message = thrownBy(() => expectOnBench(turn).toHaveAnswered());
    expect(message.split('\n')).toEqual([
      'The board printed "It will rain", expected "It will be sunny and warm all day".',
      '  cause (board): Board board-1 printed "It will rain" where "It will be sunny and warm all day" was sent; they part at character 9.',
      '',
      't0001 en-weather-a',
      '  ms after the question',
      '       10  board     asks "What will the weather be like today"',
      '       40  provider  reads the question "What will the weather be like today"',
      '       45  board     has sent its request',
      '      240  provider  writes the first token of its answer',
      '      250  board     receives the first text',
      '      640  provider  has sent "It will be sunny and warm all day"',
      '✗     700  board     has printed "It will rain"  ← expected "It will be sunny and warm all day"',
    ]);
    // The monitor has recorded it.
    expect(recorded).toEqual([]);
  });

  it('blames the scenario for other words than a suite expects, where the board printed what was sent', () => {
    const message = thrownBy(() => expectOnBench(good).toHaveSaid(/rain/));
    expect(message).toContain('expected /rain/');
    expect(recorded).toMatchObject([{ code: 'HIL_SCENARIO_MISMATCH', origin: 'harness', turnId: 't0001' }]);
  });

  it('finds an error that the board reports, by what it says of it', () => {
    const turn = resultOf(refused, { ordered: 'rate-limit' });
    expect(turn.findings).toEqual([]);
    expectOnBench(turn).toHaveReportedAnError();
    expectOnBench(turn).toHaveReportedAnError(/^429 limit slow/);
    expect(thrownBy(() => expectOnBench(turn).toHaveAnswered())).toContain('reports "slow down"');
    expect(recorded).toMatchObject([{ code: 'HIL_SCENARIO_MISMATCH' }]);
    expect(thrownBy(() => expectOnBench(good).toHaveReportedAnError())).toContain('reports no error');
  });

  it('does not blame the board for an error that an ordered fault did not make', () => {
    const turn = resultOf([...answering, ...printing()], { ordered: 'bad-key' });
    thrownBy(() => expectOnBench(turn).toHaveReportedAnError());
    expect(recorded).toMatchObject([{ code: 'HIL_SCENARIO_MISMATCH', origin: 'harness' }]);
  });

  it('holds each limit against its own turn, and names what there is', () => {
    expect(thrownBy(() => expectOnBench(good).toAnswerWithin({ maxMs: 600 }))).toContain(
      'had printed its answer after 700.0',
    );
    expect(recorded).toMatchObject([{ code: 'HIL_TURN_TOO_SLOW', origin: 'board' }]);
    expect(thrownBy(() => expectOnBench(good).toAnswerWithin({ p95Ms: 1 } as never))).toContain('p95Ms');
    const strange = expectOnBench(good) as unknown as { toPlayCompletely: () => void };
    expect(thrownBy(() => strange.toPlayCompletely())).toContain(
      'has no toPlayCompletely; it has toHaveAnswered',
    );
  });

  it('says why a measure has no number', () => {
    const silent = resultOf([...answering, ...printing().filter(({ atMs }) => atMs !== 1_045)]);
    expect(thrownBy(() => expectOnBench(silent).toHaveMeasured('boardTimeToFirstText'))).toContain(
      'boardTimeToFirstText was not measured (not-measured: not-printed)',
    );
  });
});

describe('expect of several turns in writing', () => {
  it('judges from question to answer by its interval', () => {
    const turns = Array.from({ length: 60 }, () => good);
    expectOnBench(turns).toAnswerWithin({ p95Ms: 700, maxMs: 700 });
    expect(bounds.map(({ measure }) => measure)).toEqual(['questionToAnswer', 'questionToAnswer']);
    const message = thrownBy(() => expectOnBench(turns).toAnswerWithin({ p95Ms: 650 }));
    expect(message).toMatch(/question to answer p95 is 700\.0 ms .*budget 650 ms/);
    expect(message).toMatch(/^ {2}t0001 {2}en-weather-a +700\.0 ±/m);
    expectOnBench(turns).toHaveLength(60);
  });

  it('does not throw for what too few turns cannot show', () => {
    expectOnBench([good, good]).toAnswerWithin({ p95Ms: 1 });
  });

  it('tells of turns of which none was answered', () => {
    const silent = resultOf(refused, { ordered: 'rate-limit' });
    expect(thrownBy(() => expectOnBench([silent]).toAnswerWithin({ maxMs: 700 }))).toContain(
      'questionToAnswer was not measured',
    );
  });
});
