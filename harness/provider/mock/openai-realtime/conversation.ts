import type { Heard } from '../../hearing/heard';
import type { Later } from '../../later';
import type { Json } from '../json/check';

/** One item of the conversation: what the client sees, and what the mock knows about it. */
export interface ConversationItem {
  readonly id: string;
  wire: Json;
  /** Received speech: what it was, as soon as that is known. */
  readonly heard?: Later<Heard>;
  /** Length of the item's audio that was sent or received so far. */
  audioMs?: number;
}

/** Older items leave beyond either, as `truncation: "auto"` has them leave: a conversation must not fill our memory. */
const MOST_ITEMS = 5_000;
const MOST_CHARS = 16 * 1024 * 1024;

/** The items of one session, in order. */
export class Conversation {
  private readonly items: ConversationItem[] = [];
  private readonly chars = new Map<string, number>();
  private totalChars = 0;

  get(id: string): ConversationItem | undefined {
    return this.items.find((item) => item.id === id);
  }

  get lastId(): string | null {
    return this.items.at(-1)?.id ?? null;
  }

  /**
   * Adds an item after another one and says which one that is; null when it is the first.
   * @param after - An id, `root` for the front, null or undefined for the end.
   * @returns Undefined when `after` is unknown.
   */
  add(item: ConversationItem, after?: string | null): { readonly previousId: string | null } | undefined {
    const place = this.place(item, after);
    if (place === undefined) return undefined;
    const chars = JSON.stringify(item.wire).length;
    this.chars.set(item.id, chars);
    this.totalChars += chars;
    for (const oldest of [...this.items]) {
      if (this.items.length <= MOST_ITEMS && this.totalChars <= MOST_CHARS) break;
      if (oldest !== item) this.delete(oldest.id);
    }
    return place;
  }

  private place(
    item: ConversationItem,
    after?: string | null,
  ): { readonly previousId: string | null } | undefined {
    if (after === undefined || after === null) {
      const previousId = this.lastId;
      this.items.push(item);
      return { previousId };
    }
    const at = after === 'root' ? 0 : this.items.findIndex((other) => other.id === after) + 1;
    if (at === 0 && after !== 'root') return undefined;
    this.items.splice(at, 0, item);
    return { previousId: this.items[at - 1]?.id ?? null };
  }

  /** Id of the item before this one; null when it is the first or unknown. */
  before(id: string): string | null {
    const at = this.items.findIndex((item) => item.id === id);
    return this.items[at - 1]?.id ?? null;
  }

  /** True when there was such an item. */
  delete(id: string): boolean {
    const at = this.items.findIndex((item) => item.id === id);
    if (at < 0) return false;
    this.items.splice(at, 1);
    this.totalChars -= this.chars.get(id) ?? 0;
    this.chars.delete(id);
    return true;
  }

  get length(): number {
    return this.items.length;
  }
}
