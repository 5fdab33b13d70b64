import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { Clock, VoiceProvider } from '../../ports';
import { seededUniform } from '../../units';
import { failuresIn, limitOf, type FuzzReport, type Limit } from './fuzz-report';
import { mutatedBytes, mutatedJson } from './mutate';

/** A request in good form, which is then spoiled. */
export interface HttpSample {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly target: string;
  /** JSON; undefined: no body. */
  readonly body?: unknown;
  /** Headers of a request with this body, a signature among them where the protocol asks for one. */
  readonly headers: (body: Buffer) => Readonly<Record<string, string>>;
}

export interface HttpFuzzOptions {
  /** A mock without delays. */
  readonly provider: VoiceProvider;
  readonly samples: readonly [HttpSample, ...HttpSample[]];
  readonly messages: number;
  readonly seed: number;
  readonly clock: Clock;
  /** Default 8. */
  readonly atOnce?: number;
  /** How long a message may stay without an end. Default 10 s. */
  readonly hangMs?: number;
}

type Answer = { readonly status: number; readonly measured: boolean } | 'closed';
type Outcome = Answer | 'hung';

const STREAM = /event-stream|ndjson/;

const bytesOf = (body: unknown): Buffer =>
  body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));

/** Sends with a client that keeps to HTTP. */
function send(
  url: URL,
  sample: HttpSample,
  body: Buffer,
  agent: Agent,
  limit: Limit<Answer>,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const headers = { ...sample.headers(body), 'content-length': String(body.length) };
    const asking = httpRequest(new URL(sample.target, url), { method: sample.method, headers, agent });
    const settle = limit((outcome) => {
      if (outcome === 'hung') asking.destroy();
      resolve(outcome);
    });
    asking.on('error', () => settle('closed'));
    asking.on('response', (response) => {
      const type = response.headers['content-type'] ?? '';
      const measured = response.headers['content-length'] !== undefined || STREAM.test(type);
      response.on('error', () => settle('closed'));
      response.on('end', () => settle({ status: response.statusCode ?? 0, measured }));
      response.resume();
    });
    asking.end(body);
  });
}

/** Sends bytes as they are, says that no more will come, and takes what comes back until the end. */
function sendRaw(url: URL, bytes: Buffer, limit: Limit<Answer>): Promise<Outcome> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port: Number(url.port), host: url.hostname });
    const settle = limit((outcome) => {
      socket.destroy();
      resolve(outcome);
    });
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      if (text.length < 4096) text += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      const [head = ''] = text.split('\r\n\r\n', 1);
      const measured = /^content-length:/im.test(head) || STREAM.test(head) || status === '100';
      settle(status === undefined ? 'closed' : { status: Number(status), measured });
    });
    socket.end(bytes);
  });
}

const rawOf = (sample: HttpSample, host: string): Buffer => {
  const body = bytesOf(sample.body);
  const fields = { host, ...sample.headers(body), 'content-length': String(body.length) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`${sample.method} ${sample.target} HTTP/1.1\r\n${lines.join('')}\r\n`),
    body,
  ]);
};

/**
 * Sends spoiled requests to a mock: bodies with other JSON in them, bodies with other bytes, and whole requests with other
 * bytes on a connection of their own. The same seed sends the same messages.
 */
export async function fuzzHttp(options: HttpFuzzOptions): Promise<FuzzReport> {
  const { provider, samples, messages, clock, atOnce = 8, hangMs = 10_000 } = options;
  const url = new URL(provider.url.replace(/^ws/, 'http'));
  const random = seededUniform(options.seed);
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const limit = limitOf<Answer>(clock, hangMs);
  const answered: Record<string, number> = {};
  const count = { closed: 0, hung: 0, unmeasured: 0, unhandledRejections: 0 };
  const rejected = (): void => {
    count.unhandledRejections++;
  };
  process.on('unhandledRejection', rejected);
  const before = provider.events.length;

  const next = (): Promise<Outcome> => {
    const sample = samples[Math.floor(random() * samples.length)] ?? samples[0];
    const kind = random();
    if (sample.body === undefined || kind < 0.3)
      return sendRaw(url, mutatedBytes(random, rawOf(sample, url.host)), limit);
    const body =
      kind < 0.5
        ? mutatedBytes(random, bytesOf(sample.body))
        : Buffer.from(JSON.stringify(mutatedJson(random, sample.body)));
    return send(url, sample, body, agent, limit);
  };
  let left = messages;
  const talk = async (): Promise<void> => {
    while (left > 0) {
      left--;
      const outcome = await next();
      if (outcome === 'closed' || outcome === 'hung') count[outcome]++;
      else {
        answered[outcome.status] = (answered[outcome.status] ?? 0) + 1;
        if (!outcome.measured) count.unmeasured++;
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, talk));
    let unserved = 0;
    for (const sample of samples) {
      const outcome = await send(url, sample, bytesOf(sample.body), agent, limit);
      if (typeof outcome === 'string' || outcome.status >= 300) unserved++;
    }
    return { messages, answered, ...count, failed: failuresIn(provider.events.slice(before)), unserved };
  } finally {
    agent.destroy();
    process.off('unhandledRejection', rejected);
  }
}
