/** Bytes of the Serial Line Internet Protocol (RFC 1055): frame mark, escape, and what stands for each of them inside. */
const END = 0xc0;
const ESCAPE = 0xdb;
const ESCAPED_END = 0xdc;
const ESCAPED_ESCAPE = 0xdd;

/** One frame as it goes onto the wire, with a mark at either end. */
export function slipFrame(payload: Uint8Array): Buffer {
  const wire = Buffer.allocUnsafe(2 * payload.length + 2);
  let at = 0;
  wire[at++] = END;
  for (const byte of payload) {
    if (byte !== END && byte !== ESCAPE) {
      wire[at++] = byte;
      continue;
    }
    wire[at++] = ESCAPE;
    wire[at++] = byte === END ? ESCAPED_END : ESCAPED_ESCAPE;
  }
  wire[at++] = END;
  return wire.subarray(0, at);
}

/**
 * Takes frames out of a byte stream that may be cut anywhere. Bytes outside frames are passed over, as the ROM does with what
 * a terminal types; so is a frame with a wrong escape, or one of more than `limitBytes`.
 */
export class SlipReader {
  private frame: Buffer;
  private length = 0;
  private state: 'outside' | 'inside' | 'escape' = 'outside';

  constructor(private readonly limitBytes: number) {
    this.frame = Buffer.allocUnsafe(limitBytes);
  }

  /** The frames that these bytes complete, in order. */
  push(bytes: Uint8Array): Buffer[] {
    const frames: Buffer[] = [];
    for (const byte of bytes) {
      if (byte === END) {
        // The mark that ends a frame may begin the next: an empty frame is none.
        if (this.state === 'inside' && this.length > 0) {
          frames.push(Buffer.from(this.frame.subarray(0, this.length)));
          this.state = 'outside';
        } else this.state = 'inside';
        this.length = 0;
      } else if (this.state === 'escape') this.unescape(byte);
      else if (this.state === 'inside' && byte === ESCAPE) this.state = 'escape';
      else if (this.state === 'inside') this.keep(byte);
    }
    return frames;
  }

  private unescape(byte: number): void {
    this.state = 'inside';
    if (byte === ESCAPED_END) this.keep(END);
    else if (byte === ESCAPED_ESCAPE) this.keep(ESCAPE);
    else this.state = 'outside';
  }

  private keep(byte: number): void {
    if (this.length < this.limitBytes) this.frame[this.length++] = byte;
    else this.state = 'outside';
  }
}
