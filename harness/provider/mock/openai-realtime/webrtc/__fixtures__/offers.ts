/** Offers by hand, in the way of a board (ICE-lite, every candidate inside, LF or CRLF) and of a browser. */
const ICE = ['a=ice-ufrag:bOrd', 'a=ice-pwd:0123456789abcdefghijklmn'];
const FINGERPRINT = `a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_, at) =>
  at.toString(16).padStart(2, '0'),
)
  .join(':')
  .toUpperCase()}`;

export interface BoardOffer {
  readonly formats?: string;
  readonly maps?: readonly string[];
  readonly lineEnd?: '\r\n' | '\n';
  /** Lines that are left out, by their beginning. */
  readonly without?: string;
  readonly lite?: boolean;
}

export const boardOffer = ({
  formats = '109 8',
  maps = ['109 opus/48000/2', '8 PCMA/8000'],
  lineEnd = '\r\n',
  without,
  lite = true,
}: BoardOffer = {}): string =>
  [
    'v=0',
    'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0 1',
    ...(lite ? ['a=ice-lite'] : []),
    'a=msid-semantic: WMS',
    `m=audio 9 UDP/TLS/RTP/SAVPF ${formats}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    ...ICE,
    FINGERPRINT,
    'a=setup:actpass',
    'a=mid:0',
    'a=sendrecv',
    'a=rtcp-mux',
    ...maps.map((map) => `a=rtpmap:${map}`),
    'a=candidate:1 1 UDP 2122260223 127.0.0.1 9 typ host',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...ICE,
    FINGERPRINT,
    'a=setup:actpass',
    'a=mid:1',
    'a=sctp-port:5000',
    'a=max-message-size:65536',
  ]
    .filter((line) => without === undefined || !line.startsWith(without))
    .map((line) => line + lineEnd)
    .join('');
