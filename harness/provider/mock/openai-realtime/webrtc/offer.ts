import type { Fault } from '../../json/check';
import { attributesOf, formatsOf, hasFlag, kindOf, sectionsOf, type SdpSection } from './sdp-lines';

/** How sound travels in a call. */
export interface RtpCodec {
  readonly name: 'opus' | 'PCMU' | 'PCMA';
  /** As the offer numbers it. */
  readonly payloadType: number;
  /** Of RTP time stamps: 48 000 for Opus whatever it carries (RFC 7587), 8000 for G.711 (RFC 3551). */
  readonly clockRateHz: number;
}

/** Which way the mock's audio section goes. */
export type AudioDirection = 'SendRecv' | 'SendOnly' | 'RecvOnly' | 'Inactive';

/** What the mock needs to know of a client's offer. */
export interface Offer {
  readonly sdp: string;
  readonly audio: {
    readonly mid: string;
    readonly codec: RtpCodec;
    /** The mock's side of what was offered. */
    readonly direction: AudioDirection;
  };
}

/** RFC 3551 table 4: payload types that need no `rtpmap`. */
const staticTypes: Readonly<Record<string, string>> = { '0': 'PCMU/8000', '8': 'PCMA/8000' };
/** A browser's offer has some 6 KB. */
const MOST_CHARS = 64 * 1024;

const codecNames = [
  { name: 'opus', map: /^opus\/48000(\/|$)/i, clockRateHz: 48_000 },
  { name: 'PCMU', map: /^pcmu\/8000(\/|$)/i, clockRateHz: 8000 },
  { name: 'PCMA', map: /^pcma\/8000(\/|$)/i, clockRateHz: 8000 },
] as const;

const refused = (code: string, message: string): Fault => ({ code, message, param: null });

/** Opus where it is offered, else the G.711 law that is offered first. */
function codecOf(audio: SdpSection): RtpCodec | undefined {
  const maps = new Map(
    attributesOf(audio, 'rtpmap').map((value): [string, string] => {
      const [type = '', encoding = ''] = value.split(/\s+/);
      return [type, encoding];
    }),
  );
  const offered = formatsOf(audio).flatMap((type): RtpCodec[] => {
    const encoding = maps.get(type) ?? staticTypes[type] ?? '';
    const known = codecNames.find(({ map }) => map.test(encoding));
    const payloadType = Number(type);
    if (known === undefined || !Number.isInteger(payloadType) || payloadType < 0 || payloadType > 127)
      return [];
    return [{ name: known.name, payloadType, clockRateHz: known.clockRateHz }];
  });
  return offered.find(({ name }) => name === 'opus') ?? offered[0];
}

function answeredDirection(audio: SdpSection, session: SdpSection): AudioDirection {
  const is = (flag: string): boolean => hasFlag(audio, flag) || hasFlag(session, flag);
  if (is('sendonly')) return 'RecvOnly';
  if (is('recvonly')) return 'SendOnly';
  return is('inactive') ? 'Inactive' : 'SendRecv';
}

/**
 * Reads a client's offer (reference/providers.md 2.4).
 * @returns What is wrong with it where the mock cannot answer it: no SDP, no audio section, no codec in common, or nothing
 *   to connect with. The words are ours: the service does not document its own.
 */
export function readOffer(sdp: string): Offer | Fault {
  if (sdp.length > MOST_CHARS)
    return refused(
      'invalid_offer',
      `The SDP offer has ${sdp.length} characters, at most ${MOST_CHARS} are read.`,
    );
  if (!sdp.startsWith('v=0')) return refused('invalid_offer', 'The SDP offer does not begin with "v=0".');
  const { session, media } = sectionsOf(sdp);
  const audio = media.find((section) => kindOf(section) === 'audio');
  if (audio === undefined) return refused('invalid_offer', 'The SDP offer has no audio section.');
  const codec = codecOf(audio);
  if (codec === undefined) {
    const offered = [...formatsOf(audio)].join(' ');
    const message = `The SDP offer has no codec in common with opus/48000/2, PCMU/8000 and PCMA/8000; it offers ${offered}.`;
    return refused('unsupported_codec', message);
  }
  const missing = ['ice-ufrag', 'ice-pwd', 'fingerprint'].find(
    (name) => attributesOf(audio, name).length + attributesOf(session, name).length === 0,
  );
  if (missing !== undefined) return refused('invalid_offer', `The SDP offer has no a=${missing}.`);
  const [mid] = attributesOf(audio, 'mid');
  if (mid === undefined) return refused('invalid_offer', 'The audio section of the SDP offer has no a=mid.');
  return { sdp, audio: { mid, codec, direction: answeredDirection(audio, session) } };
}

export const isOffer = (read: Offer | Fault): read is Offer => 'sdp' in read;
