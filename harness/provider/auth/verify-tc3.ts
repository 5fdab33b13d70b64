import { equalText } from './equal-text';
import {
  sha256Hex,
  TC3_ALGORITHM,
  tc3CanonicalRequest,
  tc3Date,
  tc3Signature,
  type Tc3Keys,
  type Tc3Request,
} from './tc3';

/** Why a request is not let in. */
export interface Tc3Refusal {
  readonly code:
    | 'AuthFailure.InvalidAuthorization'
    | 'AuthFailure.SecretIdNotFound'
    | 'AuthFailure.SignatureExpire'
    | 'AuthFailure.SignatureFailure'
    | 'AuthFailure.TokenFailure'
    | 'MissingParameter';
  /** For the board; in words of ours, since the service's are not documented. */
  readonly message: string;
  /** Value seen and value expected, for the bench's user; holds no secret. */
  readonly because: string;
}

export interface Tc3Rules {
  readonly keys: Tc3Keys;
  /** Names of the service that a signature may be for: its own, and the first label of the host that it was reached by. */
  readonly services: readonly string[];
  readonly unixNowMs: number;
  /** Default 300 000, the service's. */
  readonly maxSkewMs?: number;
  /** What X-TC-Token has to be, for temporary keys. Absent: it is not looked at. */
  readonly token?: string;
}

const AUTHORIZATION =
  /^TC3-HMAC-SHA256 +Credential=([^/\s,]+)\/([^/\s,]+)\/([^/\s,]+)\/tc3_request, *SignedHeaders=([^\s,]+), *Signature=([0-9a-f]{64})$/;
const MANDATORY = ['content-type', 'host'];

/** Hosts that a client may have signed: the header, and the same without its port, as the Node SDK does. */
const hostsOf = (host: string): readonly string[] => [...new Set([host, host.replace(/:\d+$/, '')])];

/**
 * Checks the TC3-HMAC-SHA256 signature of a request; undefined when it is let in. All of it is rebuilt from what arrived:
 * one changed byte of the body, or of a signed header, is a failure.
 */
export function verifyTc3(
  request: Omit<Tc3Request, 'headers' | 'signedHeaders'> & {
    /** As Node has them: lower-case names. */
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  },
  rules: Tc3Rules,
): Tc3Refusal | undefined {
  const { keys, services, unixNowMs, maxSkewMs = 300_000 } = rules;
  const headers: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(',')]],
    ),
  );
  const refuse = (code: Tc3Refusal['code'], message: string, because: string): Tc3Refusal => ({
    code,
    message,
    because,
  });
  const invalid = (because: string): Tc3Refusal =>
    refuse(
      'AuthFailure.InvalidAuthorization',
      'The Authorization header does not follow the standard.',
      because,
    );

  const authorization = headers.authorization ?? '';
  if (authorization === '')
    return refuse(
      'MissingParameter',
      'The request has no Authorization header.',
      'Authorization is missing.',
    );
  const parts = AUTHORIZATION.exec(authorization);
  if (parts === null) {
    const scheme = JSON.stringify(authorization.slice(0, 15));
    return invalid(
      `Authorization begins with ${scheme}; expected "${TC3_ALGORITHM} Credential=<id>/<date>/<service>/tc3_request, ` +
        'SignedHeaders=<names>, Signature=<64 hex digits>".',
    );
  }
  const [, secretId = '', date = '', signedService = '', names = '', signature = ''] = parts;
  const signedHeaders = names.split(';');
  const unsigned = MANDATORY.find((name) => !signedHeaders.includes(name));
  if (unsigned !== undefined)
    return invalid(`SignedHeaders is "${names.slice(0, 255)}", without ${unsigned}.`);
  if (names !== [...new Set(signedHeaders)].sort().join(';').toLowerCase())
    return invalid(
      `SignedHeaders is "${names.slice(0, 255)}", which is not sorted, in lower case and without doubles.`,
    );
  const absent = signedHeaders.find((name) => !Object.hasOwn(headers, name));
  if (absent !== undefined) return invalid(`SignedHeaders names ${absent.slice(0, 64)}, which was not sent.`);

  const timestamp = /^\d{1,12}$/.test(headers['x-tc-timestamp'] ?? '')
    ? Number(headers['x-tc-timestamp'])
    : undefined;
  if (timestamp === undefined) {
    const because = `X-TC-Timestamp is ${JSON.stringify(headers['x-tc-timestamp']?.slice(0, 32) ?? null)}, no Unix seconds.`;
    return refuse('MissingParameter', 'The request has no valid X-TC-Timestamp header.', because);
  }
  const aheadS = Math.round(timestamp - unixNowMs / 1000);
  if (Math.abs(timestamp * 1000 - unixNowMs) > maxSkewMs) {
    const because =
      `X-TC-Timestamp is ${Math.abs(aheadS)} s ${aheadS < 0 ? 'behind' : 'ahead of'} the provider's clock; ` +
      `at most ${maxSkewMs / 1000} s are allowed.`;
    return refuse('AuthFailure.SignatureExpire', 'The signature has expired.', because);
  }
  if (date !== tc3Date(timestamp))
    return invalid(`Credential is for ${date.slice(0, 32)}, X-TC-Timestamp for ${tc3Date(timestamp)} (UTC).`);
  if (!services.includes(signedService))
    return invalid(
      `Credential is for the service ${signedService.slice(0, 64)}; expected ${services.join(' or ').slice(0, 128)}.`,
    );
  if (!equalText(secretId, keys.secretId)) {
    const because = 'The SecretId is not the one that the provider was given.';
    return refuse('AuthFailure.SecretIdNotFound', 'The SecretId is not found.', because);
  }
  if (rules.token !== undefined && !equalText(headers['x-tc-token'] ?? '', rules.token)) {
    const because = 'X-TC-Token is missing or not the one that the provider was given.';
    return refuse('AuthFailure.TokenFailure', 'The token is wrong.', because);
  }

  const asSigned = (host: string): Tc3Request => ({
    ...request,
    headers: { ...headers, host },
    signedHeaders,
  });
  const candidates = hostsOf(headers.host ?? '').map(asSigned);
  const scope = { timestamp, service: signedService };
  if (candidates.some((candidate) => equalText(signature, tc3Signature(candidate, keys.secretKey, scope))))
    return undefined;
  const canonical = tc3CanonicalRequest(asSigned(headers.host ?? ''));
  return refuse(
    'AuthFailure.SignatureFailure',
    'The signature does not fit.',
    `The signature does not fit the canonical request ${JSON.stringify(canonical.slice(0, 1024))} (SHA-256 ` +
      `${sha256Hex(canonical)}); if this is what the client signed too, its SecretKey is another one.`,
  );
}
