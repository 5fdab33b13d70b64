import { ProviderError, type ErrorCode } from '../../errors';

/** A failed attempt, before it is known whose: what the provider or the connection said. */
export interface Failure {
  readonly code: ErrorCode;
  /** What was wrong, without the provider's name and without a full stop. */
  readonly what: string;
  readonly httpStatus?: number | undefined;
  /** The provider's own code: `invalid_api_key`, `10013`, `AuthFailure.SignatureExpire`. */
  readonly providerCode?: string | undefined;
  readonly providerMessage?: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
}

/** Carries a failure up to the client that knows its own name and secrets. */
export class FailedAttempt extends Error {
  constructor(
    readonly failure: Failure,
    options?: ErrorOptions,
  ) {
    super(failure.what, options);
  }
}

/** What an error answer is about, whatever words the provider has for it. */
export type RefusalKind = 'key' | 'limit' | 'quota' | 'busy' | 'blocked' | 'other';

const codeOf: Readonly<Record<RefusalKind, ErrorCode>> = {
  key: 'HIL_PROVIDER_KEY_REJECTED',
  limit: 'HIL_PROVIDER_LIMITED',
  quota: 'HIL_PROVIDER_QUOTA',
  busy: 'HIL_PROVIDER_LIMITED',
  blocked: 'HIL_PROVIDER_REFUSED',
  other: 'HIL_PROVIDER_REFUSED',
};

export interface Refusal {
  readonly kind: RefusalKind;
  readonly httpStatus?: number | undefined;
  readonly code?: string | undefined;
  readonly message: string;
  readonly retryAfterMs?: number | undefined;
}

/** The failure that a provider's error answer stands for. Only limits and overload pass by themselves. */
export function refused({ kind, httpStatus, code, message, retryAfterMs }: Refusal): FailedAttempt {
  const said =
    code === undefined || message.includes(code) ? message : `${message.replace(/[.\s]+$/, '')} (${code})`;
  return new FailedAttempt({
    code: codeOf[kind],
    what: kind === 'key' ? `key rejected: ${said}` : said,
    httpStatus,
    providerCode: code,
    providerMessage: message,
    retryable: kind === 'limit' || kind === 'busy',
    retryAfterMs,
  });
}

/** An answer that is not what the protocol says. */
export const malformed = (what: string, httpStatus?: number, cause?: unknown): FailedAttempt =>
  new FailedAttempt({ code: 'HIL_PROVIDER_MALFORMED', what, httpStatus, retryable: false }, { cause });

/** Somebody did not want to wait any longer. */
export const cancelledAttempt = (): FailedAttempt =>
  new FailedAttempt({
    code: 'HIL_PROVIDER_CANCELLED',
    what: 'cancelled before the answer was complete',
    retryable: false,
  });

const MASK = '***';
/** Shorter values occur in ordinary text. */
const SHORTEST_SECRET = 4;
const LONGEST_TEXT = 600;

/** Text without the secrets that a provider may have echoed, and not longer than a person reads. */
export function readable(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_SECRET) masked = masked.replaceAll(secret, MASK);
  }
  return masked.length > LONGEST_TEXT ? `${masked.slice(0, LONGEST_TEXT)}…` : masked;
}

/** The failure as an error that says who, what and what to do: `401 from siliconflow: key rejected …; set SILICONFLOW_API_KEY.` */
export function providerErrorOf(
  { failure, cause }: FailedAttempt,
  who: {
    readonly name: string;
    readonly secrets: readonly string[];
    readonly variables: readonly string[];
    readonly attempts: number;
  },
): ProviderError {
  const { httpStatus, providerCode, retryable, retryAfterMs } = failure;
  const what = readable(failure.what.replace(/[.\s]+$/, ''), who.secrets);
  const advice =
    failure.code === 'HIL_PROVIDER_KEY_REJECTED' && who.variables.length > 0
      ? `; set ${who.variables.join(', ')}`
      : '';
  const sender = httpStatus === undefined || httpStatus === 200 ? who.name : `${httpStatus} from ${who.name}`;
  const message = failure.providerMessage;
  return new ProviderError(
    failure.code,
    `${sender}: ${what}${advice}.`,
    {
      provider: who.name,
      ...(httpStatus === undefined ? {} : { httpStatus }),
      ...(providerCode === undefined ? {} : { providerCode }),
      ...(message === undefined ? {} : { providerMessage: readable(message, who.secrets) }),
      retryable,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      attempts: who.attempts,
    },
    cause === undefined ? undefined : { cause },
  );
}
