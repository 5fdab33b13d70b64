import type { BootSession } from '../../ports';
import { judgeStayedUp } from './boot-matchers';

const app = { milestone: 'app' as const, afterMs: 900 };
const boot = (over: Partial<BootSession> = {}): BootSession => ({
  boot: 1,
  startedBy: 'ordered',
  startedAtHostMs: 0,
  firstLine: 0,
  lastLine: 9,
  milestones: [app],
  crashes: 0,
  watchdogWarnings: 0,
  ...over,
});

describe('a board that is to stay up', () => {
  it('may have begun by whatever it likes, be reset by order, and crash by order', () => {
    const boots = [boot({ startedBy: 'power-on', orderedCrashes: 1 }), boot({ boot: 2 })];
    expect(judgeStayedUp(boots).pass).toBe(true);
  });

  it.each([
    ['watchdog', 'HIL_BOARD_RESTARTED'],
    ['restart', 'HIL_BOARD_RESTARTED'],
    ['crash', 'HIL_BOARD_RESTARTED'],
    ['unknown', 'HIL_BOARD_RESTARTED'],
    ['power', 'HIL_BOARD_POWER_FAULT'],
    ['power-on', 'HIL_BOARD_POWER_FAULT'],
  ] as const)('fails by a boot that began by %s', (startedBy, code) => {
    const judged = judgeStayedUp([boot(), boot({ boot: 2, startedBy, resetCause: 'cause (0x7)' })]);
    expect(judged).toMatchObject({ pass: false, code });
    expect(judged.message).toMatch(/1 of 2 boots were not ordered; before boot 2 .*: cause \(0x7\)/);
  });

  it('is told to boot in a loop when three boots never reached the application', () => {
    const dead = (number: number) => boot({ boot: number, startedBy: 'watchdog', milestones: [] });
    expect(judgeStayedUp([boot(), dead(2), dead(3)]).message).not.toMatch(/loop/);
    expect(judgeStayedUp([boot(), dead(2), dead(3), dead(4)]).message).toMatch(
      /boots in a loop: 3 boots never reached/,
    );
  });

  it('fails by a crash that it survived, and by warnings unless they are left out', () => {
    expect(judgeStayedUp([boot({ crashes: 1 })])).toMatchObject({ pass: false, code: 'HIL_BOARD_PANIC' });
    const warned = [boot({ watchdogWarnings: 2 })];
    expect(judgeStayedUp(warned)).toMatchObject({ pass: false, code: 'HIL_BOARD_WATCHDOG_WARNED' });
    expect(judgeStayedUp(warned, { watchdogWarnings: false }).pass).toBe(true);
  });

  it('is no matter of no boots', () => {
    expect(() => judgeStayedUp([])).toThrow(/at least one boot/);
  });
});
