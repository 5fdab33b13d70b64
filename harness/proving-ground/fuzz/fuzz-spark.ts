import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { systemWallClock, type Clock, type VoiceProvider } from '../../ports';
import { signSparkUrl } from '../../provider';
import { seededUniform } from '../../units';
import type { FuzzReport } from './fuzz-report';
import { mutatedBytes, mutatedJson } from './mutate';

export interface SparkFuzzOptions {
  /** A mock of `spark` without delays. */
  readonly provider: VoiceProvider;
  readonly messages: number;
  readonly seed: number;
  readonly clock: Clock;
  /** Default 8. */
  readonly atOnce?: number;
  /** How long a conversation may stay without an end. Default 10 s. */
  readonly hangMs?: number;
}

/** The code of the last frame or the status of a refused upgrade, `closed` for neither, or `hung`. */
type Outcome = string;

const question = (appId: string): object => ({
  header: { app_id: appId, uid: 'u1' },
  parameter: { chat: { domain: 'generalv3', temperature: 0.5, top_k: 4, max_tokens: 2048, chat_id: 'c1' } },
  payload: {
    message: {
      text: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: '打开灯' },
      ],
    },
    functions: { text: [{ name: 'SetLightState', description: 'd', parameters: { type: 'object' } }] },
  },
});

/** A text frame of RFC 6455 as a client sends it. */
function textFrame(payload: Buffer): Buffer {
  const head = Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0]);
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([head, payload]);
}

function upgradeOf(url: URL): Buffer {
  const fields = {
    host: url.host,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

const codeIn = (message: string): string => /"code":(-?\d+)/.exec(message)?.[1] ?? 'no code';

/**
 * Spoils conversations with a mock of Spark: questions with other JSON or other bytes in them, frames and upgrades with other
 * bytes. The same seed sends the same messages, but for dates and signatures.
 */
export async function fuzzSpark(options: SparkFuzzOptions): Promise<FuzzReport> {
  const { provider, messages, clock, atOnce = 8, hangMs = 10_000 } = options;
  const { appId = '', apiKey = '', apiSecret = '' } = provider.credentials ?? {};
  const random = seededUniform(options.seed);
  const answered: Record<string, number> = {};
  const count = { closed: 0, hung: 0, unmeasured: 0, unhandledRejections: 0 };
  const rejected = (): void => {
    count.unhandledRejections++;
  };
  process.on('unhandledRejection', rejected);
  const before = provider.events.length;
  const signedUrl = (): string => signSparkUrl(provider.url, { apiKey, apiSecret }, systemWallClock());

  const ask = (message: Buffer | string): Promise<Outcome> =>
    new Promise((resolve) => {
      const socket = new WebSocket(signedUrl(), { perMessageDeflate: false });
      let outcome: Outcome = 'closed';
      const cancel = clock.after(hangMs, () => {
        outcome = 'hung';
        socket.terminate();
      });
      socket.on('error', () => undefined);
      socket.on('open', () => socket.send(message));
      socket.on('message', (data: Buffer) => (outcome = codeIn(data.toString())));
      socket.on('close', () => {
        cancel();
        resolve(outcome);
      });
    });
  const askRaw = (bytes: Buffer): Promise<Outcome> =>
    new Promise((resolve) => {
      const { port, hostname } = new URL(provider.url);
      const socket = connect({ port: Number(port), host: hostname });
      let received = '';
      let isHung = false;
      const cancel = clock.after(hangMs, () => {
        isHung = true;
        socket.destroy();
      });
      socket.setEncoding('latin1');
      socket.on('data', (chunk: string) => {
        if (received.length < 4096) received += chunk;
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        cancel();
        const status = /^HTTP\/1\.1 (\d{3})/.exec(received)?.[1];
        resolve(isHung ? 'hung' : status === undefined ? 'closed' : `HTTP ${status}`);
      });
      socket.end(bytes);
    });
  const next = (): Promise<Outcome> => {
    const sample = question(appId);
    const kind = random();
    if (kind < 0.4) return ask(JSON.stringify(mutatedJson(random, sample)));
    const bytes = Buffer.from(JSON.stringify(sample));
    if (kind < 0.5) return ask(mutatedBytes(random, bytes).toString());
    if (kind < 0.6) return ask(mutatedBytes(random, bytes));
    const upgrade = upgradeOf(new URL(signedUrl()));
    if (kind < 0.8) return askRaw(Buffer.concat([upgrade, mutatedBytes(random, textFrame(bytes))]));
    return askRaw(mutatedBytes(random, upgrade));
  };

  let left = messages;
  const talk = async (): Promise<void> => {
    while (left > 0) {
      left--;
      const outcome = await next();
      if (outcome === 'closed' || outcome === 'hung') count[outcome]++;
      else answered[outcome] = (answered[outcome] ?? 0) + 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, talk));
    const unserved = (await ask(JSON.stringify(question(appId)))) === '0' ? 0 : 1;
    const failures = provider.events
      .slice(before)
      .filter((event) => event.type === 'error' && event.code === 'mock_failed');
    return { messages, answered, ...count, failed: failures.length, unserved };
  } finally {
    process.off('unhandledRejection', rejected);
  }
}
