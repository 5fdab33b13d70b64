import type { OrderedCrash, TurnRecord } from '../ports';
import { diagnoseOrderedCrash } from './diagnose-ordered-crash';
import { diagnoseTurn } from './diagnose-turn';
import type { TurnMeasurement } from './turn-measurement';

const crash = { code: 'HIL_BOARD_PANIC' as const, message: 'Board b crashed.', facts: {} };
const measurement = {} as TurnMeasurement;

describe('diagnosis of a turn with a crash that was ordered', () => {
  it('blames nobody for a crash that came, whatever followed from it', () => {
    // Nothing else of a turn is there: any other link would fail on that.
    const record = { orderedCrash: { afterMs: 200, sentAtHostMs: 1, crash }, faults: [] };
    expect(diagnoseTurn(record as unknown as TurnRecord, measurement)).toEqual([]);
  });

  it('still tells what else broke', () => {
    const lost = { code: 'HIL_BOARD_PORT_LOST' as const, message: 'gone', facts: {} };
    const record = { orderedCrash: { afterMs: 200, sentAtHostMs: 1, crash }, faults: [lost] };
    expect(diagnoseTurn(record as unknown as TurnRecord, measurement)).toMatchObject([
      { code: 'HIL_BOARD_PORT_LOST' },
    ]);
  });

  it.each([
    ['a board that printed none', { afterMs: 200, sentAtHostMs: 1 }, 'HIL_BOARD_CRASH_MISSING'],
    ['a suite that ordered it too late', { afterMs: 200 }, 'HIL_TURN_INTERRUPTION_LATE'],
  ] as const)('blames %s', (_, orderedCrash: OrderedCrash, code) => {
    const record = { boardName: 'b', orderedCrash } as unknown as TurnRecord;
    expect(diagnoseOrderedCrash(record, measurement)).toMatchObject([{ code }]);
  });
});
