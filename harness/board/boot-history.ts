import { startOfReset, type BoardEvent, type BootSession, type ConsoleLine } from '../ports';
import { WATCHDOG_WARNING } from './esp32s3';

/** A board that restarts several times a second for hours must not fill the memory. */
const KEPT = 1000;

type Session = { -readonly [Key in keyof BootSession]: BootSession[Key] };

/**
 * Keeps the boots of one board. It is told of each line before the events that are read from it, and of each reset that the bench is
 * about to do.
 */
export class BootHistory {
  private readonly sessions: Session[] = [];
  /** Those whose end was not told yet. */
  private untold: Session[] = [];
  private isOrdered = false;
  private isCrashOrdered = false;
  /** The latest in which the supply sagged. */
  private sagged: Session | undefined;

  /** @param tellEnded - Gets each boot that is over, once it is known what ended it. */
  constructor(private readonly tellEnded: (session: BootSession) => void) {}

  get boots(): readonly BootSession[] {
    return this.sessions;
  }

  /** The next boot is the bench's doing. A crash that was ordered and has not come by now will not. */
  order(): void {
    this.isOrdered = true;
    this.isCrashOrdered = false;
  }

  /** The reset is over, whatever came of it: a boot from now on is not the bench's doing. */
  orderIsOver(): void {
    this.isOrdered = false;
  }

  /** The next crash is the bench's doing. */
  orderCrash(): void {
    this.isCrashOrdered = true;
  }

  line({ boot, index, hostAtMs }: ConsoleLine): void {
    const current = this.sessions.at(-1);
    if (current?.boot === boot) {
      current.lastLine = index;
      return;
    }
    const isJoined = current === undefined && boot === 0;
    const next: Session = {
      boot,
      startedBy: isJoined ? 'joined' : this.isOrdered ? 'ordered' : 'unknown',
      startedAtHostMs: hostAtMs,
      firstLine: index,
      lastLine: index,
      milestones: [],
      crashes: 0,
      watchdogWarnings: 0,
    };
    if (!isJoined) this.isOrdered = false;
    this.sessions.push(next);
    this.untold.push(next);
    if (this.sessions.length > KEPT) this.sessions.shift();
  }

  event(event: BoardEvent): void {
    // A crash is told once it is over, which may be in the boot behind it.
    const position = this.sessions.findLastIndex(({ boot }) => boot === event.boot);
    const session = this.sessions[position];
    if (session === undefined) return;
    if (event.type === 'boot') this.setCause(position, session, event.resetCause);
    else if (event.type === 'milestone') addMilestone(session, event);
    else if (event.type === 'firmware') session.firmware = event.firmware;
    else if (event.type === 'fault') this.takeFault(session, event.error.code);
    else if (event.type === 'complaint' && event.text === WATCHDOG_WARNING) session.watchdogWarnings += 1;
  }

  /** Nothing more will come. */
  close(nowMs: number): void {
    const last = this.untold.at(-1);
    if (last === undefined) return;
    this.tellEndedBefore(last);
    last.endedBy = 'closed';
    last.endedAtHostMs = nowMs;
    this.untold = [];
    this.tellEnded({ ...last });
  }

  private setCause(position: number, session: Session, resetCause: string): void {
    session.resetCause = resetCause;
    if (session.startedBy === 'unknown') session.startedBy = startOfReset(resetCause);
    if (this.followsSag(position)) session.startedBy = 'power';
    else if (this.followsCrash(position)) session.startedBy = 'crash';
    // What ended the boot before is decided by now; the line of the cause is the third.
    this.tellEndedBefore(session);
  }

  private takeFault(session: Session, code: string): void {
    // No crash of the firmware's, and not the one that was ordered.
    if (code === 'HIL_BOARD_POWER_FAULT') {
      this.sagged = session;
      return;
    }
    if (this.isCrashOrdered) session.orderedCrashes = (session.orderedCrashes ?? 0) + 1;
    else session.crashes += 1;
    this.isCrashOrdered = false;
  }

  /** ESP-IDF's brownout interrupt resets the chip by software (0x3), so the ROM says nothing of the supply. */
  private followsSag(position: number): boolean {
    const before = this.sessions[position - 1];
    return before !== undefined && before === this.sagged && this.sessions[position]?.startedBy !== 'ordered';
  }

  /** A crash restarts the board by a software reset or by a watchdog, and no other reset follows from it. */
  private followsCrash(position: number): boolean {
    const before = this.sessions[position - 1];
    const start = this.sessions[position]?.startedBy;
    const crashed = (before?.crashes ?? 0) + (before?.orderedCrashes ?? 0) > 0;
    return crashed && (start === 'restart' || start === 'watchdog' || start === 'unknown');
  }

  private tellEndedBefore(session: Session): void {
    while (this.untold.length > 1 && this.untold[0] !== session) {
      const [ended, next] = this.untold;
      if (ended === undefined || next === undefined) return;
      this.untold.shift();
      ended.endedBy = next.startedBy === 'joined' ? 'unknown' : next.startedBy;
      ended.endedAtHostMs = next.startedAtHostMs;
      this.tellEnded({ ...ended });
    }
  }
}

function addMilestone(
  session: Session,
  { milestone, hostAtMs }: Extract<BoardEvent, { readonly type: 'milestone' }>,
): void {
  if (session.milestones.some((one) => one.milestone === milestone)) return;
  session.milestones = [...session.milestones, { milestone, afterMs: hostAtMs - session.startedAtHostMs }];
}
