import type { Leave } from './parent-leave';

/** The room that a board plays and speaks in: its own, or one where others hear it, who then wait until it has left. */
export class Room {
  private entering: Promise<void> | undefined;

  /**
   * @param shared - Others hear it.
   * @param hush - Has the board say nothing more.
   */
  constructor(
    private readonly leaveOf: Leave,
    private readonly shared: boolean,
    private readonly hush: () => Promise<void>,
  ) {}

  /** Resolves once nobody else is in it; at once for who is in it already. */
  enter(): Promise<void> {
    if (!this.shared) return Promise.resolve();
    this.entering ??= this.leaveOf.ask({ what: 'room' }).then(() => undefined);
    return this.entering;
  }

  /** Lets the next one in when the board is silent, or cannot be brought to silence. */
  async leave(): Promise<void> {
    if (this.entering === undefined) return;
    await this.entering;
    // What is wrong with it then, its own tests find.
    await this.hush().catch(() => undefined);
    this.entering = undefined;
    this.leaveOf.leaveRoom();
  }
}
