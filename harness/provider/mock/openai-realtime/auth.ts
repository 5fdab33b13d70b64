import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FaultDesk } from '../../faults/fault-desk';
import { bearerOf, masked } from '../http/bearer';
import type { Json } from '../json/check';
import type { DialectName } from './dialect';
import type { KeyRing } from './key-ring';

/** Why a connection is refused: an error event, then a close (providers.md 2.2). */
export interface Refusal {
  readonly code: string | null;
  readonly message: string;
  readonly closeCode: number;
  readonly closeReason: string;
}

/** Which dialects a service speaks; `auto`: each client is answered in its own. */
export type DialectChoice = DialectName | 'auto';

export interface AdmissionRules {
  readonly keys: KeyRing;
  readonly faults: FaultDesk;
  readonly dialect: DialectChoice;
  /** Undefined: every name that looks like one of the dialect's. */
  readonly models: readonly string[] | undefined;
}

/** A client that is let in. */
export interface Admission {
  readonly dialect: DialectName;
  readonly model: string;
  /** What its ephemeral key says that its session begins with, in GA's shape. */
  readonly begin?: Json;
}

/** What a client asks with, over HTTP as in an upgrade. */
export interface Asked {
  readonly headers: IncomingHttpHeaders;
  /** Of the query; null where it names none. */
  readonly model: string | null;
  /** The dialect that the path stands for. Absent: headers say. */
  readonly dialect?: DialectName;
  /** A checked session that the request itself begins with, in GA's shape. */
  readonly session?: Json;
}

const KEY_PROTOCOL = 'openai-insecure-api-key.';
const BETA_PROTOCOL = 'openai-beta.realtime-v1';

/** Names that boards of each time have compiled in. */
const modelNames: Readonly<Record<DialectName, RegExp>> = {
  ga: /^gpt-realtime/,
  beta: /^gpt-(realtime|4o(-mini)?-realtime-preview)/,
};

const refuse = (code: string | null, message: string, closeCode: number): Refusal => ({
  code,
  message,
  closeCode,
  closeReason: code === null ? 'invalid_request_error' : `invalid_request_error.${code}`,
});

export const isRefusal = (verdict: Admission | Refusal): verdict is Refusal => 'closeCode' in verdict;

export const betaDisabled =
  'The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.';

const offeredProtocols = ({ headers }: Asked): readonly string[] =>
  (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());

function keyOf(request: Asked): string | undefined {
  const bearer = bearerOf(request.headers);
  const protocol = offeredProtocols(request).find((name) => name.startsWith(KEY_PROTOCOL));
  return bearer ?? (protocol === undefined ? undefined : protocol.slice(KEY_PROTOCOL.length) || undefined);
}

/** What is wrong with a key, in the service's words; undefined when nothing is. */
export function keyFault(
  key: string,
  { keys, faults }: AdmissionRules,
): { readonly code: string; readonly message: string } | undefined {
  const verdict = faults.has('bad-key') ? 'wrong' : keys.judge(key, faults.has('expired-credential'));
  if (verdict === 'good') return undefined;
  const message =
    verdict === 'wrong'
      ? `Incorrect API key provided: ${masked(key)}.`
      : `The ephemeral key ${masked(key)} has expired.`;
  return { code: 'invalid_api_key', message };
}

const asksForBeta = (request: Asked): boolean =>
  (request.headers['openai-beta']?.includes('realtime=v1') ?? false) ||
  offeredProtocols(request).includes(BETA_PROTOCOL);

/** What an upgrade request asks with. */
export const askedBy = ({ headers, url }: IncomingMessage): Asked => ({
  headers,
  model: new URLSearchParams(url?.split('?')[1]).get('model'),
});

const modelIn = (session: Json | undefined): string | undefined =>
  typeof session?.model === 'string' ? session.model : undefined;

/** Checks key, dialect and model in this order. */
export function admissionOf(asked: Asked, rules: AdmissionRules): Admission | Refusal {
  const key = keyOf(asked);
  if (key === undefined) return refuse(null, 'Missing bearer or basic authentication in header', 3000);
  const fault = keyFault(key, rules);
  if (fault !== undefined) return refuse(fault.code, fault.message, 3000);
  const isBeta = asked.dialect === undefined ? asksForBeta(asked) : asked.dialect === 'beta';
  if (isBeta && rules.dialect === 'ga') return refuse('beta_api_shape_disabled', betaDisabled, 4000);
  const dialect = asked.dialect ?? (isBeta || rules.dialect === 'beta' ? 'beta' : 'ga');
  const begin = asked.session ?? rules.keys.ephemeral(key)?.session;
  const model = asked.model || modelIn(begin);
  if (model === undefined) return refuse('missing_model', 'You must provide a model parameter.', 4000);
  const known = rules.models?.includes(model) ?? modelNames[dialect].test(model);
  if (!known) return refuse('invalid_model', `The model '${model}' does not exist.`, 4000);
  return { dialect, model, ...(begin !== undefined && { begin }) };
}
