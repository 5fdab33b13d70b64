/** Seconds from 1 January 1900, where NTP counts from, to 1 January 1970. */
const UNIX_EPOCH_NTP_S = 2_208_988_800;
const SECONDS_OF_AN_ERA = 2 ** 32;
/** LI 0, version 4, mode 3 (client). */
const CLIENT_FLAGS = 0x23;
const SERVER_MODE = 4;
const ALARM = 3;
const STRATUM_LIMIT = 15;
const PACKET_BYTES = 48;
const ORIGINATE = 24;
const RECEIVE = 32;
const TRANSMIT = 40;

/** What came back: the time of this moment, a server that will not be asked, or something that is no usable answer. */
export type SntpAnswer =
  | { readonly kind: 'time'; readonly unixMs: number }
  | { readonly kind: 'kiss'; readonly code: string }
  | { readonly kind: 'unusable'; readonly why: string };

/** A request of RFC 4330, stamped with what the board takes for the time. */
export function sntpRequest(unixMs: number): Buffer {
  const packet = Buffer.alloc(PACKET_BYTES);
  packet[0] = CLIENT_FLAGS;
  const ntpMs = unixMs + UNIX_EPOCH_NTP_S * 1000;
  packet.writeUInt32BE(Math.floor(ntpMs / 1000) % SECONDS_OF_AN_ERA, TRANSMIT);
  packet.writeUInt32BE(Math.floor(((ntpMs % 1000) / 1000) * SECONDS_OF_AN_ERA), TRANSMIT + 4);
  return packet;
}

/** Without the most significant bit it counts from 2036 (RFC 4330, 3). */
function unixMsAt(packet: Buffer, offset: number): number {
  const seconds = packet.readUInt32BE(offset);
  const era = seconds >= SECONDS_OF_AN_ERA / 2 ? 0 : SECONDS_OF_AN_ERA;
  const fraction = packet.readUInt32BE(offset + 4) / SECONDS_OF_AN_ERA;
  return (seconds + era - UNIX_EPOCH_NTP_S + fraction) * 1000;
}

/**
 * Reads a server's packet by the checks of RFC 4330, 5.
 * @param sentUnixMs - What the board took for the time when the request left, `arrivedUnixMs` when this packet came.
 */
export function readSntpAnswer(
  packet: Buffer,
  request: Buffer,
  sentUnixMs: number,
  arrivedUnixMs: number,
): SntpAnswer {
  const unusable = (why: string): SntpAnswer => ({ kind: 'unusable', why });
  if (packet.length < PACKET_BYTES) return unusable(`${packet.length} bytes`);
  const flags = packet.readUInt8(0);
  const stratum = packet.readUInt8(1);
  if ((flags & 7) !== SERVER_MODE) return unusable(`mode ${flags & 7}`);
  if (!packet.subarray(ORIGINATE, RECEIVE).equals(request.subarray(TRANSMIT, PACKET_BYTES)))
    return unusable('answers another request');
  if (stratum === 0) return { kind: 'kiss', code: packet.toString('latin1', 12, 16).replace(/[^ -~]/g, '?') };
  if (stratum > STRATUM_LIMIT) return unusable(`stratum ${stratum}`);
  if (flags >> 6 === ALARM) return unusable('the server has no time');
  if (packet.readUInt32BE(TRANSMIT) === 0 && packet.readUInt32BE(TRANSMIT + 4) === 0)
    return unusable('no time in it');
  const outwardMs = unixMsAt(packet, RECEIVE) - sentUnixMs;
  const homewardMs = unixMsAt(packet, TRANSMIT) - arrivedUnixMs;
  return { kind: 'time', unixMs: arrivedUnixMs + (outwardMs + homewardMs) / 2 };
}
