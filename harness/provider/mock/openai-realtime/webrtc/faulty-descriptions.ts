import { attributesOf, kindOf, sectionsOf, sdpOf, type SdpSection } from './sdp-lines';
import { MAX_ANSWER_BYTES } from './answer';

const isChannel = (section: SdpSection): boolean => kindOf(section) === 'application';

const withoutMids = ({ lines }: SdpSection, mids: readonly string[]): SdpSection => ({
  lines: lines.map((line) =>
    line.startsWith('a=group:BUNDLE ')
      ? line
          .split(' ')
          .filter((mid) => !mids.includes(mid))
          .join(' ')
      : line,
  ),
});

/** An offer as if the client wanted no data channel: the fault `no-data-channel`. */
export function withoutChannel(offerSdp: string): string {
  const { session, media } = sectionsOf(offerSdp);
  const mids = media.filter(isChannel).flatMap((section) => attributesOf(section, 'mid'));
  return sdpOf({
    session: withoutMids(session, mids),
    media: media.filter((section) => !isChannel(section)),
  });
}

/** The answer to such an offer, with the sections that the client did offer refused: RFC 3264 section 6, port 0. */
export function refusingChannel(answerSdp: string, offerSdp: string): string {
  const { session, media } = sectionsOf(answerSdp);
  const answered = [...media];
  for (const [at, offered] of sectionsOf(offerSdp).media.entries()) {
    if (!isChannel(offered)) continue;
    const mids = attributesOf(offered, 'mid').map((mid) => `a=mid:${mid}`);
    const lines = ['m=application 0 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0', ...mids];
    answered.splice(at, 0, { lines });
  }
  return sdpOf({ session, media: answered });
}

/** An offer of a client whose certificate is another one than it says: the fault `dtls-refused`. */
export const withOtherFingerprint = (offerSdp: string): string =>
  offerSdp.replace(
    /^(a=fingerprint:\S+ )([0-9a-f]{2}(?::[0-9a-f]{2})*)/gim,
    (_, start: string, digits: string) =>
      // Every byte turned around, so that it is right nowhere.
      start + digits.split(':').map(flipped).join(':'),
  );

const flipped = (byte: string): string =>
  (Number.parseInt(byte, 16) ^ 0xff).toString(16).padStart(2, '0').toUpperCase();

/**
 * An answer that no buffer of `MAX_ANSWER_BYTES` holds, valid otherwise: the fault `answer-too-long`. What is too much stands ahead of the
 * media, so that who cuts the answer off lacks what it cannot do without.
 */
export function tooLong(answerSdp: string): string {
  const line = `a=x-padding:${'0'.repeat(100)}\r\n`;
  return answerSdp.replace(/^m=/m, () => `${line.repeat(Math.ceil(MAX_ANSWER_BYTES / line.length))}m=`);
}
