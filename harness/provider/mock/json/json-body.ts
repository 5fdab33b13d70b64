import type { Fault, Json } from './check';
import { isObject } from './check';

/** Deeper than any request; what is deeper would only cost stack. */
const DEEPEST = 64;

function tooDeep(value: unknown, left = DEEPEST): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return left === 0 || Object.values(value).some((entry) => tooDeep(entry, left - 1));
}

/** A request body as a JSON object, or why it is none. Strict: no comments, no byte-order mark, valid UTF-8. */
export function jsonBody(body: Buffer): { readonly json: Json } | { readonly fault: Fault } {
  const fault = (message: string): { readonly fault: Fault } => ({
    fault: { code: 'invalid_json', message, param: null },
  });
  if (body.length === 0) return fault('The request has no body.');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch (cause) {
    return fault(cause instanceof Error ? cause.message : 'The body is no JSON.');
  }
  if (!isObject(json)) return fault('The body is JSON, but no object.');
  return tooDeep(json) ? fault(`The body nests deeper than ${DEEPEST} levels.`) : { json };
}
