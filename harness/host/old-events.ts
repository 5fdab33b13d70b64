import type { Board, VoiceProvider } from '../ports';

/** Turns that are whole, the latest of them included: whoever looks back, such as the watch over resets, looks back at one or two. What they were is on the disk. */
const TURNS = 10;

interface Logs {
  readonly board: Pick<Board, 'events' | 'forget'>;
  readonly provider: Pick<VoiceProvider, 'events' | 'forget'>;
}

/** Has board and provider let go what long past turns were measured by: a run of thousands of turns has to fit into memory. */
export class OldEvents {
  private readonly ends: { readonly board: number; readonly provider: number }[] = [];

  constructor(private readonly bench: Logs) {}

  /** To be called as each turn ends. */
  turnEnded(): void {
    const { board, provider } = this.bench;
    this.ends.push({ board: board.events.length, provider: provider.events.length });
    if (this.ends.length <= TURNS) return;
    const [oldest] = this.ends.splice(0, 1);
    if (oldest === undefined) return;
    board.forget?.(oldest.board);
    provider.forget?.(oldest.provider);
  }
}
