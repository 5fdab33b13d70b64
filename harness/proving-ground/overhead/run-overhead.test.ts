import { runOverhead } from './run-overhead';

type Run = Parameters<typeof runOverhead>[0];

const QUIET_MS = 400;

const turn = (startedAtHostMs: number, replyEndMs: number | undefined, endedAtHostMs: number) => ({
  record: { startedAtHostMs, endedAtHostMs },
  measurement: { marks: replyEndMs === undefined ? [] : [{ name: 'replyOffset', hostAtMs: replyEndMs }] },
});
const board = (hostAtMs: number, data: object) => ({ kind: 'board', hostAtMs, data });
const said = (hostAtMs: number, data: object) => ({ kind: 'provider', hostAtMs, data });
const audio = (hostAtMs: number, ms: number) =>
  said(hostAtMs, { type: 'audio-out', lengthSamples: ms * 24, rateHz: 24_000 });

const overheadOf = (turns: readonly object[], events: readonly object[], wallMs: number) =>
  runOverhead({ turns, events } as unknown as Run, { wallMs, quietMs: QUIET_MS });

describe('runOverhead', () => {
  it('takes turns with their quiet and boots with their greeting off the wall', () => {
    const { spokenMs, bootsMs, overheadMs, allowedMs } = overheadOf(
      [turn(10_000, 14_000, 14_600), turn(15_000, 19_600, 20_300)],
      [
        board(2_000, { type: 'boot' }),
        board(5_000, { type: 'session-ready' }),
        audio(5_100, 500),
        audio(5_200, 1_500),
        said(12_000, { type: 'speech-started' }),
        audio(13_000, 1_000),
      ],
      25_000,
    );
    expect(spokenMs).toBe(4_400 + 5_000);
    expect(bootsMs).toBe(5_500); // 2 s of greeting from 5.1 s on, and the quiet
    expect(overheadMs).toBe(25_000 - 9_400 - 5_500);
    expect(allowedMs).toBeCloseTo(0.05 * 14_900 + 5_000, 9);
  });

  it('counts a boot to its session where nobody greets, to its application where none opens, and no further than to the next', () => {
    const app = { type: 'milestone', milestone: 'app' };
    const bootsOf = (events: readonly object[]) => overheadOf([], events, 60_000).bootsMs;
    const boot = board(0, { type: 'boot' });
    expect(bootsOf([boot, board(900, app), board(3_000, { type: 'session-ready' })])).toBe(3_000);
    expect(bootsOf([boot, board(900, app)])).toBe(900);
    expect(bootsOf([boot])).toBe(0);
    expect(bootsOf([boot, audio(1_000, 5_000), board(2_000, { type: 'boot' }), board(2_900, app)])).toBe(
      2_900,
    );
  });

  it('counts no time twice: a turn that boots the board, and one that goes on until the next begins', () => {
    const { spokenMs, bootsMs } = overheadOf(
      [turn(1_000, undefined, 6_000), turn(5_800, 9_000, 9_500)],
      [board(2_000, { type: 'boot' }), board(5_000, { type: 'session-ready' })],
      20_000,
    );
    expect([spokenMs, bootsMs]).toEqual([8_400, 0]);
  });
});
