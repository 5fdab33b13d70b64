import type { ProviderEvent } from '../../ports';

type ProviderError = Extract<ProviderEvent, { readonly type: 'error' }>;

/** HTTP statuses of the 4xx range that say nothing against the request: account, time-out, load. */
const NOT_OF_THE_REQUEST: ReadonlySet<number> = new Set([402, 408, 409, 425, 429]);
/**
 * Codes of providers that answer with HTTP 200 or on a socket: Tencent's groups `auth` and `request`, and Spark's for format,
 * schema, parameter and length.
 */
const CODES =
  /^(?:AuthFailure\b|(?:Missing|Unknown|Invalid)Parameter|InvalidAction|NoSuchVersion|UnsupportedRegion|1000[345]$|10907$)/;

/** True where an error says that the request was wrong: its form, its key or its signature. Anything else is the provider's. */
export function isOfTheRequest({ code, httpStatus }: ProviderError): boolean {
  if (httpStatus !== undefined && httpStatus >= 400)
    return httpStatus < 500 && !NOT_OF_THE_REQUEST.has(httpStatus);
  return CODES.test(code);
}

/** `429 rate_limit_exceeded: slow down`, of what is known. */
export function refusalInWords(refusal: {
  readonly httpStatus?: number;
  readonly status?: number;
  readonly code?: string;
  readonly message: string;
}): string {
  const status = refusal.httpStatus ?? refusal.status;
  const code = refusal.code === String(status) ? undefined : refusal.code;
  const head = [status, code].filter((part) => part !== undefined && part !== '').join(' ');
  return [head, refusal.message].filter((part) => part !== '').join(': ') || 'without a word';
}
