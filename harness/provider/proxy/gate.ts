import type { IncomingHttpHeaders } from 'node:http';
import { ConfigError } from '../../errors';
import type { ProviderProtocol } from '../../ports';
import { equalText } from '../auth/equal-text';
import { IAM_TOKEN_HEADER, IAM_TOKENS_PATH, readIamTokenRequest } from '../auth/iam-token';
import { verifyTc3 } from '../auth/verify-tc3';
import { parseBody } from '../live/frames';
import { bearerOf } from '../mock/http/bearer';
import { admissionOf } from '../replay/admission';
import { keyIn } from './offered-key';
import type { HttpTraffic } from './traffic';

interface Asking {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Keys that are given out for one session, as they stand in bodies (reference/providers.md 2.3). */
const ephemeralKey = /\bek_[\w-]{8,}/g;
/** Of what the provider gave out, the latest count; each board asks for one a session. */
const MOST_GIVEN = 256;
/** No answer that holds a key is longer. */
const MOST_READ_BYTES = 65_536;

/** Lets those in who show the bench's secret, and those whom the provider has given a key through this proxy since. */
export class Gate {
  private readonly given = new Set<string>();
  private readonly shows: (request: Asking) => string | undefined;

  /**
   * @param admits - By the names of `VoiceProvider.credentials`; as `assertLocked` wants them.
   * @throws ConfigError `HIL_CONFIG_USAGE` for credentials that a proxy of this protocol cannot check.
   */
  constructor(
    private readonly protocol: ProviderProtocol,
    admits: Readonly<Record<string, string>>,
    private readonly unixNowMs: () => number,
  ) {
    const { secretId, secretKey, apiKey, password } = admits;
    if (protocol === 'hunyuan' && secretId !== undefined && secretKey !== undefined)
      this.shows = (request) => this.signed(request, { secretId, secretKey });
    else if (protocol === 'hunyuan' && apiKey !== undefined)
      this.shows = ({ headers }) => refusalOf(bearerOf(headers), apiKey);
    else if (protocol === 'pangu' && password !== undefined)
      this.shows = (request) => this.signedIn(request, password);
    else if (protocol === 'pangu')
      throw new ConfigError(
        'HIL_CONFIG_USAGE',
        `A proxy of ${protocol} cannot check ${Object.keys(admits).join(', ')}; name the password that boards sign in with.`,
        { protocol },
      );
    else this.shows = admissionOf(protocol, admits, unixNowMs);
  }

  /** Why a request is not let in, holding no secret; undefined when it is. */
  refusal(request: Asking): string | undefined {
    const { headers } = request;
    const offered = (headers['sec-websocket-protocol'] ?? '').split(',');
    const keys = [bearerOf(headers), ...offered.map((name) => keyIn(name.trim()))];
    if (this.protocol === 'openai-realtime' && keys.some((key) => key !== undefined && this.given.has(key)))
      return undefined;
    const asked = keys.find((key) => key !== undefined);
    // Browsers cannot set headers, so that they show their key as a subprotocol.
    return this.shows(
      headers.authorization === undefined && asked !== undefined
        ? { ...request, headers: { ...headers, authorization: `Bearer ${asked}` } }
        : request,
    );
  }

  /** Reads along what the provider gives out: a key for a session, or the token of a sign-in. */
  tap(): HttpTraffic {
    const parts: Buffer[] = [];
    let readBytes = 0;
    return {
      asked: () => undefined,
      answered: (_status, headers) => {
        const token = headers['x-subject-token'];
        if (this.protocol === 'pangu' && token !== undefined) this.give(token);
      },
      body: (bytes) => {
        readBytes += bytes.length;
        if (this.protocol === 'openai-realtime' && readBytes <= MOST_READ_BYTES) parts.push(bytes);
        for (const [key] of Buffer.concat(parts).toString('latin1').matchAll(ephemeralKey)) this.give(key);
      },
      ended: () => undefined,
    };
  }

  private give(key: string): void {
    this.given.add(key);
    for (const oldest of this.given) {
      if (this.given.size <= MOST_GIVEN) break;
      this.given.delete(oldest);
    }
  }

  private signed(
    { method, target, headers, body }: Asking,
    keys: { readonly secretId: string; readonly secretKey: string },
  ): string | undefined {
    const query = target.split('?')[1] ?? '';
    const services = ['hunyuan', headers.host?.split('.')[0] ?? ''];
    return verifyTc3({ method, query, headers, body }, { keys, services, unixNowMs: this.unixNowMs() })
      ?.message;
  }

  private signedIn({ method, target, headers, body }: Asking, password: string): string | undefined {
    const [path] = target.split('?');
    if (method === 'POST' && path === IAM_TOKENS_PATH) {
      const asked = readIamTokenRequest(parseBody(body));
      return 'lacks' in asked ? `the sign-in lacks ${asked.lacks}` : refusalOf(asked.password, password);
    }
    const token = headers[IAM_TOKEN_HEADER];
    return typeof token === 'string' && this.given.has(token)
      ? undefined
      : 'no token was shown that was got here';
  }
}

const refusalOf = (shown: string | undefined, expected: string): string | undefined => {
  if (shown === undefined) return 'no key was shown';
  return equalText(shown, expected) ? undefined : 'the key that was shown is not the one that is let in';
};
