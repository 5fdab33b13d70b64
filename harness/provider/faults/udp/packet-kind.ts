/**
 * Whether a datagram of a WebRTC connection carries sound or picture: RTP and RTCP have first bytes 128 to 191 among all that
 * shares the port (RFC 7983 section 7), and of these RTCP has packet types 192 to 223 (RFC 5761 section 4). SRTP leaves both
 * bytes in clear.
 */
export function isRtp(datagram: Uint8Array): boolean {
  const [first = 0, second = 0] = datagram;
  return first >= 128 && first <= 191 && !(second >= 192 && second <= 223);
}
