/** Thrown inside this folder when a structure runs over its end or makes no sense; never leaves it. */
export class UnreadableBytes extends Error {}

const LEB_STEP = 0x80;
/** A 64-bit number takes ten bytes in LEB128; a longer one is no number. */
const MAX_LEB_BYTES = 10;

/** Reads little-endian values one behind the other, up to an end that it never passes. */
export class ByteCursor {
  readonly end: number;

  constructor(
    readonly bytes: Buffer,
    public at = 0,
    end = bytes.length,
  ) {
    this.end = Math.min(end, bytes.length);
    if (at < 0 || at > this.end) throw new UnreadableBytes(`byte ${at} lies behind the end, ${this.end}`);
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  u8(): number {
    return this.bytes.readUInt8(this.take(1));
  }

  i8(): number {
    return this.bytes.readInt8(this.take(1));
  }

  u16(): number {
    return this.bytes.readUInt16LE(this.take(2));
  }

  u24(): number {
    return this.bytes.readUIntLE(this.take(3), 3);
  }

  u32(): number {
    return this.bytes.readUInt32LE(this.take(4));
  }

  /** Exact below 2^53; nothing in a 32-bit ELF needs more. */
  u64(): number {
    return Number(this.bytes.readBigUInt64LE(this.take(8)));
  }

  /** Unsigned LEB128; exact below 2^53. */
  uleb(): number {
    let value = 0;
    let weight = 1;
    for (let count = 0; count < MAX_LEB_BYTES; count += 1) {
      const byte = this.u8();
      value += (byte & 0x7f) * weight;
      if (byte < LEB_STEP) return value;
      weight *= LEB_STEP;
    }
    throw new UnreadableBytes(`a number of more than ${MAX_LEB_BYTES} bytes before byte ${this.at}`);
  }

  /** Signed LEB128; exact within 2^53. */
  sleb(): number {
    let value = 0;
    let weight = 1;
    for (let count = 0; count < MAX_LEB_BYTES; count += 1) {
      const byte = this.u8();
      value += (byte & 0x7f) * weight;
      weight *= LEB_STEP;
      if (byte < LEB_STEP) return (byte & 0x40) === 0 ? value : value - weight;
    }
    throw new UnreadableBytes(`a number of more than ${MAX_LEB_BYTES} bytes before byte ${this.at}`);
  }

  /** Up to its NUL, which is taken too. */
  text(): string {
    const nul = this.bytes.indexOf(0, this.at);
    if (nul === -1 || nul >= this.end) throw new UnreadableBytes(`a text without an end at byte ${this.at}`);
    const text = this.bytes.toString('utf8', this.at, nul);
    this.at = nul + 1;
    return text;
  }

  skip(count: number): void {
    this.take(count);
  }

  private take(count: number): number {
    const from = this.at;
    if (!(count >= 0 && from + count <= this.end))
      throw new UnreadableBytes(`${count} bytes at byte ${from} run over the end, ${this.end}`);
    this.at = from + count;
    return from;
  }
}

/** The text at an offset of a string section. */
export const textAt = (section: Buffer, offset: number): string => new ByteCursor(section, offset).text();
