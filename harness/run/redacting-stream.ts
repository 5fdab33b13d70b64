import { mask, type SecretSpan } from './mask';

/** An unterminated line is held back up to this length; a longer one is let go piece by piece. */
const MAX_HELD = 8_192;
/** What stays behind of a piece that is let go, at least: longer than any token or password. */
const MIN_TAIL = 1_024;

/**
 * Masks secrets in bytes that come in chunks. Secrets never cross a line end, so complete lines go through at once and the
 * unterminated rest waits for its end, at most 8 KiB of it. Bytes that are no secret come out unchanged, whatever their
 * encoding.
 */
export class RedactingStream {
  private held = '';
  /** Inside a secret that is longer than what may be held: nothing comes out until it ends. */
  private swallowing = false;

  constructor(
    private readonly spansOf: (text: string) => SecretSpan[],
    private readonly longestSecret: number,
    /** Masks within whole lines, first of all. */
    private readonly inLines: (text: string) => string,
  ) {}

  /** The masked bytes that are safe to write now; may be empty. */
  push(bytes: Buffer): Buffer {
    let text = this.held + bytes.toString('latin1');
    if (this.swallowing) text = this.swallow(text);
    const lineEnd = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
    const lines = this.inLines(text.slice(0, lineEnd));
    const rest = text.slice(lineEnd);
    const piece = rest.length > MAX_HELD ? this.letGo(rest) : '';
    if (piece === '') this.held = rest;
    return Buffer.from(mask(lines, this.spansOf(lines)) + piece, 'latin1');
  }

  /** The masked rest, once no more bytes come. */
  end(): Buffer {
    const rest = this.inLines(this.held);
    this.held = '';
    return Buffer.from(mask(rest, this.spansOf(rest)), 'latin1');
  }

  /** Masks the front of an overlong line and keeps a raw tail, cut where no secret is torn. */
  private letGo(rest: string): string {
    const spans = this.spansOf(rest);
    let cut = rest.length - Math.max(MIN_TAIL, this.longestSecret);
    const torn = spans.find(({ from, to }) => from < cut && cut < to);
    if (torn !== undefined && torn.from === 0 && torn.to === rest.length) {
      this.swallowing = true;
      this.held = '';
      return mask(rest, spans);
    }
    if (torn !== undefined) cut = torn.to < rest.length ? torn.to : torn.from;
    if (cut <= 0) return '';
    this.held = rest.slice(cut);
    return mask(
      rest.slice(0, cut),
      spans.filter(({ to }) => to <= cut),
    );
  }

  private swallow(text: string): string {
    const end = text.search(/[\s"'&<>]/);
    this.swallowing = end < 0;
    return end < 0 ? '' : text.slice(end);
  }
}
