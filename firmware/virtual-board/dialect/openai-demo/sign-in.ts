import { httpsPost } from '../../network/https-client';
import type { BoardServices } from '../application';
import { prettyCjson } from './cjson';

const TAG = 'OPENAI_SIGNALING';
const VOICE = 'alloy';
const GA_PATIENCE_MS = 30_000;
const BETA_PATIENCE_MS = 10_000;
/** Of an answer that is none, this much is printed. */
const PRINTED_ERROR_BYTES = 256;

/** How a generation gets into a session: first a token, then an answer to the board's offer. */
export interface SignIn {
  /** Undefined: there is none, and the console says why. */
  token(): Promise<string | undefined>;
  answerTo(offerSdp: string, token: string): Promise<string | undefined>;
}

/** The service's address with a path; sockets and requests share host and port. */
export function requestUrl(providerUrl: string, path: string): URL {
  const url = new URL(providerUrl.replace(/^ws/, 'http'));
  url.pathname = path;
  url.search = '';
  return url;
}

const postSdp = (url: URL, token: string, offerSdp: string, patienceMs: number) => ({
  url,
  headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/sdp' },
  body: offerSdp,
  patienceMs,
});

/** `client_secrets` and `calls`. */
export class GaSignIn implements SignIn {
  constructor(
    private readonly services: BoardServices,
    private readonly signal: AbortSignal,
  ) {}

  async token(): Promise<string | undefined> {
    const { console, provider } = this.services;
    const { apiKey = '' } = provider.credentials;
    if (apiKey === '') {
      console.log('E', TAG, 'OpenAI API key is empty');
      return undefined;
    }
    console.log('I', TAG, 'Creating OpenAI Realtime client secret');
    const session = { type: 'realtime', model: provider.model, audio: { output: { voice: VOICE } } };
    const request = {
      url: requestUrl(provider.url, '/v1/realtime/client_secrets'),
      headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ session }),
      patienceMs: GA_PATIENCE_MS,
    };
    const body = await httpsPost(this.services, request, this.signal);
    if (this.signal.aborted) return undefined;
    const token = body === undefined ? undefined : tokenOf(body.toString());
    if (token !== undefined) return token;
    if (body !== undefined)
      console.log('E', TAG, `Client secret response does not contain token: ${body.toString()}`);
    console.log('E', TAG, 'Fail to create OpenAI Realtime client secret');
    return undefined;
  }

  async answerTo(offerSdp: string, token: string): Promise<string | undefined> {
    const { console, provider } = this.services;
    console.log('I', TAG, 'Exchanging SDP with OpenAI Realtime GA API');
    const url = requestUrl(provider.url, '/v1/realtime/calls');
    const body = await httpsPost(this.services, postSdp(url, token, offerSdp, GA_PATIENCE_MS), this.signal);
    if (this.signal.aborted) return undefined;
    if (body === undefined) {
      console.log('E', TAG, 'Fail to post data to URL');
      return undefined;
    }
    const text = body.toString();
    // The status is not looked at.
    if (!text.startsWith('v=0')) {
      const printed = body.subarray(0, PRINTED_ERROR_BYTES).toString();
      console.log('E', TAG, `Realtime call failed, response: ${printed}`);
      return undefined;
    }
    console.log('I', TAG, `Get remote SDP answer, size=${body.length}`);
    return text;
  }
}

function tokenOf(json: string): string | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(json);
  } catch {
    return undefined;
  }
  const { value, client_secret: secret } = (answer ?? {}) as Record<string, unknown>;
  const found = value ?? (secret as Record<string, unknown> | null | undefined)?.['value'];
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** `sessions`, then the offer to `realtime` itself. */
export class BetaSignIn implements SignIn {
  constructor(
    private readonly services: BoardServices,
    private readonly signal: AbortSignal,
  ) {}

  async token(): Promise<string | undefined> {
    const { provider } = this.services;
    const request = {
      url: requestUrl(provider.url, '/v1/realtime/sessions'),
      headers: {
        Authorization: `Bearer ${provider.credentials['apiKey']}`,
        'Content-Type': 'application/json',
      },
      body: prettyCjson({ model: provider.model, modalities: ['text', 'audio'], voice: VOICE }),
      patienceMs: BETA_PATIENCE_MS,
    };
    const body = await httpsPost(this.services, request, this.signal);
    return body === undefined ? undefined : secretIn(body.toString());
  }

  async answerTo(offerSdp: string, token: string): Promise<string | undefined> {
    const { console, provider } = this.services;
    const url = requestUrl(provider.url, '/v1/realtime');
    url.searchParams.set('model', provider.model);
    const body = await httpsPost(this.services, postSdp(url, token, offerSdp, BETA_PATIENCE_MS), this.signal);
    if (this.signal.aborted || body === undefined || body.length === 0) return undefined;
    const text = body.toString();
    console.print(`Get remote SDP ${text}\n`);
    return text;
  }
}

/** Looks for words and not for JSON: what stands between the two quotation marks after the key's. */
function secretIn(text: string): string | undefined {
  const secret = text.indexOf('"client_secret"');
  const value = secret < 0 ? -1 : text.indexOf('"value"', secret);
  const start = value < 0 ? -1 : text.indexOf('"', value + '"value"'.length);
  const end = start < 0 ? -1 : text.indexOf('"', start + 1);
  return end < 0 ? undefined : text.slice(start + 1, end);
}
