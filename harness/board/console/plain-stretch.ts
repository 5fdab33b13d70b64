import type { AssembledLine } from './line-assembler';

const LF = '\n';
const CR = 13;

/**
 * Whole lines that came in one piece and need no look at each of them: plain ASCII, without a prompt, a banner, a soft reset or a line
 * of more than 16 KiB. A console that prints faster than anybody asks for its lines keeps them so, and makes each of them when it is asked
 * for: an object for each line costs more than everything else that is done with it.
 */
export class PlainStretch {
  /**
   * @param text - What came, a character for each byte; the lines are `from` to `to` of it, the last line feed included.
   * @param textByteOffset - Position of its first character in the stream.
   * @param boot - ROM banners up to here.
   */
  constructor(
    readonly text: string,
    readonly from: number,
    readonly to: number,
    readonly textByteOffset: number,
    readonly hostAtMs: number,
    readonly boot: number,
  ) {}

  /** The same from a character on, or up to one: where a line begins. */
  part(from: number, to: number): PlainStretch {
    return new PlainStretch(this.text, from, to, this.textByteOffset, this.hostAtMs, this.boot);
  }

  *lines(): Generator<AssembledLine> {
    const { text, to } = this;
    for (let start = this.from; start < to;) {
      const end = text.indexOf(LF, start);
      yield this.line(start, end);
      start = end + 1;
    }
  }

  private line(start: number, end: number): AssembledLine {
    const { text, hostAtMs, boot } = this;
    let textEnd = end;
    while (textEnd > start && text.charCodeAt(textEnd - 1) === CR) textEnd -= 1;
    const byteOffset = this.textByteOffset + start;
    return { text: text.slice(start, textEnd), hostAtMs, byteOffset, byteLength: end + 1 - start, boot };
  }
}
