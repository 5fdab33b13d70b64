import { createHmac } from 'node:crypto';
import { sha256Hex } from './tc3';

/** An access key of Huawei Cloud: its id (AK), and its secret (SK), which is never sent. */
export interface SdkHmacKeys {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** A request as it is signed. */
export interface SdkHmacRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** Default: none. */
  readonly query?: URLSearchParams;
  /** Those to be signed at least, with lower-case names; `x-sdk-date` says when. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names of the headers that the signature covers, in lower case and sorted. */
  readonly signedHeaders: readonly string[];
  readonly body: string | Uint8Array;
}

export const SDK_HMAC_ALGORITHM = 'SDK-HMAC-SHA256';
export const SDK_DATE_HEADER = 'x-sdk-date';

/** An instant as `X-Sdk-Date` writes it: `20191115T033655Z`. */
export const sdkDate = (unixMs: number): string =>
  `${new Date(unixMs).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** Percent-encoded but for the unreserved characters of RFC 3986. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/** A segment of a path that was encoded by whoever sent it; one that cannot be read stays as it is. */
function segment(sent: string): string {
  try {
    return encoded(decodeURIComponent(sent));
  } catch {
    return sent;
  }
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** The request in the one form that both sides hash: the path ends with a slash, the header block's own line feed makes the empty line. */
export function sdkCanonicalRequest(request: SdkHmacRequest): string {
  const { method, path, query = new URLSearchParams(), headers, signedHeaders, body } = request;
  const uri = path.split('/').map(segment).join('/');
  const pairs = [...query].map(([name, value]) => [encoded(name), encoded(value)] as const);
  const sorted = pairs.sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  return [
    method,
    uri.endsWith('/') ? uri : `${uri}/`,
    sorted.map(([name, value]) => `${name}=${value}`).join('&'),
    signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join(''),
    signedHeaders.join(';'),
    sha256Hex(body),
  ].join('\n');
}

/** Lower-case hex of a request's signature. */
export function sdkSignature(request: SdkHmacRequest, secretKey: string): string {
  const date = request.headers[SDK_DATE_HEADER] ?? '';
  const stringToSign = [SDK_HMAC_ALGORITHM, date, sha256Hex(sdkCanonicalRequest(request))].join('\n');
  return createHmac('sha256', secretKey).update(stringToSign).digest('hex');
}

/**
 * The Authorization header of a request to Huawei Cloud, good for 15 minutes either way (API Request Signing Guide,
 * support.huaweicloud.com/intl/en-us/devg-apisign). Pangu takes it in place of a token (its product description,
 * productdesc-pangulm/pangulm_01_0017).
 */
export function signSdkHmac(request: SdkHmacRequest, { accessKey, secretKey }: SdkHmacKeys): string {
  const names = request.signedHeaders.join(';');
  return `${SDK_HMAC_ALGORITHM} Access=${accessKey}, SignedHeaders=${names}, Signature=${sdkSignature(request, secretKey)}`;
}
