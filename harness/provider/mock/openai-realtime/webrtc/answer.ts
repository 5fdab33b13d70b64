import { attributesOf, sectionsOf, sdpOf, type SdpSection } from './sdp-lines';

/** The smallest buffer of the boards in the field: reference/providers.md 0.3. */
export const MAX_ANSWER_BYTES = 2048;

/** Nobody trickles, and the track's name is nothing that a board would read; its source is, for who tells them apart by it. */
const leftOut = /^a=(ice-options:|group:LS|msid-semantic:|ssrc:\d+ msid:)/;

const withoutNoise = ({ lines }: SdpSection): SdpSection => ({
  lines: lines.filter((line) => !leftOut.test(line)),
});

/** Those that a board on the same network can use first: IPv4 before IPv6. */
const candidatesOf = (section: SdpSection): readonly string[] => {
  const all = attributesOf(section, 'candidate').filter((value) => /^\S+ 1 udp /i.test(value));
  const isIpv6 = (value: string): boolean => (value.split(' ')[4] ?? '').includes(':');
  return [...all].sort((one, other) => Number(isIpv6(one)) - Number(isIpv6(other)));
};

const withCandidates = ({ lines }: SdpSection, candidates: readonly string[]): SdpSection => ({
  lines: [
    ...lines.filter((line) => !line.startsWith('a=candidate:') && line !== 'a=end-of-candidates'),
    ...candidates.map((value) => `a=candidate:${value}`),
    'a=end-of-candidates',
  ],
});

/**
 * The WebRTC library's answer as it goes to a client: CRLF, all candidates in the first section, and as few of them as keep
 * it under 2048 bytes.
 */
export function answerFor(localSdp: string): string {
  const { session, media } = sectionsOf(localSdp);
  const [first, ...others] = media.map(withoutNoise);
  if (first === undefined) return localSdp;
  const candidates = candidatesOf(first);
  for (let count = candidates.length; ; count--) {
    const sdp = sdpOf({
      session: withoutNoise(session),
      media: [withCandidates(first, candidates.slice(0, count)), ...others],
    });
    if (Buffer.byteLength(sdp) < MAX_ANSWER_BYTES || count <= 1) return sdp;
  }
}
