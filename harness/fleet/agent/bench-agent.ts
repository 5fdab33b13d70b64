import type { Cancel, Clock } from '../../ports';
import type { BenchOrder, BenchRoll, BoardState } from '../roll';
import type { Offer, Seat } from '../work';
import { BoardLoop, type BoardLoopOptions } from './board-loop';
import type { BoardHands } from './board-hands';

/** A board of a bench, as its agent has it. */
export interface AgentBoard {
  /** On its bench. */
  readonly name: string;
  readonly dialect: string;
  readonly offer: Offer;
  readonly isolation?: string;
  readonly hands: BoardHands;
}

export interface BenchAgentOptions extends Pick<
  BoardLoopOptions,
  'queue' | 'bundles' | 'clock' | 'onDelivered'
> {
  /** Unique in the fleet. */
  readonly bench: string;
  readonly host: string;
  /** Of Earshot. */
  readonly version: string;
  readonly boards: readonly AgentBoard[];
  readonly roll: Pick<BenchRoll, 'announce' | 'leave' | 'onOrder' | 'nowMs'>;
  readonly say: (text: string) => void;
}

/** A bench tells of itself so often, changes aside. */
export const ANNOUNCED_MS = 10_000;

/** A bench of a fleet: each of its boards takes a unit after the other. */
export class BenchAgent {
  private readonly loops: readonly { readonly board: AgentBoard; readonly loop: BoardLoop }[];
  private readonly clock: Clock;
  private cancel: Cancel = () => undefined;
  /** One is told after the other; of changes meanwhile the last is told. */
  private telling: Promise<void> | undefined;
  private isToldAgain = false;
  private hasLeft = false;

  constructor(private readonly options: BenchAgentOptions) {
    this.clock = options.clock;
    this.loops = options.boards.map((board) => ({
      board,
      loop: new BoardLoop({
        ...options,
        hands: board.hands,
        seat: this.seatOf(board),
        onStanding: () => this.tell(),
      }),
    }));
  }

  /** Resolves when all boards have left. */
  async run(): Promise<void> {
    const { roll, bench } = this.options;
    this.tell();
    this.tellLater();
    // With a queue that cannot be reached just now, this may take; boards need not wait for it.
    void roll.onOrder(bench, (order) => void this.obey(order)).catch((error: unknown) => this.trouble(error));
    await Promise.all(this.loops.map(({ loop }) => loop.run()));
    this.hasLeft = true;
    this.cancel();
  }

  /** To be called after `run`: strikes the bench off the roll. */
  async signOff(): Promise<void> {
    await this.telling;
    await this.options.roll.leave(this.options.bench);
  }

  /** Units are played to the end, and no others taken. */
  leave(): void {
    for (const { loop } of this.loops) loop.leave();
  }

  /** Units are given up at once. */
  stop(): void {
    for (const { loop } of this.loops) loop.stop();
  }

  private seatOf({ name, offer, isolation }: AgentBoard): Seat {
    const { bench } = this.options;
    return { board: `${bench}/${name}`, bench, offer, ...(isolation === undefined ? {} : { isolation }) };
  }

  private async obey({ kind, board, reason }: BenchOrder): Promise<void> {
    const meant = this.loops.filter((one) => board === undefined || one.board.name === board);
    this.options.say(`${kind} ${board ?? 'the bench'}${reason === undefined ? '' : `: ${reason}`}`);
    if (meant.length === 0) this.options.say(`there is no board ${board} here`);
    for (const { loop } of meant)
      await loop.order(kind, reason).catch((error: unknown) => this.trouble(error));
  }

  private tellLater(): void {
    this.cancel = this.clock.after(ANNOUNCED_MS, () => {
      this.tell();
      this.tellLater();
    });
  }

  private tell(): void {
    this.isToldAgain = true;
    this.telling ??= this.tellAll().finally(() => {
      this.telling = undefined;
    });
  }

  private async tellAll(): Promise<void> {
    const { roll, bench, host, version } = this.options;
    while (this.isToldAgain && !this.hasLeft) {
      this.isToldAgain = false;
      try {
        const aheadMs = (await roll.nowMs()) - this.clock.nowMs();
        await roll.announce({ bench, host, version, boards: this.states(aheadMs) });
      } catch (error) {
        this.trouble(error);
      }
    }
  }

  private states(aheadMs: number): readonly BoardState[] {
    return this.loops.map(({ board: { name, dialect, offer }, loop: { standing } }) => ({
      ...standing,
      name,
      model: offer.boardModel,
      dialect,
      offer,
      sinceMs: standing.sinceMs + aheadMs,
    }));
  }

  private trouble(error: unknown): void {
    this.options.say(error instanceof Error ? error.message : String(error));
  }
}
