import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Clock, VoiceProvider } from '../../ports';
import { seededUniform } from '../../units';
import { failuresIn, limitOf, type FuzzReport } from './fuzz-report';
import { mutatedBytes, mutatedJson, mutatedLines } from './mutate';
import { callSession, offerSdp } from './offers';

export interface CallFuzzOptions {
  /** A mock of OpenAI Realtime. */
  readonly provider: VoiceProvider;
  readonly messages: number;
  readonly seed: number;
  readonly clock: Clock;
  /** How long a request may stay without an end. Default 10 s. */
  readonly hangMs?: number;
}

interface Body {
  readonly contentType: string;
  readonly bytes: Buffer;
}
interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** Fewer than the sessions that the mock serves. */
const AT_ONCE = 8;
const CALLS = '/v1/realtime/calls';
const BOUNDARY = 'earshot-form-3f1d';

const form = (sdp: string, session: string): Body => {
  const part = (name: string, type: string, content: string): string =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: ${type}\r\n\r\n${content}\r\n`;
  const parts = part('sdp', 'application/sdp', sdp) + part('session', 'application/json', session);
  return {
    contentType: `multipart/form-data; boundary=${BOUNDARY}`,
    bytes: Buffer.from(`${parts}--${BOUNDARY}--\r\n`),
  };
};
const bare = (sdp: string): Body => ({ contentType: 'application/sdp', bytes: Buffer.from(sdp) });

function spoiled(random: () => number): Body {
  const kind = random();
  if (kind < 0.4) return bare(mutatedLines(random, offerSdp));
  if (kind < 0.55) return { ...bare(''), bytes: mutatedBytes(random, Buffer.from(offerSdp)) };
  const session = JSON.stringify(callSession);
  if (kind < 0.7) return form(mutatedLines(random, offerSdp), session);
  if (kind < 0.85) return form(offerSdp, JSON.stringify(mutatedJson(random, callSession)));
  const whole = form(offerSdp, session);
  const contentType = random() < 0.2 ? mutatedBytes(random, Buffer.from(whole.contentType)) : undefined;
  return {
    // What cannot be written into a header never arrives.
    contentType: contentType?.toString('latin1').replace(/[^\x20-\x7e]/g, '') ?? whole.contentType,
    bytes: mutatedBytes(random, whole.bytes),
  };
}

/**
 * Posts spoiled offers to a mock of OpenAI Realtime: lines of the SDP changed, forms with other sessions, other bytes. A call
 * that is taken all the same is hung up.
 */
export async function fuzzCalls(options: CallFuzzOptions): Promise<FuzzReport> {
  const { provider, messages, clock, hangMs = 10_000 } = options;
  const url = new URL(provider.url.replace(/^ws/, 'http'));
  const random = seededUniform(options.seed);
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const limit = limitOf<Answer | 'closed'>(clock, hangMs);
  const answered: Record<string, number> = {};
  const count = { closed: 0, hung: 0, unmeasured: 0, unhandledRejections: 0 };
  const rejected = (): void => {
    count.unhandledRejections++;
  };
  process.on('unhandledRejection', rejected);
  const before = provider.events.length;

  const post = (target: string, { contentType, bytes }: Body): Promise<Answer | 'closed' | 'hung'> =>
    new Promise((resolve) => {
      const headers = {
        authorization: 'Bearer sk-test',
        'content-type': contentType,
        'content-length': bytes.length,
      };
      const asking = httpRequest(new URL(target, url), { method: 'POST', headers, agent });
      const settle = limit((outcome) => {
        if (outcome === 'hung') asking.destroy();
        resolve(outcome);
      });
      asking.on('error', () => settle('closed'));
      asking.on('response', (response) => {
        response.on('error', () => settle('closed'));
        response.on('end', () => settle({ status: response.statusCode ?? 0, headers: response.headers }));
        response.resume();
      });
      asking.end(bytes);
    });
  /** Calls, and hangs up where it was answered; the status that came of both. */
  const call = async (body: Body): Promise<number | 'closed' | 'hung'> => {
    const outcome = await post(`${CALLS}?model=gpt-realtime`, body);
    if (typeof outcome === 'string') return outcome;
    if (outcome.headers['content-length'] === undefined) count.unmeasured++;
    if (outcome.status !== 201) return outcome.status;
    const end = await post(`${outcome.headers.location ?? ''}/hangup`, bare(''));
    // A peer that has failed by itself is gone already.
    return typeof end === 'string' ? end : end.status === 200 || end.status === 404 ? 201 : end.status;
  };
  let left = messages;
  const talk = async (): Promise<void> => {
    while (left > 0) {
      left--;
      const outcome = await call(spoiled(random));
      if (typeof outcome === 'string') count[outcome]++;
      else answered[outcome] = (answered[outcome] ?? 0) + 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, talk));
    let unserved = 0;
    for (const body of [bare(offerSdp), form(offerSdp, JSON.stringify(callSession))])
      if ((await call(body)) !== 201) unserved++;
    return { messages, answered, ...count, failed: failuresIn(provider.events.slice(before)), unserved };
  } finally {
    agent.destroy();
    process.off('unhandledRejection', rejected);
  }
}
