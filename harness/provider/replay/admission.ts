import type { IncomingHttpHeaders } from 'node:http';
import { ConfigError } from '../../errors';
import type { ProviderProtocol } from '../../ports';
import { equalText } from '../auth/equal-text';
import { verifySparkUrl } from '../auth/verify-spark-url';
import { bearerOf } from '../mock/http/bearer';

interface Asking {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Why a request is not let in, for the board and the log; undefined when it is. */
export type Admission = (request: Asking) => string | undefined;

/**
 * Who is let in to a replay or a proxy: everybody where there are no credentials, else who shows them as the protocol wants it.
 * @throws ConfigError `HIL_CONFIG_USAGE` for credentials that a replay of this protocol cannot check.
 */
export function admissionOf(
  protocol: ProviderProtocol,
  credentials: Readonly<Record<string, string>> | undefined,
  unixNowMs: () => number,
): Admission {
  if (credentials === undefined || Object.keys(credentials).length === 0) return () => undefined;
  const { apiKey, apiSecret, apiPassword } = credentials;
  if (protocol === 'spark' && apiKey !== undefined && apiSecret !== undefined) {
    return ({ method, target, headers }) => {
      // The product that is asked over plain HTTP takes a password, or key and secret, as a bearer.
      if (headers.upgrade === undefined)
        return bearerRefusal(headers, apiPassword ?? `${apiKey}:${apiSecret}`);
      const request = { method, target, hostHeader: headers.host };
      return verifySparkUrl(request, { keys: { apiKey, apiSecret }, unixNowMs: unixNowMs() })?.message;
    };
  }
  if (protocol !== 'hunyuan' && protocol !== 'pangu' && apiKey !== undefined)
    return ({ headers }) => bearerRefusal(headers, apiKey);
  const names = Object.keys(credentials).join(', ');
  throw new ConfigError(
    'HIL_CONFIG_USAGE',
    `A replay of ${protocol} cannot check ${names}; leave credentials away and let it listen on 127.0.0.1.`,
    { protocol, names },
  );
}

const bearerRefusal = (headers: IncomingHttpHeaders, key: string): string | undefined => {
  const shown = bearerOf(headers);
  if (shown === undefined) return 'no key was shown';
  return equalText(shown, key) ? undefined : 'the key that was shown is not the one that is let in';
};
