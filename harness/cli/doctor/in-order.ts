/** Tells in the order of a list what comes in any other. */
export class InOrder<Item extends { readonly id: string }> {
  private readonly waiting = new Map<string, Item>();
  private next = 0;

  constructor(
    private readonly ids: readonly string[],
    private readonly tell: (item: Item) => void,
  ) {}

  take(item: Item): void {
    this.waiting.set(item.id, item);
    for (let due = this.due(); due !== undefined; due = this.due()) {
      this.next += 1;
      this.tell(due);
    }
  }

  private due(): Item | undefined {
    return this.waiting.get(this.ids[this.next] ?? '');
  }
}
