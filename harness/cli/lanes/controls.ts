/** What a board's control prompts came to. */
type ControlResult =
  | { readonly state: 'passed' }
  | { readonly state: 'failed'; readonly why: string }
  | { readonly state: 'gone' };

/**
 * Tells boards that are broken from firmware that is: a board that fails its control prompts is in quarantine when one of its equals,
 * with the same firmware, passes them. Where none passes, it is the firmware's to answer for, and the boards go on to their suites.
 */
export class Controls {
  private readonly results = new Map<string, ControlResult>();
  private waiting: (() => void)[] = [];

  /** @param equals - The others that a board is like, by its name. */
  constructor(private readonly equals: ReadonlyMap<string, readonly string[]>) {}

  /** Whether there is anything to compare this board with. */
  has(board: string): boolean {
    return (this.equals.get(board)?.length ?? 0) > 0;
  }

  /** Has failed, whatever it passes besides. */
  failed(board: string, why: string): void {
    if (this.results.get(board)?.state === 'failed') return;
    this.set(board, { state: 'failed', why });
  }

  /** Its control prompts are over. */
  ended(board: string): void {
    if (!this.results.has(board)) this.set(board, { state: 'passed' });
  }

  /** Nothing more will be known of it. */
  gone(board: string): void {
    if (!this.results.has(board)) this.set(board, { state: 'gone' });
  }

  /**
   * Resolves once it is known what becomes of a board whose control prompts are over: why it is in quarantine, or undefined where it gets
   * work. One that passed is never kept waiting.
   */
  async decided(board: string): Promise<string | undefined> {
    for (;;) {
      const own = this.results.get(board);
      if (own === undefined || own.state !== 'failed') return undefined;
      const others = (this.equals.get(board) ?? []).map((name) => [name, this.results.get(name)] as const);
      const [passed] = others.find(([, result]) => result?.state === 'passed') ?? [];
      if (passed !== undefined)
        return `failed the control prompts that ${passed}, with the same firmware, passed: ${own.why}`;
      if (others.every(([, result]) => result !== undefined)) return undefined;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  private set(board: string, result: ControlResult): void {
    this.results.set(board, result);
    const woken = this.waiting;
    this.waiting = [];
    for (const resume of woken) resume();
  }
}
