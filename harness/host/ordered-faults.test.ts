import { BoardError, catalogue, type ErrorCode } from '../errors';
import type { Finding } from '../ports';
import { FindingLog } from './finding-log';
import { OrderedFaults } from './ordered-faults';

const clock = { nowMs: () => 0, after: () => () => undefined };
const found = (code: ErrorCode, turnId?: string) => ({
  ...{ code, origin: catalogue[code].origin, message: 'no sound', facts: { board: 'one' } },
  ...(turnId === undefined ? {} : { turnId }),
});

it('blames the provider for a session that does not open when it was told to refuse the handshake', () => {
  const written: Finding[] = [];
  const ordered = new OrderedFaults(['duplicate', 'dtls-refused']);
  const log = new FindingLog(clock, (finding) => written.push(finding), ordered);
  log.recordThrown(new BoardError('HIL_BOARD_SESSION_TIMEOUT', 'no session within 30000 ms'));
  expect(written).toMatchObject([
    {
      code: 'HIL_PROVIDER_FAULT_ORDERED',
      origin: 'provider',
      message: expect.stringMatching(/dtls-refused.*no session within 30000 ms/) as string,
      facts: { fault: 'dtls-refused', seenAs: 'HIL_BOARD_SESSION_TIMEOUT' },
    },
  ]);
});

it.each<ErrorCode>(['HIL_BOARD_PANIC', 'HIL_TURN_CALL_REPEATED', 'HIL_RIG_NO_LOOPBACK'])(
  'leaves %s as it is: it is nothing that a missing provider does',
  (code) => {
    expect(new OrderedFaults(['peer-silent']).attributed(found(code))).toEqual(found(code));
  },
);

it('leaves the board what it can be asked to cope with', () => {
  const finding = found('HIL_TURN_REPLY_MISSING');
  expect(new OrderedFaults(['duplicate', 'slow-first-token']).attributed(finding)).toEqual(finding);
});

it('knows what the scenario orders, in that turn and in no other', () => {
  const ordered = new OrderedFaults([]);
  ordered.orderIn('t0001', 'audio-stops');
  ordered.orderIn('t0002', undefined);
  const origins = ['t0001', 't0002', undefined].map(
    (turnId) => ordered.attributed(found('HIL_TURN_REPLY_INCOMPLETE', turnId)).origin,
  );
  expect(origins).toEqual(['provider', 'board', 'board']);
});
