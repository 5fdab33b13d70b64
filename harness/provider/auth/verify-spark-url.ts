import { equalText } from './equal-text';
import { sparkSignature, type SparkKeys } from './spark-url';

/** Why a signed URL is not let in: the answer before the upgrade, and what the bench tells its user. */
export interface SparkRefusal {
  readonly status: 401 | 403;
  /** The body's `message`, in the gateway's words. */
  readonly message: string;
  readonly reason:
    | 'authorization-missing'
    | 'authorization-malformed'
    | 'date-invalid'
    | 'clock-skew'
    | 'headers-incomplete'
    | 'key-unknown'
    | 'signature-wrong';
  /** Value seen and value expected; holds no secret. */
  readonly because: string;
}

export interface SparkRules {
  readonly keys: SparkKeys;
  readonly unixNowMs: number;
  /** Default 300 000, the gateway's. */
  readonly maxSkewMs?: number;
  /** Whether the query's `host` has to be the Host header as well. Default false: clients differ in whether it has the port. */
  readonly strictHost?: boolean;
}

const RFC_1123 =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const CANNOT_VERIFY = 'HMAC signature cannot be verified';
const NEEDS_DATE = `${CANNOT_VERIFY}, a valid date or x-date header is required for HMAC Authentication`;
const SIGNED_PARTS = ['host', 'date', 'request-line'] as const;

/** The `name="value"` pairs; white space between them may be any, as the official Python SDK sends a run of blanks. */
function fieldsOf(origin: string): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>();
  const field = /\s*(\w+)\s*=\s*"([^"]*)"\s*(,|$)/y;
  while (field.lastIndex < origin.length) {
    const [, name, value] = field.exec(origin) ?? [];
    if (name === undefined || value === undefined) return undefined;
    fields.set(name, value);
  }
  return fields;
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/**
 * Checks the signed URL of a Spark upgrade; undefined when it is let in. The signature is rebuilt from the query's own `host`
 * and `date`, in the order of the gateway: is there an authorization, is the clock right, is all of it signed, whose key is
 * it, does it fit (reference/providers.md 4.2 and 4.3; the order itself is ours).
 */
export function verifySparkUrl(
  request: { readonly method: string; readonly target: string; readonly hostHeader: string | undefined },
  rules: SparkRules,
): SparkRefusal | undefined {
  const { keys, unixNowMs, maxSkewMs = 300_000, strictHost = false } = rules;
  const [path = '', query] = request.target.split('?', 2);
  const parameters = new URLSearchParams(query);
  const refuse = (
    status: SparkRefusal['status'],
    message: string,
    reason: SparkRefusal['reason'],
    because: string,
  ): SparkRefusal => ({ status, message, reason, because });

  const authorization = parameters.get('authorization');
  if (!authorization)
    return refuse(401, 'Unauthorized', 'authorization-missing', 'The URL has no parameter authorization.');

  const date = parameters.get('date') ?? '';
  const signedAtUnixMs = RFC_1123.test(date) ? Date.parse(date) : NaN;
  if (Number.isNaN(signedAtUnixMs)) {
    const because = `The parameter date is ${JSON.stringify(date.slice(0, 64))}, not an RFC 1123 date in GMT.`;
    return refuse(403, NEEDS_DATE, 'date-invalid', because);
  }
  const aheadMs = signedAtUnixMs - unixNowMs;
  if (Math.abs(aheadMs) > maxSkewMs) {
    const direction = aheadMs < 0 ? 'behind' : 'ahead of';
    const because =
      `The URL was signed at ${date}, ${seconds(Math.abs(aheadMs))} ${direction} the provider's clock; ` +
      `at most ${seconds(maxSkewMs)} are allowed.`;
    return refuse(403, NEEDS_DATE, 'clock-skew', because);
  }

  const malformed = (because: string): SparkRefusal =>
    refuse(401, CANNOT_VERIFY, 'authorization-malformed', because);
  if (!BASE64.test(authorization)) return malformed('The parameter authorization is no base64.');
  const fields = fieldsOf(Buffer.from(authorization, 'base64').toString());
  if (fields === undefined) return malformed('The parameter authorization holds no list of fields.');
  const algorithm = fields.get('algorithm') ?? null;
  if (algorithm !== 'hmac-sha256')
    return malformed(`The field algorithm is ${JSON.stringify(algorithm)}; expected "hmac-sha256".`);
  const signature = fields.get('signature');
  if (signature === undefined) return malformed('The parameter authorization holds no field signature.');
  const signedParts = fields.get('headers')?.split(/\s+/) ?? [];
  const missing = SIGNED_PARTS.find((part) => !signedParts.includes(part));
  if (missing !== undefined) {
    const because = `The field headers is ${JSON.stringify(signedParts.join(' '))}, without ${missing}.`;
    const message = `enforced header '${missing}' not used for signature creation`;
    return refuse(401, message, 'headers-incomplete', because);
  }
  if (!equalText(fields.get('api_key') ?? '', keys.apiKey)) {
    const message = `${CANNOT_VERIFY}: fail to retrieve credential`;
    return refuse(401, message, 'key-unknown', 'The api_key is not the one that the provider was given.');
  }
  const host = parameters.get('host') ?? '';
  if (strictHost && host !== request.hostHeader) {
    const because = `The parameter host is ${JSON.stringify(host.slice(0, 255))}, the header Host ${JSON.stringify(request.hostHeader ?? null)}.`;
    return refuse(401, 'HMAC signature does not match', 'signature-wrong', because);
  }
  if (equalText(signature, sparkSignature({ method: request.method, host, date, path }, keys.apiSecret)))
    return undefined;
  const because =
    `The signature does not fit the lines ${JSON.stringify(`host: ${host}`.slice(0, 255))}, "date: ${date}" and ` +
    `${JSON.stringify(`${request.method} ${path} HTTP/1.1`.slice(0, 255))}, joined with line feeds.`;
  return refuse(401, 'HMAC signature does not match', 'signature-wrong', because);
}
