import type { BoardEvent, Clock } from '../ports';

/** Pings of one quiet period: the promptest answer counts, and one may meet a busy port. */
const PINGS = 3;
/** A REPL executes a command at once and a marker is a line of 60 bytes; a board that needs longer is busy. */
export const PONG_WITHIN_MS = 1_000;
/** Identities are numbers of 32 bits (docs/markers.md). */
const IDENTITIES = 2 ** 32;

interface SentPing {
  readonly id: number;
  readonly sentAtHostMs: number;
  readonly answered: () => void;
}

/** Asks firmware with `hil_marker` what its clock says, and tells of each answer when its question left. */
export class ClockSync {
  private lastId = 0;
  private sent: SentPing | undefined;
  private silentBoot: number | undefined;

  /** @param type - Types a command and calls back right before it leaves. */
  constructor(
    private readonly type: (command: string, onTyping: () => void) => Promise<void>,
    private readonly clock: Clock,
  ) {}

  /**
   * Resolves when the pings were answered, or one was not within a second: that boot is not asked again. A port that fails says so
   * itself.
   */
  async ping(boot: number): Promise<void> {
    if (this.sent !== undefined) return;
    for (let count = 0; count < PINGS && this.silentBoot !== boot; count += 1)
      if (!(await this.pingOnce())) this.silentBoot = boot;
  }

  /** The event as it is; the answer to the ping that is on its way with the instant at which that left. */
  read(event: BoardEvent): BoardEvent {
    const { sent } = this;
    if (sent === undefined || event.type !== 'marker' || event.marker !== 'pong') return event;
    if (event.fields['id'] !== sent.id) return event;
    sent.answered();
    return { ...event, pingedAtHostMs: sent.sentAtHostMs };
  }

  private pingOnce(): Promise<boolean> {
    this.lastId = (this.lastId + 1) % IDENTITIES;
    const id = this.lastId;
    return new Promise((resolve) => {
      let isOver = false;
      const end = (isAnswered: boolean): void => {
        isOver = true;
        cancelTimeout();
        this.sent = undefined;
        resolve(isAnswered);
      };
      const cancelTimeout = this.clock.after(PONG_WITHIN_MS, () => end(false));
      const onTyping = (): void => {
        // What waited for the prompt for so long is answered for nobody.
        if (isOver) return;
        this.sent = { id, sentAtHostMs: this.clock.nowMs(), answered: () => end(true) };
      };
      this.type(`hil ping ${id}`, onTyping).catch(() => end(false));
    });
  }
}
