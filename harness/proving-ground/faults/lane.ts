import { fork, type ChildProcess } from 'node:child_process';
import { systemClock, type Clock } from '../../ports';
import type { RowResult } from './fault-row';
import { laneProgram } from './lane-program';
import type { FromLane, LaneBench, ToLane } from './lane-messages';

/** A row that takes longer hangs, which is what no fault may bring about. */
const LONGEST_ROW_MS = 90_000;
/** From the start of a lane to its first row: two processes and a boot. */
const LONGEST_OPENING_MS = 60_000;
/** What a bench takes to close. */
const LONGEST_CLOSING_MS = 20_000;

/** An open bench in a process of its own, which runs one row after the other. */
export interface Lane {
  /** @throws Error saying why the bench has gone: it died, hung, or could not go on. The lane is closed then. */
  run(id: string): Promise<RowResult>;
  /** Closes the bench, with force when it takes too long. */
  close(): Promise<void>;
}

/** Waits for what a lane says next. */
class LaneProcess implements Lane {
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  /** Why it has gone, or is to go. */
  private lost: string | undefined;
  private heard: ((message: FromLane | undefined) => void) | undefined;

  constructor(private readonly clock: Clock) {
    this.child = fork(laneProgram, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.child.on('message', (raw) => {
      const message = raw as FromLane;
      if (message.kind === 'failed') this.lost ??= message.why;
      else this.heard?.(message);
    });
    this.exited = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => {
        this.lost ??= `its lane ended (${signal ?? `exit code ${code}`})`;
        this.heard?.(undefined);
        resolve();
      });
    });
  }

  async open(bench: LaneBench): Promise<this> {
    await this.ask({ kind: 'open', ...bench }, LONGEST_OPENING_MS, 'the opening of its bench');
    return this;
  }

  async run(id: string): Promise<RowResult> {
    const answer = await this.ask({ kind: 'row', id }, LONGEST_ROW_MS, 'it');
    if (answer.kind !== 'row') throw new Error(`its lane said "${answer.kind}"`);
    return answer.result;
  }

  async close(): Promise<void> {
    if (this.child.connected) this.child.send({ kind: 'end' } satisfies ToLane);
    const cancel = this.clock.after(LONGEST_CLOSING_MS, () => this.child.kill('SIGKILL'));
    await this.exited;
    cancel();
  }

  private async ask(order: ToLane, withinMs: number, what: string): Promise<FromLane> {
    const cancel = this.clock.after(withinMs, () => {
      this.lost = `${what} hung for ${withinMs / 1000} s`;
      this.child.kill('SIGKILL');
    });
    const answer = await new Promise<FromLane | undefined>((resolve) => {
      this.heard = resolve;
      if (this.child.connected) this.child.send(order);
      else void this.exited.then(() => resolve(undefined));
    });
    cancel();
    this.heard = undefined;
    if (answer !== undefined) return answer;
    throw new Error(this.lost);
  }
}

/**
 * Opens a bench in a process of its own, and shows that it is good.
 * @throws Error saying why it is not.
 */
export const openLane = (bench: LaneBench, clock: Clock = systemClock): Promise<Lane> =>
  new LaneProcess(clock).open(bench);
