/**
 * As many at once as a model has slots, the others in the order in which they came (`OLLAMA_NUM_PARALLEL`, `OLLAMA_MAX_QUEUE`).
 */
export class Lane {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly slots: number,
    private readonly mostWaiting: number,
  ) {}

  /**
   * Starts now or when a slot is free.
   * @returns Gives the slot or the place in the queue back, once; undefined when the queue is full: nothing will start.
   */
  enter(start: () => void): (() => void) | undefined {
    if (this.running >= this.slots && this.waiting.length >= this.mostWaiting) return undefined;
    let state: 'waiting' | 'running' | 'left' = 'waiting';
    const begin = (): void => {
      state = 'running';
      this.running++;
      start();
    };
    if (this.running < this.slots) begin();
    else this.waiting.push(begin);
    return () => {
      if (state === 'waiting') this.waiting.splice(this.waiting.indexOf(begin), 1);
      if (state === 'running') {
        this.running--;
        this.waiting.shift()?.();
      }
      state = 'left';
    };
  }
}
