import { BoardError, catalogue, type ErrorCode } from '../errors';
import type { DirectionFacts, Finding } from '../ports';
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

it('knows what was ordered in the last 2 000 turns, and holds no more', () => {
  const ordered = new OrderedFaults([]);
  for (let turn = 1; turn <= 2_001; turn += 1) ordered.orderIn(`t${turn}`, 'audio-stops');
  const origins = ['t1', 't2', 't2001'].map(
    (turnId) => ordered.attributed(found('HIL_TURN_REPLY_INCOMPLETE', turnId)).origin,
  );
  expect(origins).toEqual(['board', 'provider', 'provider']);
});

describe('a network that was told to lose packets', () => {
  const direction = (audioSent: number, audioLost: number): DirectionFacts => ({
    ...{ sent: audioSent, lost: audioLost, cut: 0, overflowed: 0, delayed: 0, reordered: 0, duplicated: 0 },
    ...{ audioSent, audioLost, bursts: [] },
  });
  const judged = (up: number, down: number, code: ErrorCode) => {
    const ordered = new OrderedFaults([]);
    ordered.networkIn('t0001', { up: direction(200, up), down: direction(182, down) });
    return ordered.attributed(found(code, 't0001'));
  };

  it.each<[string, number, number, ErrorCode, string]>([
    ['half a reply of which much was lost', 0, 31, 'HIL_TURN_REPLY_INCOMPLETE', 'provider'],
    ['half a reply of which little was lost', 0, 18, 'HIL_TURN_REPLY_INCOMPLETE', 'board'],
    ['half a reply of which nothing was lost', 90, 0, 'HIL_TURN_REPLY_INCOMPLETE', 'board'],
    ['a prompt that was misheard for its holes', 20, 0, 'HIL_TURN_MISHEARD', 'provider'],
    ['a prompt that was misheard without', 0, 90, 'HIL_TURN_MISHEARD', 'board'],
    ['a crash, whatever was lost', 90, 90, 'HIL_BOARD_PANIC', 'board'],
  ])('takes the blame for %s', (_, up, down, code, origin) => {
    expect(judged(up, down, code).origin).toBe(origin);
  });

  it('says how much that was, and what it looked like', () => {
    expect(judged(0, 31, 'HIL_TURN_REPLY_INCOMPLETE')).toMatchObject({
      code: 'HIL_PROVIDER_FAULT_ORDERED',
      message: expect.stringContaining('31 of 182 packets of its reply') as string,
      facts: { fault: 'network', seenAs: 'HIL_TURN_REPLY_INCOMPLETE' },
    });
  });

  it('is blamed in no other turn, and not where there is none', () => {
    const ordered = new OrderedFaults([]);
    ordered.networkIn('t0001', { up: direction(200, 0), down: direction(182, 182) });
    ordered.networkIn('t0002', undefined);
    for (const turnId of ['t0002', undefined])
      expect(ordered.attributed(found('HIL_TURN_REPLY_MISSING', turnId)).origin).toBe('board');
  });
});
