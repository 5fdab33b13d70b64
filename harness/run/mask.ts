/** What stands in place of a secret: as long for a short one as for a long one. */
export const MASK = '***';

/** A stretch of text that is secret, half-open. */
export interface SecretSpan {
  readonly from: number;
  readonly to: number;
}

/** Text with each span replaced by the mask. */
export function mask(text: string, spans: readonly SecretSpan[]): string {
  let masked = '';
  let at = 0;
  for (const { from, to } of spans) {
    masked += text.slice(at, from) + MASK;
    at = to;
  }
  return at === 0 ? text : masked + text.slice(at);
}

/** Spans in order and without overlap. */
export function merged(spans: SecretSpan[]): SecretSpan[] {
  const result: SecretSpan[] = [];
  for (const span of spans.sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && span.from <= last.to) {
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    } else {
      result.push(span);
    }
  }
  return result;
}
