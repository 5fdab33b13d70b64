import { BoardError } from '../errors';
import type { Finding } from '../ports';
import { FindingLog } from './finding-log';

const clock = { nowMs: () => 42, after: () => () => undefined };

describe('FindingLog', () => {
  it('records a thing once, however often a broken bench repeats it', () => {
    const written: Finding[] = [];
    const log = new FindingLog(clock, (finding) => written.push(finding));
    const error = new BoardError('HIL_BOARD_PORT_LOST', 'gone');
    log.recordThrown(error);
    log.recordThrown(new BoardError('HIL_BOARD_PORT_LOST', 'gone'));
    expect(written).toHaveLength(1);
    expect(log.wasRecorded(error)).toBe(true);
    expect(log.wasRecorded(new Error('other'))).toBe(false);
  });

  it('keeps the same finding of two turns apart', () => {
    const written: Finding[] = [];
    const log = new FindingLog(clock, (finding) => written.push(finding));
    for (const turnId of ['t0001', 't0002']) {
      log.record({ code: 'HIL_TURN_CALL_MISSING', origin: 'board', message: 'no call', facts: {}, turnId });
    }
    expect(written.map(({ turnId }) => turnId)).toEqual(['t0001', 't0002']);
  });

  it('takes what a lost part repeats after its turn for the same finding, and a board’s new crash for another', () => {
    const written: Finding[] = [];
    const log = new FindingLog(clock, (finding) => written.push(finding));
    const lost = { code: 'HIL_PROVIDER_DIED', origin: 'provider', message: 'killed', facts: {} } as const;
    const crash = {
      code: 'HIL_BOARD_PANIC',
      origin: 'board',
      message: 'StoreProhibited',
      facts: {},
    } as const;
    for (const finding of [lost, crash]) {
      log.record({ ...finding, turnId: 't0003' });
      log.record(finding);
    }
    expect(written.map(({ code, turnId }) => [code, turnId])).toEqual([
      ['HIL_PROVIDER_DIED', 't0003'],
      ['HIL_BOARD_PANIC', 't0003'],
      ['HIL_BOARD_PANIC', undefined],
    ]);
  });

  it('names the test that was running and stamps the host’s clock', () => {
    const written: Finding[] = [];
    const log = new FindingLog(clock, (finding) => written.push(finding));
    log.currentTest = 'function calls › turns the light on';
    log.recordThrown('text');
    expect(written).toMatchObject([
      {
        code: 'HIL_HARNESS_UNEXPECTED',
        origin: 'harness',
        test: 'function calls › turns the light on',
        hostAtMs: 42,
      },
    ]);
  });
});
