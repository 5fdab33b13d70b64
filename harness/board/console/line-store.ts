import type { ConsoleLine } from '../../ports';
import type { BootCounter } from './boot-counter';
import type { AssembledLine } from './line-assembler';
import { deviceTimeAt } from './log-line';
import type { PlainStretch } from './plain-stretch';

/** Lines that are kept as they came, and become objects when somebody asks for lines. */
interface KeptStretch {
  readonly stretch: PlainStretch;
  readonly firstIndex: number;
  readonly count: number;
  readonly boot: number;
}

const isStretch = (entry: ConsoleLine | KeptStretch): entry is KeptStretch => 'stretch' in entry;

/** How much of the store an entry is. */
const countOf = (entry: ConsoleLine | KeptStretch): number => (isStretch(entry) ? entry.count : 1);
const charactersOf = (entry: ConsoleLine | KeptStretch): number =>
  isStretch(entry) ? entry.stretch.to - entry.stretch.from : entry.text.length;

/**
 * The newest lines of a console, bounded in number and in text, each with its index and its boot. The store grows to a tenth over either
 * bound before the oldest go, so that dropping costs nothing per line; `lines[0].index` is then above 0.
 */
export class LineStore {
  private readonly made: ConsoleLine[] = [];
  /** What came behind `made` and nobody asked for yet. */
  private later: (ConsoleLine | KeptStretch)[] = [];
  private next = 0;
  private count = 0;
  private characters = 0;
  // Only lines that carried prompts, so that a pattern for the prompt matches them too.
  private readonly withPrompts = new Map<number, string>();

  constructor(
    private readonly keepLines: number,
    private readonly keepCharacters: number,
    private readonly boots: BootCounter,
  ) {}

  get lines(): readonly ConsoleLine[] {
    this.makeAll();
    return this.made;
  }

  /** Index of the next line to come. */
  get nextIndex(): number {
    return this.next;
  }

  /** Keeps a line and gives it back with its index and its boot. */
  add(assembled: AssembledLine): ConsoleLine {
    const { withPrompt, text } = assembled;
    const deviceAtMs = deviceTimeAt(text, 0);
    const line = lineOf(assembled, this.next, this.boots.next(assembled.boot, deviceAtMs, text), deviceAtMs);
    if (withPrompt !== undefined) this.withPrompts.set(line.index, withPrompt);
    this.keep(line);
    return line;
  }

  /** Keeps lines that nobody waits for. */
  addStretch(stretch: PlainStretch): void {
    const { text, to, boot: banners } = stretch;
    let { from } = stretch;
    let boot: number | undefined;
    let count = 0;
    for (let start = from; start < to;) {
      const ofLine = this.boots.next(banners, deviceTimeAt(text, start));
      if (boot !== undefined && ofLine !== boot) {
        this.keepPart(stretch.part(from, start), count, boot);
        from = start;
        count = 0;
      }
      boot = ofLine;
      count += 1;
      start = text.indexOf('\n', start) + 1;
    }
    if (boot !== undefined) this.keepPart(stretch.part(from, to), count, boot);
  }

  /** The line's text with its prompts, where it had any. */
  withPrompt(line: ConsoleLine): string | undefined {
    return this.withPrompts.get(line.index);
  }

  /** Lines from this index on that are still kept, oldest first. */
  *from(index: number): Generator<ConsoleLine> {
    if (index >= this.next) return;
    const { lines } = this;
    const first = lines[0]?.index ?? this.next;
    for (let position = Math.max(0, index - first); position < lines.length; position += 1) {
      const line = lines[position];
      if (line !== undefined) yield line;
    }
  }

  /** The last `characters` of the kept text, lines joined by line feeds. */
  tail(characters: number, partial: string): string {
    let text = partial;
    const { lines } = this;
    for (let position = lines.length - 1; position >= 0 && text.length < characters; position -= 1) {
      const line = lines[position];
      text = line === undefined ? text : `${line.text}\n${text}`;
    }
    return text.slice(-characters);
  }

  private keepPart(stretch: PlainStretch, count: number, boot: number): void {
    this.keep({ stretch, firstIndex: this.next, count, boot });
  }

  private keep(entry: ConsoleLine | KeptStretch): void {
    // Whoever holds `lines` sees them grow, as long as somebody listens to each.
    if (this.later.length === 0 && !isStretch(entry)) this.made.push(entry);
    else this.later.push(entry);
    const count = countOf(entry);
    this.next += count;
    this.count += count;
    this.characters += charactersOf(entry);
    if (this.isOverBy(1.1)) this.dropOldest();
  }

  private makeAll(): void {
    if (this.later.length === 0) return;
    for (const entry of this.later) {
      if (!isStretch(entry)) {
        this.made.push(entry);
        continue;
      }
      let index = entry.firstIndex;
      this.characters -= charactersOf(entry);
      for (const assembled of entry.stretch.lines()) {
        this.made.push(lineOf(assembled, index, entry.boot, deviceTimeAt(assembled.text, 0)));
        this.characters += assembled.text.length;
        index += 1;
      }
    }
    this.later = [];
  }

  private dropOldest(): void {
    this.drop(this.made);
    // Stretches go whole; one that is much of the store has to be made into lines for that.
    this.drop(this.later);
    if (this.isOverBy(1.1)) {
      this.makeAll();
      this.drop(this.made);
    }
    const first = this.next - this.count;
    for (const index of this.withPrompts.keys()) {
      if (index >= first) break;
      this.withPrompts.delete(index);
    }
  }

  private isOverBy(factor: number): boolean {
    return this.count > this.keepLines * factor || this.characters > this.keepCharacters * factor;
  }

  /** Drops the oldest of these entries as long as the store is over a bound and an entry fits into what it is over by. */
  private drop(entries: (ConsoleLine | KeptStretch)[]): void {
    let dropped = 0;
    for (; dropped < entries.length && this.isOverBy(1); dropped += 1) {
      const entry = entries[dropped];
      if (entry === undefined) break;
      const count = countOf(entry);
      const characters = charactersOf(entry);
      const isTooMuch =
        count > this.count - this.keepLines && characters > this.characters - this.keepCharacters;
      if (count > 1 && isTooMuch) break;
      this.count -= count;
      this.characters -= characters;
    }
    entries.splice(0, dropped);
  }
}

/** Two shapes of object instead of a spread: each line of the stream passes here. */
function lineOf(
  assembled: AssembledLine,
  index: number,
  boot: number,
  deviceAtMs: number | undefined,
): ConsoleLine {
  const { text, hostAtMs, byteOffset, truncated, garbledBytes } = assembled;
  const line =
    deviceAtMs === undefined
      ? { index, text, boot, hostAtMs, byteOffset }
      : { index, text, boot, hostAtMs, byteOffset, deviceAtMs };
  if (truncated === undefined && garbledBytes === undefined) return line;
  return {
    ...line,
    ...(truncated === undefined ? {} : { truncated }),
    ...(garbledBytes === undefined ? {} : { garbledBytes }),
  };
}
