import type { KissCode } from '../../ports';

/** Seconds from 1 January 1900, where NTP counts from, to 1970 (RFC 4330 section 3). */
const NTP_TO_UNIX_S = 2_208_988_800;
const TWO_32 = 2 ** 32;

export const SNTP_PACKET_BYTES = 48;

const MODE = { client: 3, server: 4 } as const;
/** Leap indicator: no warning, and `clock not synchronised`, which goes with a kiss of death. */
const LEAP = { none: 0, unsynchronised: 3 } as const;
const OFFSET = { reference: 16, originate: 24, receive: 32, transmit: 40 } as const;
/** Of a server that is itself set by a reference clock's server. */
const STRATUM = 2;
/** About a microsecond: log2 of the clock's resolution in seconds. */
const PRECISION_LOG2_S = -20;

/** A client's question. */
export interface SntpRequest {
  readonly version: number;
  /** The client's own time when it asked, as sent: eight bytes that the answer has to repeat. */
  readonly transmit: Buffer;
}

/** Reads a datagram; undefined when it is no question of a client, which is not to be answered. */
export function readSntpRequest(datagram: Buffer): SntpRequest | undefined {
  if (datagram.length < SNTP_PACKET_BYTES) return undefined;
  const version = (datagram.readUInt8(0) >> 3) & 7;
  if ((datagram.readUInt8(0) & 7) !== MODE.client || version < 1 || version > 4) return undefined;
  return { version, transmit: Buffer.from(datagram.subarray(OFFSET.transmit, SNTP_PACKET_BYTES)) };
}

/** Writes an instant as seconds since 1900, whole and fraction; from 2036 on the seconds start anew (era 1). */
export function writeNtpTime(packet: Buffer, offset: number, unixMs: number): void {
  const wholeS = Math.floor(unixMs / 1000);
  packet.writeUInt32BE((wholeS + NTP_TO_UNIX_S) % TWO_32, offset);
  packet.writeUInt32BE(Math.floor(((unixMs - wholeS * 1000) / 1000) * TWO_32), offset + 4);
}

/** Reads an instant of era 0, in milliseconds since 1970. */
export const readNtpTime = (packet: Buffer, offset: number): number =>
  (packet.readUInt32BE(offset) - NTP_TO_UNIX_S + packet.readUInt32BE(offset + 4) / TWO_32) * 1000;

function answerTo({ version, transmit }: SntpRequest, leap: number, stratum: number, id: string): Buffer {
  const packet = Buffer.alloc(SNTP_PACKET_BYTES);
  packet.writeUInt8((leap << 6) | (version << 3) | MODE.server, 0);
  packet.writeUInt8(stratum, 1);
  packet.writeInt8(PRECISION_LOG2_S, 3);
  packet.write(id, 12, 4, 'latin1');
  transmit.copy(packet, OFFSET.originate);
  return packet;
}

/** An answer that tells the time: received and sent at these instants of the server's clock. */
export function timeAnswer(request: SntpRequest, receivedUnixMs: number, sentUnixMs: number): Buffer {
  const packet = answerTo(request, LEAP.none, STRATUM, 'ERSH');
  writeNtpTime(packet, OFFSET.reference, receivedUnixMs);
  writeNtpTime(packet, OFFSET.receive, receivedUnixMs);
  writeNtpTime(packet, OFFSET.transmit, sentUnixMs);
  return packet;
}

/** An answer that refuses: stratum 0 with the reason in the reference identifier. */
export const kissOfDeath = (request: SntpRequest, code: KissCode): Buffer =>
  answerTo(request, LEAP.unsynchronised, 0, code);
