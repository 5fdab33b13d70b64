import { isHilError } from '../../errors';
import type { TurnResult } from '../../host';
import type { Measured } from '../../measurement';
import { installRecordingBridge } from './__fixtures__/recording-bridge';
import { turnOf } from './__fixtures__/synthetic-turn';
import { expect as expectOnBench, type TurnMatchers } from './expect';

const { recorded, bounds } = installRecordingBridge();

/** What a piece of a suite throws. */
function thrownBy(suite: () => unknown): Error {
  try {
    suite();
  } catch (thrown) {
    return thrown as Error;
  }
  throw new Error('The suite threw nothing.');
}

const measured = (valueMs: number): Measured => ({ state: 'measured', valueMs, uncertaintyMs: 0.1 });
const answered = (voiceToVoice: Measured) =>
  turnOf([], { measurement: { measures: { voiceToVoice } as never } });
const turnsOf = (n: number, valueMs: number) => Array.from({ length: n }, () => answered(measured(valueMs)));

describe('expect on a bench', () => {
  const wrong = turnOf([
    { asks: 'OpenDoor', args: { open: true } },
    { runs: 'OpenDoor', args: { open: false } },
  ]);

  it('records a finding, then throws with the events', () => {
    const error = thrownBy(() => expectOnBench(wrong).toHaveCalledOnly('OpenDoor', { open: true }));
    expect(error).toMatchObject({ name: 'ExpectationError', recorded: true });
    expect(error.message.split('\n').slice(0, 4)).toEqual([
      'The board executed OpenDoor({"open":false}), expected OpenDoor({"open":true}): open is false, expected true.',
      '',
      't0001 en-door-open-a',
      '  ms after the prompt ended',
    ]);
    expect(error.message).toMatch(/^✗ .*executes OpenDoor.*← open is false, expected true$/m);
    expect(error.stack).toMatch(/expect\.test\.ts/);
    expect(recorded).toMatchObject([{ code: 'HIL_TURN_CALL_ARGUMENTS', origin: 'board', turnId: 't0001' }]);
  });

  it('throws and records nothing where the monitor knows why already', () => {
    const finding = {
      code: 'HIL_PROVIDER_DIED',
      origin: 'provider',
      message: 'killed',
      facts: {},
      hostAtMs: 0,
    } as const;
    const known: TurnResult = { ...wrong, findings: [finding] };
    const error = thrownBy(() => expectOnBench(known).toHaveCalledNothing());
    expect(error.message).toContain('cause (provider): killed');
    expect(recorded).toEqual([]);
  });

  it('has the negations that mean something', () => {
    expectOnBench(wrong).not.toHaveCalled('SetVolume');
    expectOnBench(wrong).not.toHaveSaid(/closed/);
    thrownBy(() => expectOnBench(wrong).not.toHaveCalled('OpenDoor'));
    thrownBy(() => expectOnBench(wrong).not.toHaveSaid(/open/));
    expect(recorded.map(({ code }) => code)).toEqual(['HIL_TURN_CALL_UNEXPECTED', 'HIL_SCENARIO_MISMATCH']);
  });

  it.each<[string, (turn: TurnMatchers) => unknown, RegExp]>([
    [
      'a negation that is none',
      (turn) => Reflect.get(turn.not, 'toPlayCompletely') as unknown,
      /\.not has no toPlayCompletely/,
    ],
    [
      'a matcher of Jest on a turn',
      (turn) => Reflect.get(turn, 'toEqual') as unknown,
      /has no toEqual; it has toHaveBeenHeardAs, /,
    ],
    [
      'a quantile of one turn',
      (turn) => turn.toAnswerWithin({ p95Ms: 800 } as never),
      /p95Ms is of no meaning for one turn/,
    ],
    ['no limit', (turn) => turn.toAnswerWithin({} as never), /needs a limit/],
    ['a limit that is none', (turn) => turn.toAnswerWithin({ maxMs: NaN }), /above 0, not null/],
  ])('tells the suite’s author of %s, and blames nobody', (_, suite, message) => {
    const error = thrownBy(() => suite(expectOnBench(wrong)));
    expect(isHilError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'HIL_CONFIG_MATCHER', origin: 'config' });
    expect(error.message).toMatch(message);
    expect(recorded).toEqual([]);
  });

  it('can be looked at and awaited like any value', async () => {
    const matchers = expectOnBench(wrong);
    expect(await Promise.resolve(matchers)).toBe(matchers);
    expect(String(Reflect.get(matchers, 'toString'))).toContain('function');
  });
});

