import type { IncomingMessage } from 'node:http';
import { bearerOf, masked } from '../http/bearer';

/** Why a connection is refused: an error event, then a close (providers.md 2.2). */
export interface Refusal {
  readonly code: string | null;
  readonly message: string;
  readonly closeCode: number;
  readonly closeReason: string;
}

export interface AdmissionRules {
  /** Undefined: any key that is not empty. */
  readonly apiKey: string | undefined;
  /** Undefined: every name that starts with `gpt-realtime`. */
  readonly models: readonly string[] | undefined;
}

const KEY_PROTOCOL = 'openai-insecure-api-key.';
const BETA_PROTOCOL = 'openai-beta.realtime-v1';

const refuse = (code: string | null, message: string, closeCode: number): Refusal => ({
  code,
  message,
  closeCode,
  closeReason: code === null ? 'invalid_request_error' : `invalid_request_error.${code}`,
});

export const offeredProtocols = (request: IncomingMessage): readonly string[] =>
  (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());

function keyOf(request: IncomingMessage): string | undefined {
  const bearer = bearerOf(request.headers);
  const protocol = offeredProtocols(request).find((name) => name.startsWith(KEY_PROTOCOL));
  return bearer ?? (protocol === undefined ? undefined : protocol.slice(KEY_PROTOCOL.length) || undefined);
}

/** The model of an upgrade request; undefined when it names none. */
export const modelOf = (request: IncomingMessage): string | undefined =>
  new URLSearchParams(request.url?.split('?')[1]).get('model') || undefined;

/** Checks key, dialect and model in this order; undefined when the connection may stay. */
export function refusalOf(request: IncomingMessage, rules: AdmissionRules): Refusal | undefined {
  const key = keyOf(request);
  if (key === undefined) return refuse(null, 'Missing bearer or basic authentication in header', 3000);
  if (rules.apiKey !== undefined && key !== rules.apiKey)
    return refuse('invalid_api_key', `Incorrect API key provided: ${masked(key)}.`, 3000);
  const beta = request.headers['openai-beta'];
  if (beta?.includes('realtime=v1') || offeredProtocols(request).includes(BETA_PROTOCOL)) {
    const message = 'The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.';
    return refuse('beta_api_shape_disabled', message, 4000);
  }
  const model = modelOf(request);
  if (model === undefined) return refuse('missing_model', 'You must provide a model parameter.', 4000);
  const known = rules.models?.includes(model) ?? model.startsWith('gpt-realtime');
  return known ? undefined : refuse('invalid_model', `The model '${model}' does not exist.`, 4000);
}
