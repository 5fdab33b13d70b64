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
