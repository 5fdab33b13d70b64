import type { ConsoleLine } from '../../ports';

/**
 * The newest lines of a console, bounded in number and in text. `lines` grows to a tenth over either bound before the
 * oldest go, so that dropping costs nothing per line; `lines[0].index` is then above 0.
 */
export class LineStore {
  readonly lines: ConsoleLine[] = [];
  private next = 0;
  private characters = 0;
  // Only lines that carried prompts, so that a pattern for the prompt matches them too.
  private readonly withPrompts = new Map<number, string>();

  constructor(
    private readonly keepLines: number,
    private readonly keepCharacters: number,
  ) {}

  /** Index of the next line to come. */
  get nextIndex(): number {
    return this.next;
  }

  add(line: ConsoleLine, withPrompt: string | undefined): void {
    this.lines.push(line);
    this.next = line.index + 1;
    if (withPrompt !== undefined) this.withPrompts.set(line.index, withPrompt);
    this.characters += line.text.length;
    if (this.lines.length > this.keepLines * 1.1 || this.characters > this.keepCharacters * 1.1)
      this.dropOldest();
  }

  /** The line's text with its prompts, where it had any. */
  withPrompt(line: ConsoleLine): string | undefined {
    return this.withPrompts.get(line.index);
  }

  /** Lines from this index on that are still kept, oldest first. */
  *from(index: number): Generator<ConsoleLine> {
    const first = this.lines[0]?.index ?? this.next;
    for (let position = Math.max(0, index - first); position < this.lines.length; position += 1) {
      const line = this.lines[position];
      if (line !== undefined) yield line;
    }
  }

  /** The last `characters` of the kept text, lines joined by line feeds. */
  tail(characters: number, partial: string): string {
    let text = partial;
    for (let position = this.lines.length - 1; position >= 0 && text.length < characters; position -= 1) {
      const line = this.lines[position];
      text = line === undefined ? text : `${line.text}\n${text}`;
    }
    return text.slice(-characters);
  }

  private dropOldest(): void {
    let dropped = Math.max(0, this.lines.length - this.keepLines);
    let rest = this.characters;
    for (let position = 0; position < dropped; position += 1) rest -= this.lines[position]?.text.length ?? 0;
    for (; rest > this.keepCharacters; dropped += 1) rest -= this.lines[dropped]?.text.length ?? rest;
    this.lines.splice(0, dropped);
    this.characters = rest;
    const first = this.lines[0]?.index ?? this.next;
    for (const index of this.withPrompts.keys()) {
      if (index >= first) break;
      this.withPrompts.delete(index);
    }
  }
}