describe('toAnswerWithin', () => {
  it('judges one turn by its number', () => {
    expectOnBench(answered(measured(700))).toAnswerWithin({ maxMs: 800 });
    expect(
      thrownBy(() => expectOnBench(answered(measured(900))).toAnswerWithin({ maxMs: 800 })).message,
    ).toMatch(/^The board answered after 900\.0 ± 0\.1 ms, expected 800 ms at most\.\n/);
  });

  it.each<[string, number, number, boolean]>([
    ['59 turns within', 59, 700, true],
    ['59 turns beyond', 59, 900, false],
    ['58 turns beyond, too few to judge a p95', 58, 900, true],
  ])('judges a quantile of many turns on its interval: %s', (_, n, valueMs, holds) => {
    const judge = (): void => expectOnBench(turnsOf(n, valueMs)).toAnswerWithin({ p95Ms: 800 });
    if (holds) judge();
    else expect(thrownBy(judge).message).toMatch(/^voice-to-voice p95 is 900\.0 ms \(95 % interval/);
    // Whatever it says here, the verdict judges it, so that "not judged" is seen.
    expect(bounds).toEqual([{ quantile: 'p95', boundMs: 800 }]);
    expect(recorded).toEqual([]);
  });

  it('judges several limits and lists the turns of a failure', () => {
    const turns = [...turnsOf(5, 700), answered(measured(1_300))];
    const { message } = thrownBy(() => expectOnBench(turns).toAnswerWithin({ p50Ms: 800, maxMs: 1_200 }));
    expect(message).toContain('voice-to-voice max is 1300.0 ms at n = 6, limit 1200 ms.');
    expect(message.split('\n').at(-1)).toBe('  t0001  en-door-open-a        1300.0 ±0.1 ms');
    expect(bounds).toHaveLength(2);
  });

  it('counts a turn without a reply as slower than every number', () => {
    const censored: Measured = { state: 'censored', aboveMs: 8_000, reason: 'no-onset' };
    const turns = [...turnsOf(5, 700), answered(censored)];
    expect(thrownBy(() => expectOnBench(turns).toAnswerWithin({ maxMs: 9_000 })).message).toContain(
      'above every number',
    );
  });

  it('does not pass turns of which none has a number', () => {
    const turns = [answered({ state: 'not-measured', reason: 'no-clock' })];
    thrownBy(() => expectOnBench(turns).toAnswerWithin({ p50Ms: 800 }));
    expect(recorded).toMatchObject([{ code: 'HIL_TURN_UNMEASURED', origin: 'harness' }]);
  });

  it('is told apart from what Jest expects of a list, and refuses an empty one', () => {
    const turns = turnsOf(6, 700);
    expectOnBench(turns).toHaveLength(6);
    expectOnBench([]).toEqual([]);
    expect(thrownBy(() => expectOnBench([] as typeof turns).toAnswerWithin({ p50Ms: 1 }))).toMatchObject({
      code: 'HIL_CONFIG_MATCHER',
    });
    expect(thrownBy(() => expectOnBench(turns).toAnswerWithin({ p99Ms: 1 } as never)).message).toMatch(
      /no limit "p99Ms"; it takes p50Ms, p90Ms, p95Ms, maxMs/,
    );
  });
});
