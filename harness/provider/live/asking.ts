import { ProviderError } from '../../errors';
import type { ProviderProtocol } from '../../ports';
import { AnswerBuilder } from './answer-builder';
import { FailedAttempt, providerErrorOf } from './failure';
import {
  defaultLimits,
  type Answer,
  type LiveClient,
  type LiveLimits,
  type LiveOptions,
  type Question,
} from './live-client';
import type { UnstampedLiveEvent } from './live-event';
import { withRetries } from './retry';

/** What one attempt is given. */
export interface Attempt {
  readonly question: Question;
  readonly answer: AnswerBuilder;
  readonly limits: LiveLimits;
  readonly signal: AbortSignal;
  readonly emit: (event: UnstampedLiveEvent, hostAtMs: number) => void;
  /** The question's last byte left. */
  readonly sent: (hostAtMs: number) => void;
}

/** How one protocol asks; fails with `FailedAttempt`. Resolves with the instant at which the answer was complete. */
export interface Asker {
  readonly protocol: ProviderProtocol;
  readonly model: string;
  ask(attempt: Attempt): Promise<number>;
  close?(): Promise<void>;
}

/** Credentials that are secret; names of users, accounts and regions are not. */
const secretField = /key|secret|password/i;

/** A client that asks by one protocol: numbering, retries, events and errors are the same for all. */
export function liveClient(asker: Asker, options: LiveOptions): LiveClient {
  const limits: LiveLimits = { ...defaultLimits, ...options.limits };
  const { protocol, model } = asker;
  const name = options.name ?? protocol;
  const secrets = Object.entries(options.credentials ?? {}).flatMap(([field, value]) =>
    secretField.test(field) ? value : [],
  );
  const variables = options.credentialVariables ?? [];
  let asked = 0;
  return {
    name,
    protocol,
    model,
    async ask(question, { signal = new AbortController().signal, onEvent } = {}): Promise<Answer> {
      asked += 1;
      const responseId = `ask-${asked}`;
      const emit = (event: UnstampedLiveEvent, hostAtMs: number): void =>
        onEvent?.({ ...event, responseId, hostAtMs });
      let attempts = 0;
      const attempt = async (number: number): Promise<Answer> => {
        const spent = options.spend?.begin();
        attempts = number;
        const startedAtHostMs = options.clock.nowMs();
        const answer = new AnswerBuilder(emit, question.stream);
        const sent = (hostAtMs: number): void => {
          const tools = question.tools?.map((tool) => tool.name);
          const asks = { prompt: question.text, model, stream: question.stream };
          emit({ type: 'request', ...asks, ...(tools === undefined ? {} : { tools }) }, hostAtMs);
        };
        try {
          const endAtMs = await asker.ask({ question, answer, limits, signal, emit, sent });
          return { ...answer.finish(endAtMs), responseId, attempts, startedAtHostMs };
        } catch (thrown) {
          // Anything else is a fault of ours, which must not read as one of the provider's.
          if (!(thrown instanceof FailedAttempt)) throw thrown;
          const failed = onceBegun(thrown, answer);
          const error = providerErrorOf(failed, { name, secrets, variables, attempts });
          const { httpStatus, providerCode } = failed.failure;
          emit(
            {
              type: 'error',
              code: providerCode ?? error.code,
              message: error.message,
              ...(httpStatus === undefined ? {} : { httpStatus }),
            },
            options.clock.nowMs(),
          );
          throw failed;
        } finally {
          spent?.();
        }
      };
      try {
        return await withRetries(attempt, limits, signal, options.clock);
      } catch (thrown) {
        if (!(thrown instanceof FailedAttempt)) throw thrown;
        throw providerErrorOf(thrown, { name, secrets, variables, attempts: Math.max(attempts, 1) });
      }
    },
    close: async () => {
      await asker.close?.();
    },
  };
}

/** An answer that has begun is not asked for again: it was paid for, and timed. */
function onceBegun(failed: FailedAttempt, answer: AnswerBuilder): FailedAttempt {
  if (!failed.failure.retryable || !answer.hasBegun) return failed;
  return new FailedAttempt({ ...failed.failure, retryable: false }, { cause: failed.cause });
}

/**
 * The credentials that a protocol needs.
 * @throws ProviderError `HIL_PROVIDER_KEY_MISSING` naming the variables to set.
 */
export function requiredCredentials<Field extends string>(
  protocol: ProviderProtocol,
  fields: readonly Field[],
  { name = protocol, credentials = {}, credentialVariables = [], otherVariables = [] }: LiveOptions,
): Readonly<Record<Field, string>> {
  const missing = fields.filter((field) => (credentials[field] ?? '') === '');
  if (missing.length === 0) return credentials;
  const ways = [credentialVariables, otherVariables].filter((variables) => variables.length > 0);
  const where = ways.length === 0 ? '' : `; set ${ways.map((names) => names.join(', ')).join(', or ')}`;
  throw new ProviderError(
    'HIL_PROVIDER_KEY_MISSING',
    `${name} cannot be asked without ${missing.join(' and ')}${where}.`,
    { provider: name, missing, variables: [...credentialVariables, ...otherVariables] },
  );
}
