/**
 * What becomes of a bundle: it counts, somebody else has the unit by now, or it has come before. The last is the ordinary end of a
 * delivery that was tried again because its answer got lost.
 */
export type Acceptance = 'accepted' | 'stale' | 'repeated';

/** Where tokens are kept. Each call is atomic: of two bundles of one piece that come at once, one is accepted. */
export interface Fence {
  /** A token greater than all before it. Undefined: a bundle of the piece was accepted, so nobody is to play it again. */
  issue(piece: string): Promise<number | undefined>;
  /** Whether the bundle of whoever holds this token counts; from then on no other does. */
  accept(piece: string, token: number): Promise<Acceptance>;
}

interface Standing {
  readonly token: number;
  readonly isDone: boolean;
}

/** A fence in this process's memory. */
export class MemoryFence implements Fence {
  private readonly standings = new Map<string, Standing>();

  issue(piece: string): Promise<number | undefined> {
    const { token, isDone } = this.standings.get(piece) ?? { token: 0, isDone: false };
    if (isDone) return Promise.resolve(undefined);
    this.standings.set(piece, { token: token + 1, isDone });
    return Promise.resolve(token + 1);
  }

  accept(piece: string, token: number): Promise<Acceptance> {
    const standing = this.standings.get(piece);
    if (standing?.token !== token) return Promise.resolve('stale');
    if (standing.isDone) return Promise.resolve('repeated');
    this.standings.set(piece, { token, isDone: true });
    return Promise.resolve('accepted');
  }

  /** Forgets pieces of a job that nobody asks for any more: their bundles are stale from then on. */
  forget(pieces: readonly string[]): void {
    for (const piece of pieces) this.standings.delete(piece);
  }
}
