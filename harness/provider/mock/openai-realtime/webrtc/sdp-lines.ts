/** One `m=` section of a session description, or what stands before the first (RFC 8866). */
export interface SdpSection {
  /** The `m=` line and the lines up to the next; without line ends. */
  readonly lines: readonly string[];
}

export interface SessionDescription {
  readonly session: SdpSection;
  readonly media: readonly SdpSection[];
}

/** Cuts a description into its sections; line ends may be CRLF or LF, as RFC 8866 section 5 lets a reader take both. */
export function sectionsOf(sdp: string): SessionDescription {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== '');
  const starts = lines.flatMap((line, at) => (line.startsWith('m=') ? [at] : []));
  return {
    session: { lines: lines.slice(0, starts[0] ?? lines.length) },
    media: starts.map((start, index) => ({ lines: lines.slice(start, starts[index + 1]) })),
  };
}

/** A description as it goes out: every line ends with CRLF. */
export const sdpOf = ({ session, media }: SessionDescription): string =>
  [session, ...media].flatMap(({ lines }) => lines.map((line) => `${line}\r\n`)).join('');

/** Values of `a=<name>:<value>` in a section, in order. */
export const attributesOf = ({ lines }: SdpSection, name: string): readonly string[] => {
  const start = `a=${name}:`;
  return lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length).trim());
};

export const hasFlag = ({ lines }: SdpSection, name: string): boolean =>
  lines.some((line) => line.trim() === `a=${name}`);

/** Kind of a media section: `audio`, `application`. */
export const kindOf = ({ lines }: SdpSection): string => /^m=(\S+)/.exec(lines[0] ?? '')?.[1] ?? '';

/** The formats of an `m=` line: payload types, or `webrtc-datachannel`. */
export const formatsOf = ({ lines }: SdpSection): readonly string[] =>
  (lines[0] ?? '').trim().split(/\s+/).slice(3);
