import type { OpenBench } from '../bench';
import { Attempts } from './attempts';
import type { SessionResult } from './rpc/protocol';

/** Boots of a board that is asked in writing: counted, and known whether the current one takes questions. */
export class TextSessions {
  private sessions = 0;
  private turns = 0;
  private usable = false;
  private readonly attempts = new Attempts();

  constructor(private readonly bench: Pick<OpenBench, 'board' | 'crashes'>) {
    bench.board.onEvent((event) => {
      if (event.type === 'fault' || event.type === 'boot' || event.type === 'console-gap')
        this.usable = false;
    });
  }

  get session(): number {
    return this.sessions;
  }

  /** The board asks a question of its own after each boot, and no other. */
  get asksAtBoot(): boolean {
    return this.bench.board.dialect.capabilities.includes('asks-at-boot');
  }

  /** Number of the next turn within the session, from 1. */
  countTurn(): number {
    this.turns += 1;
    return this.turns;
  }

  /** The next turn needs a new session. */
  spoil(): void {
    this.usable = false;
  }

  /** Boots the board unless it takes questions already. */
  async ensure(): Promise<void> {
    if (!this.usable) await this.open();
  }

  /** Resets the board; of one that is asked by command, until it takes questions. */
  open(): Promise<SessionResult> {
    const { board } = this.bench;
    const firstLine = board.console.cursor();
    return this.restart(async () => {
      await board.reset();
      if (!this.asksAtBoot) await board.startSession();
      this.usable = true;
      return {
        session: this.sessions,
        firmware: board.firmware,
        tools: [],
        greeting: [],
        greetingAsked: false,
        greetingSentMs: 0,
        greetingSoundMs: 0,
        firstLine,
      };
    });
  }

  /** Counts a session that this work begins by a reset of its own. */
  restart<T>(work: () => Promise<T>): Promise<T> {
    this.sessions += 1;
    this.turns = 0;
    this.usable = false;
    return this.attempts.make(async () => {
      await this.bench.crashes.settled();
      return work();
    });
  }
}
