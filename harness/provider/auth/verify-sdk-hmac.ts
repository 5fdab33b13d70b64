import { equalText } from './equal-text';
import {
  SDK_DATE_HEADER,
  SDK_HMAC_ALGORITHM,
  sdkCanonicalRequest,
  sdkSignature,
  type SdkHmacKeys,
  type SdkHmacRequest,
} from './sdk-hmac';

/** Why a signed request is not let in. */
export interface SdkHmacRefusal {
  /** As the gateway says it, behind `Incorrect IAM authentication information: `. */
  readonly why: string;
  /** Value seen and value expected, for the bench's user; holds no secret. */
  readonly because: string;
}

export interface SdkHmacRules {
  readonly keys: SdkHmacKeys;
  readonly unixNowMs: number;
  /** Default 900 000, the gateway's. */
  readonly maxSkewMs?: number;
}

const AUTHORIZATION =
  /^SDK-HMAC-SHA256 +Access=([^\s,]+), *SignedHeaders=([^\s,]+), *Signature=([0-9a-f]{64})$/;
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
/** What is said of a signature whose date is too far off. */
export const LATE = 'signature expired';
const FAILED = 'verify aksk signature fail';

/** True for an Authorization header of this kind, right or wrong. */
export const isSdkHmac = (authorization: string | undefined): boolean =>
  authorization?.startsWith(SDK_HMAC_ALGORITHM) ?? false;

/** Hosts that a client may have signed: the header, and the same without its port. */
const hostsOf = (host: string): readonly string[] => [...new Set([host, host.replace(/:\d+$/, '')])];

function instantOf(date: string): number | undefined {
  const [, ...parts] = DATE.exec(date) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  return parts.length === 0 ? undefined : Date.UTC(year, month - 1, day, hour, minute, second);
}

/**
 * Checks the SDK-HMAC-SHA256 signature of a request; undefined when it is let in. All of it is rebuilt from what arrived.
 * Which words the gateway has for what is documented in part: those for an unknown key, a wrong signature and a late one.
 */
export function verifySdkHmac(
  request: Omit<SdkHmacRequest, 'headers' | 'signedHeaders'> & {
    /** As Node has them: lower-case names. */
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  },
  { keys, unixNowMs, maxSkewMs = 900_000 }: SdkHmacRules,
): SdkHmacRefusal | undefined {
  const headers: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(',')]],
    ),
  );
  const failed = (because: string): SdkHmacRefusal => ({ why: FAILED, because });
  const parts = AUTHORIZATION.exec(headers.authorization ?? '');
  if (parts === null)
    return failed(
      `Authorization is not of the form "${SDK_HMAC_ALGORITHM} Access=<AK>, SignedHeaders=<names>, Signature=<64 hex digits>".`,
    );
  const [, accessKey = '', names = '', signature = ''] = parts;
  const signedHeaders = names.split(';');
  if (!signedHeaders.includes(SDK_DATE_HEADER))
    return failed(`SignedHeaders is "${names.slice(0, 255)}", without ${SDK_DATE_HEADER}.`);
  if (names !== [...new Set(signedHeaders)].sort().join(';').toLowerCase())
    return failed(
      `SignedHeaders is "${names.slice(0, 255)}", which is not sorted, in lower case and without doubles.`,
    );
  const absent = signedHeaders.find((name) => !Object.hasOwn(headers, name));
  if (absent !== undefined) return failed(`SignedHeaders names ${absent.slice(0, 64)}, which was not sent.`);
  if (!equalText(accessKey, keys.accessKey))
    return { why: 'Get secretKey failed', because: 'The AK is not the one that the provider was given.' };

  const date = headers[SDK_DATE_HEADER] ?? '';
  const signedAtUnixMs = instantOf(date);
  if (signedAtUnixMs === undefined)
    return failed(`X-Sdk-Date is ${JSON.stringify(date.slice(0, 32))}; expected YYYYMMDDTHHMMSSZ.`);
  const aheadS = Math.round((signedAtUnixMs - unixNowMs) / 1000);
  if (Math.abs(signedAtUnixMs - unixNowMs) > maxSkewMs) {
    const because =
      `X-Sdk-Date is ${Math.abs(aheadS)} s ${aheadS < 0 ? 'behind' : 'ahead of'} the provider's clock; ` +
      `at most ${maxSkewMs / 1000} s are allowed.`;
    return { why: LATE, because };
  }
  const asSigned = (host: string): SdkHmacRequest => ({
    ...request,
    headers: { ...headers, host },
    signedHeaders,
  });
  const candidates = hostsOf(headers.host ?? '').map(asSigned);
  if (candidates.some((candidate) => equalText(signature, sdkSignature(candidate, keys.secretKey))))
    return undefined;
  const canonical = sdkCanonicalRequest(asSigned(headers.host ?? ''));
  return failed(
    `The signature does not fit the canonical request ${JSON.stringify(canonical.slice(0, 1024))}; if this is what the ` +
      'client signed too, its SK is another one.',
  );
}
