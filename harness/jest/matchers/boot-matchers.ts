import type { BootSession, BootStart } from '../../ports';
import { misused, type Judgement } from './judgement';

/** What a board that stays up may not do, beyond crashing and restarting. */
export interface StayedUpOptions {
  /** The task watchdog's warnings count too. Default: true. */
  readonly watchdogWarnings?: boolean;
}

/** So many boots that never reached the application are a loop. */
const LOOP_BOOTS = 3;

const isUp = ({ milestones }: BootSession): boolean =>
  milestones.some(({ milestone }) => milestone === 'app');

const isSupply = (startedBy: BootStart): boolean => startedBy === 'power' || startedBy === 'power-on';

const inWords: Readonly<Record<BootStart, string>> = {
  ordered: 'it was reset by the bench',
  crash: 'it restarted behind a crash',
  watchdog: 'a watchdog restarted it',
  power: 'its supply failed',
  'power-on': 'it was powered on or reset by somebody else',
  restart: 'its firmware restarted it',
  joined: 'it was running already',
  unknown: 'it restarted, and its banner was lost',
};

/** Why there are more boots than the bench ordered; undefined where there are not. The first was going on already. */
function unordered(boots: readonly BootSession[]): Judgement | undefined {
  const own = boots.slice(1).filter(({ startedBy }) => startedBy !== 'ordered');
  const [first] = own;
  if (first === undefined) return undefined;
  const { boot, startedBy, resetCause } = first;
  const cause = resetCause === undefined ? '' : `: ${resetCause}`;
  const dead = boots.filter((one) => !isUp(one)).length;
  const loop = dead < LOOP_BOOTS ? '' : ` It boots in a loop: ${dead} boots never reached the application.`;
  return {
    pass: false,
    message: `${own.length} of ${boots.length} boots were not ordered; before boot ${boot} ${inWords[startedBy]}${cause}.${loop}`,
    code: isSupply(startedBy) ? 'HIL_BOARD_POWER_FAULT' : 'HIL_BOARD_RESTARTED',
  };
}

/** Every boot but the first was the bench's doing, none crashed but by order, and the task watchdog never warned. */
export function judgeStayedUp(
  boots: readonly BootSession[],
  { watchdogWarnings = true }: StayedUpOptions = {},
): Judgement {
  if (boots.length === 0)
    throw misused('toHaveStayedUp needs at least one boot: boots from the last line on are none.');
  const restarted = unordered(boots);
  if (restarted !== undefined) return restarted;
  const crashed = boots.find(({ crashes }) => crashes > 0);
  if (crashed !== undefined) {
    return {
      pass: false,
      message: `The board crashed ${crashed.crashes} times in boot ${crashed.boot}.`,
      code: 'HIL_BOARD_PANIC',
    };
  }
  const warnings = boots.reduce((sum, boot) => sum + boot.watchdogWarnings, 0);
  return {
    pass: !watchdogWarnings || warnings === 0,
    message: `The task watchdog warned ${warnings} times: a task kept a core busy for seconds.`,
    code: 'HIL_BOARD_WATCHDOG_WARNED',
  };
}
