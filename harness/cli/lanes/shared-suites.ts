/** A piece of work that one board does: a file, or a test of a file whose tests stand alone. */
interface SuiteUnit {
  readonly file: string;
  /** The latest of its tests that was begun. */
  readonly test: string;
}

interface Claim extends SuiteUnit {
  readonly board: string | undefined;
  readonly done: boolean;
}

/** What a board had begun when it was lost. */
export interface BrokenUnit extends SuiteUnit {
  /** Who did it then; undefined: nobody. */
  readonly doneBy: string | undefined;
}

/**
 * Suites that boards share. Every board goes through all files and asks before each test; who asks first does the unit, and the others
 * pass it by. Units of a board that is lost are free again, for boards that have gone through by then as well.
 */
export class SharedSuites {
  private readonly claims = new Map<string, Claim>();
  /** Files that a board has gone through to the end, so that all their units are known. */
  private readonly walked = new Set<string>();
  /** Boards that are gone, with what they had begun and not done. */
  private readonly lostBoards = new Map<string, readonly (readonly [string, SuiteUnit])[]>();
  /** How many units a board had done when it last asked for more: one that gets nowhere is not sent again. */
  private readonly progress = new Map<string, number>();
  private waiting: (() => void)[] = [];

  /** @param standAlone - Whether the tests of a file depend on nothing that an earlier one did. */
  constructor(
    private readonly files: readonly string[],
    private readonly standAlone: (file: string) => boolean,
  ) {}

  /** Whether this board is to do this test: once true for one board, false for all others while that one lives. */
  claim(board: string, file: string, test: string): boolean {
    if (this.lostBoards.has(board)) return false;
    const key = this.keyOf(file, test);
    const claim = this.claims.get(key);
    if (claim !== undefined && (claim.done || (claim.board !== undefined && claim.board !== board)))
      return false;
    this.claims.set(key, { file, test, board, done: false });
    return true;
  }

  testDone(board: string, file: string, test: string): void {
    if (this.standAlone(file)) this.finish(this.keyOf(file, test), board);
  }

  /** This board has gone through the file to its end. */
  fileDone(board: string, file: string): void {
    if (this.lostBoards.has(board)) return;
    this.walked.add(file);
    if (!this.standAlone(file)) this.finish(this.keyOf(file, ''), board);
    this.wake();
  }

  /** The board is gone, and what it had begun is free. */
  lost(board: string): void {
    if (this.lostBoards.has(board)) return;
    const broken = [...this.claims].filter(([, claim]) => claim.board === board && !claim.done);
    this.lostBoards.set(board, broken);
    for (const [key, claim] of broken) this.claims.set(key, { ...claim, board: undefined });
    this.wake();
  }

  /** What a board that was lost had begun and not done, and what has become of it by now. */
  brokenOff(board: string): readonly BrokenUnit[] {
    return (this.lostBoards.get(board) ?? []).map(([key, { file, test }]) => {
      const claim = this.claims.get(key);
      return { file, test, doneBy: claim?.done === true ? claim.board : undefined };
    });
  }

  /**
   * Files in which there is something to do for a board that has gone through all that it was given: at once where something is free,
   * else when another board has lost something. Empty when everything is done, for a board that is lost, and for one that got nowhere
   * the last time.
   */
  async rest(board: string): Promise<readonly string[]> {
    // Its suites have ended by themselves: nothing of it is going on.
    for (const [key, claim] of this.claims) if (claim.board === board) this.finish(key, board);
    for (;;) {
      if (this.lostBoards.has(board)) return [];
      const open = this.files.filter((file) => !this.isDone(file));
      if (open.length === 0) return [];
      const free = open.filter((file) => this.isFree(file));
      if (free.length > 0) {
        const done = [...this.claims.values()].filter((claim) => claim.done && claim.board === board).length;
        const isStuck = this.progress.get(board) === done;
        this.progress.set(board, done);
        return isStuck ? [] : free;
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** What nobody did. */
  undone(): readonly string[] {
    return this.files.filter((file) => !this.isDone(file));
  }

  private keyOf(file: string, test: string): string {
    return this.standAlone(file) ? `${file}\0${test}` : file;
  }

  private finish(key: string, board: string): void {
    const claim = this.claims.get(key);
    if (claim === undefined || claim.board !== board || claim.done) return;
    this.claims.set(key, { ...claim, done: true });
    this.wake();
  }

  private claimsOf(file: string): readonly Claim[] {
    return [...this.claims.values()].filter((claim) => claim.file === file);
  }

  /** A file that was gone through without one claim has no test. */
  private isDone(file: string): boolean {
    return this.walked.has(file) && this.claimsOf(file).every(({ done }) => done);
  }

  private isFree(file: string): boolean {
    const claims = this.claimsOf(file);
    if (claims.some(({ board, done }) => board === undefined && !done)) return true;
    // Somebody is at it: of a file that goes as a whole there is nothing else to do.
    return !this.walked.has(file) && (this.standAlone(file) || claims.length === 0);
  }

  private wake(): void {
    const woken = this.waiting;
    this.waiting = [];
    for (const resume of woken) resume();
  }
}
