/** Numbers of the DTLS protocol: RFC 6347 section 4, RFC 5246 section 7.4. */
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const CERTIFICATE_VERIFY = 15;
const RECORD_HEADER_BYTES = 13;
const MESSAGE_HEADER_BYTES = 12;
/** A record holds no more; a longer message, as of a chain of certificates, is not to be expected of a peer in a call. */
const MOST_MESSAGE_BYTES = 2 ** 14 - MESSAGE_HEADER_BYTES;
/** A client's handshake has six messages. */
const MOST_AHEAD = 8;

/** One handshake message, or a piece of one, as it stands in a record. */
interface Piece {
  readonly type: number;
  readonly lengthBytes: number;
  readonly number: number;
  readonly offset: number;
  readonly body: Buffer;
}

/** A message of which pieces have come. */
interface Incoming {
  readonly type: number;
  readonly body: Buffer;
  readonly has: Uint8Array;
}

/**
 * Puts a DTLS client's handshake in order for a server that takes messages as they come: werift's, which gives up on a
 * certificate's proof ahead of the certificate, and computes other keys from a message that comes twice or late. So
 * a message waits for those ahead of it and passes once, as RFC 6347 section 4.2.2 has it, and a repeated greeting
 * passes while it is the newest, so that the server repeats its flight. Records of all other kinds pass as they are.
 */
export class HandshakeOrder {
  private next = 0;
  private readonly incoming = new Map<number, Incoming>();
  private isProved = false;
  /** The client's last message, which is encrypted and so does not say its number. */
  private finished: Buffer | undefined;

  /** What the server is to read now, in order; nothing for what has to wait or came before. */
  take(datagram: Buffer): readonly Buffer[] {
    return recordsOf(datagram).flatMap((record) => {
      if (record.readUInt8(0) !== HANDSHAKE) return [record];
      return record.readUInt16BE(3) === 0 ? this.takePieces(record) : this.takeFinished(record);
    });
  }

  private takePieces(record: Buffer): readonly Buffer[] {
    return piecesOf(record.subarray(RECORD_HEADER_BYTES)).flatMap((piece) => {
      if (piece.number < this.next) {
        const isNewest = piece.number === this.next - 1 && piece.type === CLIENT_HELLO;
        return isNewest ? [messageRecord(record, piece)] : [];
      }
      this.keep(piece);
      return this.passInOrder(record);
    });
  }

  private takeFinished(record: Buffer): readonly Buffer[] {
    // The server answers each with its own last flight.
    if (this.isProved) return [record];
    this.finished = record;
    return [];
  }

  private keep({ type, lengthBytes, number, offset, body }: Piece): void {
    if (number >= this.next + MOST_AHEAD || lengthBytes > MOST_MESSAGE_BYTES) return;
    const known = this.incoming.get(number);
    const fits = known?.type === type && known.body.length === lengthBytes;
    const message = fits
      ? known
      : { type, body: Buffer.alloc(lengthBytes), has: new Uint8Array(lengthBytes) };
    this.incoming.set(number, message);
    body.copy(message.body, offset);
    message.has.fill(1, offset, offset + body.length);
  }

  private passInOrder(record: Buffer): readonly Buffer[] {
    const passed: Buffer[] = [];
    for (
      let message = this.incoming.get(this.next);
      message?.has.every((byte) => byte === 1) === true;
      message = this.incoming.get(this.next)
    ) {
      const { type, body } = message;
      this.incoming.delete(this.next);
      passed.push(
        messageRecord(record, { type, lengthBytes: body.length, number: this.next, offset: 0, body }),
      );
      this.next += 1;
      if (type !== CERTIFICATE_VERIFY) continue;
      this.isProved = true;
      if (this.finished !== undefined) passed.push(this.finished);
    }
    return passed;
  }
}

/** The whole records of a datagram. */
function recordsOf(datagram: Buffer): readonly Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at + RECORD_HEADER_BYTES <= datagram.length;) {
    const end = at + RECORD_HEADER_BYTES + datagram.readUInt16BE(at + 11);
    if (end > datagram.length) break;
    records.push(datagram.subarray(at, end));
    at = end;
  }
  return records;
}

function piecesOf(content: Buffer): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at + MESSAGE_HEADER_BYTES <= content.length;) {
    const lengthBytes = content.readUIntBE(at + 1, 3);
    const offset = content.readUIntBE(at + 6, 3);
    const end = at + MESSAGE_HEADER_BYTES + content.readUIntBE(at + 9, 3);
    const body = content.subarray(at + MESSAGE_HEADER_BYTES, end);
    if (end > content.length || offset + body.length > lengthBytes) break;
    pieces.push({
      type: content.readUInt8(at),
      lengthBytes,
      number: content.readUInt16BE(at + 4),
      offset,
      body,
    });
    at = end;
  }
  return pieces;
}

/** A piece in a record of its own, whose header is that of another. */
function messageRecord(record: Buffer, { type, lengthBytes, number, offset, body }: Piece): Buffer {
  const header = Buffer.alloc(RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES);
  record.copy(header, 0, 0, RECORD_HEADER_BYTES);
  header.writeUInt16BE(MESSAGE_HEADER_BYTES + body.length, 11);
  header.writeUInt8(type, 13);
  header.writeUIntBE(lengthBytes, 14, 3);
  header.writeUInt16BE(number, 17);
  header.writeUIntBE(offset, 19, 3);
  header.writeUIntBE(body.length, 22, 3);
  return Buffer.concat([header, body]);
}
