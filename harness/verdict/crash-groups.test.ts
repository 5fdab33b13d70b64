import type { Finding } from '../ports';
import { crashGroups } from '.';

const crash = (id: string | undefined, turnId?: string): Finding => ({
  code: 'HIL_BOARD_PANIC',
  origin: 'board',
  message: 'It crashed.',
  facts:
    id === undefined ? {} : { triage: { signature: { id, text: `reason in ${id}`, basis: 'functions' } } },
  hostAtMs: 0,
  ...(turnId === undefined ? {} : { turnId }),
});

describe('crashGroups', () => {
  it('counts the same crash once for each finding, the most frequent first', () => {
    expect(crashGroups([crash('b', 't0001'), crash('a', 't0001'), crash('a', 't0003'), crash('a')])).toEqual([
      { signature: 'a', text: 'reason in a', count: 3, turnIds: ['t0001', 't0003'] },
      { signature: 'b', text: 'reason in b', count: 1, turnIds: ['t0001'] },
    ]);
  });

  it('leaves out findings of runs from before signatures, and whatever is no crash', () => {
    const other: Finding = { ...crash('a'), code: 'HIL_BOARD_NO_BOOT' };
    expect(
      crashGroups([crash(undefined), other, { ...crash('a'), facts: { triage: { signature: 7 } } }]),
    ).toEqual([]);
  });
});
