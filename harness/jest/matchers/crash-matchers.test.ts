import type { TurnResult } from '../../host';
import type { OrderedCrash, TurnRecord } from '../../ports';
import { judgeCrashed } from './crash-matchers';

const crash = { code: 'HIL_BOARD_PANIC' as const, message: 'Board b crashed: StoreProhibited.', facts: {} };
const turnOf = (orderedCrash: OrderedCrash | undefined, ending: TurnRecord['ending'] = 'fault'): TurnResult =>
  ({ record: { boardName: 'b', ending, orderedCrash }, findings: [] }) as unknown as TurnResult;
const came: OrderedCrash = { afterMs: 200, sentAtHostMs: 5, crash };

describe('toHaveCrashed', () => {
  it('holds for a crash that came, by its words where they are given', () => {
    expect(judgeCrashed(turnOf(came)).pass).toBe(true);
    expect(judgeCrashed(turnOf(came), /StoreProhibited/).pass).toBe(true);
    expect(judgeCrashed(turnOf(came), 'LoadProhibited')).toMatchObject({
      pass: false,
      message: expect.stringContaining('Expected LoadProhibited') as string,
    });
  });

  it('does not hold for a turn that went on', () => {
    expect(judgeCrashed(turnOf(came, 'answered')).pass).toBe(false);
  });

  it('tells a crash that was never due from one that did not come', () => {
    expect(judgeCrashed(turnOf({ afterMs: 200 })).code).toBe('HIL_TURN_INTERRUPTION_LATE');
    expect(judgeCrashed(turnOf({ afterMs: 200, sentAtHostMs: 5 })).code).toBe('HIL_BOARD_CRASH_MISSING');
  });

  it('needs a turn with a crash', () => {
    expect(() => judgeCrashed(turnOf(undefined))).toThrow(/crashAfterMs/);
  });
});
