import { createHash, createHmac, type BinaryLike } from 'node:crypto';

/** What Tencent Cloud hands out. */
export interface Tc3Keys {
  readonly secretId: string;
  readonly secretKey: string;
}

/** A request as it is signed. */
export interface Tc3Request {
  readonly method: string;
  /** As sent, without the question mark. Default: none. */
  readonly query?: string;
  /** Those to be signed at least, with lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names of the headers that the signature covers, in lower case and sorted; must hold `content-type` and `host`. */
  readonly signedHeaders: readonly string[];
  readonly body: string | Uint8Array;
}

/** Which day and service a signature is for: the part of Credential behind the SecretId. */
export interface Tc3Scope {
  /** Unix seconds, as in X-TC-Timestamp. */
  readonly timestamp: number;
  /** First label of the official host: `hunyuan`. */
  readonly service: string;
}

export const TC3_ALGORITHM = 'TC3-HMAC-SHA256';

/** Lower-case hex of SHA-256. */
export const sha256Hex = (data: BinaryLike): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: BinaryLike, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** UTC day of a timestamp: `2019-02-25`. */
export const tc3Date = (timestamp: number): string => new Date(timestamp * 1000).toISOString().slice(0, 10);

export const tc3ScopeText = ({ timestamp, service }: Tc3Scope): string =>
  `${tc3Date(timestamp)}/${service}/tc3_request`;

/** The request in the one form that both sides hash; the header block's own line feed makes the empty line. */
export function tc3CanonicalRequest(request: Tc3Request): string {
  const { method, query = '', headers, signedHeaders, body } = request;
  const block = signedHeaders
    .map((name) => `${name}:${(headers[name] ?? '').trim().toLowerCase()}\n`)
    .join('');
  return [method, '/', query, block, signedHeaders.join(';'), sha256Hex(body)].join('\n');
}

/** The keys that are derived one from another: of the day, of the service, and the one that signs. */
export function tc3DerivedKeys(
  secretKey: string,
  { timestamp, service }: Tc3Scope,
): readonly [Buffer, Buffer, Buffer] {
  const ofDay = hmac(`TC3${secretKey}`, tc3Date(timestamp));
  const ofService = hmac(ofDay, service);
  return [ofDay, ofService, hmac(ofService, 'tc3_request')];
}

/** Lower-case hex of a request's signature. */
export function tc3Signature(request: Tc3Request, secretKey: string, scope: Tc3Scope): string {
  const stringToSign = [
    TC3_ALGORITHM,
    String(scope.timestamp),
    tc3ScopeText(scope),
    sha256Hex(tc3CanonicalRequest(request)),
  ].join('\n');
  const [, , signing] = tc3DerivedKeys(secretKey, scope);
  return hmac(signing, stringToSign).toString('hex');
}

/**
 * The Authorization header of a request to Tencent Cloud, good for 300 s either way (signature method v3;
 * reference/providers.md 5.2). Sign Content-Type exactly as it is sent.
 */
export function signTc3(request: Tc3Request, { secretId, secretKey }: Tc3Keys, scope: Tc3Scope): string {
  const signature = tc3Signature(request, secretKey, scope);
  const signedHeaders = request.signedHeaders.join(';');
  return `${TC3_ALGORITHM} Credential=${secretId}/${tc3ScopeText(scope)}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}
