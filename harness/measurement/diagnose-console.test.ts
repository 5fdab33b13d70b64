import type { TurnRecord } from '../ports';
import { unlessGarbled } from './diagnose-console';
import type { TurnMeasurement } from './turn-measurement';

const missing = { code: 'HIL_TURN_CALL_MISSING' as const, message: 'no call', facts: { name: 'OpenDoor' } };
const judge = (record: Partial<TurnRecord>) =>
  unlessGarbled(() => [missing])(
    { consoleLines: [], boardEvents: [], ...record } as unknown as TurnRecord,
    {} as TurnMeasurement,
  );
const line = (text: string, garbledBytes?: number) => ({ text, garbledBytes });
const lines = (...all: readonly object[]) => ({ consoleLines: all }) as unknown as Partial<TurnRecord>;

describe('what a board is found not to have printed', () => {
  it('is held against it where the console lost nothing, or a character', () => {
    expect(judge(lines(line('Light set to ON')))).toEqual([missing]);
    expect(judge(lines(line('Light set to \ufffd', 1)))).toEqual([missing]);
    expect(judge(lines(line('x'.repeat(2_000)), line('\ufffd'.repeat(8), 8)))).toEqual([missing]);
  });

  it("is the bench's where much of the console is no text, or markers were lost", () => {
    expect(judge(lines(line('Light \ufffd\ufffd', 8)))).toMatchObject([
      { code: 'HIL_BOARD_CONSOLE_GARBLED', facts: { seenAs: 'HIL_TURN_CALL_MISSING', name: 'OpenDoor' } },
    ]);
    const lost = { type: 'markers-lost', count: 3 } as unknown as TurnRecord['boardEvents'][number];
    expect(judge({ boardEvents: [lost] })).toMatchObject([
      { code: 'HIL_BOARD_CONSOLE_GARBLED', message: expect.stringContaining('3 markers') as string },
    ]);
  });

  it('is nothing where nothing is missing', () => {
    const none = unlessGarbled(() => []);
    expect(none(lines(line('x', 90)) as TurnRecord, {} as TurnMeasurement)).toEqual([]);
  });
});
