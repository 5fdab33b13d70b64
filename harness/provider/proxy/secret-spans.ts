/** Stands for what was masked. */
export const MASK = '***';

/** A stretch of bytes that nobody may read, half-open. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Finds what nobody may read in bytes, in order and without overlap. */
export type FindSecrets = (bytes: Buffer) => readonly Span[];

/**
 * Passwords in the body of a sign-in, by the key that names them; a secret may be the `key` of an object of that name
 * (reference/providers.md 6.1).
 */
const namedInJson =
  /"(?:password|secret|token|api_?key|appid|app_id)"\s*:\s*(?:\{\s*"key"\s*:\s*)?"([^"\\]*(?:\\[^][^"\\]*)*)"/dgi;
/** Keys that OpenAI gives out for one session, wherever they stand (reference/providers.md 2.3). */
const ephemeralKey = /\bek_[A-Za-z0-9]{8,}/dg;
/** Shorter ones would mask ordinary words. */
const SHORTEST_SECRET = 4;

/** @param secrets - Values that are masked wherever they stand. */
export function secretFinder(secrets: readonly string[]): FindSecrets {
  const written = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .map((secret) => Buffer.from(secret));
  return (bytes) => {
    const spans: Span[] = [];
    for (const secret of written) {
      for (let from = bytes.indexOf(secret); from >= 0; from = bytes.indexOf(secret, from + secret.length))
        spans.push({ from, to: from + secret.length });
    }
    // One character for each byte, so that places in the text are places in the bytes.
    const text = bytes.toString('latin1');
    for (const { indices } of [...text.matchAll(namedInJson), ...text.matchAll(ephemeralKey)]) {
      const [from, to] = indices?.[1] ?? indices?.[0] ?? [0, 0];
      if (to > from) spans.push({ from, to });
    }
    return merged(spans);
  };
}

function merged(spans: readonly Span[]): readonly Span[] {
  const apart: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = apart.at(-1);
    if (last === undefined || span.from > last.to) apart.push(span);
    else apart[apart.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return apart;
}

export interface MaskedPiece {
  readonly bytes: Buffer;
  /** A secret was taken out: these are not the bytes that were sent. */
  readonly masked: boolean;
}

/**
 * Masks secrets in a stream that came in pieces, those too that the edge of a piece cuts: the mask stands where the secret began,
 * and the pieces that held the rest lose it.
 */
export function maskPieces(pieces: readonly Buffer[], find: FindSecrets): MaskedPiece[] {
  const spans = find(Buffer.concat(pieces));
  let at = 0;
  return pieces.map((piece) => {
    const [start, end] = [at, at + piece.length];
    at = end;
    const inside = spans.filter(({ from, to }) => from < end && to > start);
    if (inside.length === 0) return { bytes: piece, masked: false };
    const kept: Buffer[] = [];
    let next = start;
    for (const { from, to } of inside) {
      if (from >= start) kept.push(piece.subarray(next - start, from - start), Buffer.from(MASK));
      next = Math.min(to, end);
    }
    kept.push(piece.subarray(next - start));
    return { bytes: Buffer.concat(kept), masked: true };
  });
}

/** The same for one text. */
export const maskText = (text: string, find: FindSecrets): string =>
  maskPieces([Buffer.from(text)], find)
    .map(({ bytes }) => bytes.toString('utf8'))
    .join('');
