import WebSocket from 'ws';
import type { Clock, VoiceProvider } from '../../ports';
import { seededUniform } from '../../units';
import { failuresIn, limitOf, type FuzzReport } from './fuzz-report';
import { mutatedBytes, mutatedJson } from './mutate';

export interface WebSocketFuzzOptions {
  readonly provider: VoiceProvider;
  /** Opens a connection that the mock lets in: signed or with a key, as its protocol asks for. */
  readonly connect: () => WebSocket;
  /** Messages in good form, which are then spoiled. */
  readonly samples: readonly unknown[];
  readonly messages: number;
  readonly seed: number;
  readonly clock: Clock;
  /** How long a message may stay without an end. Default 10 s. */
  readonly hangMs?: number;
}

type Answer = 'alive' | 'closed';

/**
 * Sends spoiled messages to a mock that speaks WebSocket: other JSON, other bytes, text as binary. Each is followed by a PING,
 * whose PONG tells that the mock lives, whether or not it had anything to say; a connection that it closes is opened anew.
 */
export async function fuzzWebSocket(options: WebSocketFuzzOptions): Promise<FuzzReport> {
  const { provider, samples, messages, clock, hangMs = 10_000 } = options;
  const random = seededUniform(options.seed);
  const limit = limitOf<Answer>(clock, hangMs);
  const count = { alive: 0, closed: 0, hung: 0, unhandledRejections: 0 };
  const rejected = (): void => {
    count.unhandledRejections++;
  };
  process.on('unhandledRejection', rejected);
  const before = provider.events.length;
  let socket: WebSocket | undefined;

  const open = (): Promise<WebSocket | undefined> =>
    new Promise((resolve) => {
      const opening = options.connect();
      opening.on('error', () => undefined);
      opening.once('open', () => resolve(opening));
      opening.once('close', () => resolve(undefined));
    });
  const send = (to: WebSocket, data: Buffer, binary: boolean): Promise<Answer | 'hung'> =>
    new Promise((resolve) => {
      const closed = (): void => settle('closed');
      const alive = (): void => settle('alive');
      const settle = limit((outcome) => {
        to.off('close', closed).off('pong', alive);
        resolve(outcome);
      });
      to.once('close', closed).once('pong', alive);
      to.send(data, { binary });
      to.ping();
    });
  const spoiled = (): Buffer => {
    const sample = samples[Math.floor(random() * samples.length)];
    return random() < 0.3
      ? mutatedBytes(random, Buffer.from(JSON.stringify(sample)))
      : Buffer.from(JSON.stringify(mutatedJson(random, sample)));
  };
  try {
    for (let sent = 0; sent < messages; sent++) {
      if (socket?.readyState !== WebSocket.OPEN) socket = await open();
      const data = spoiled();
      const outcome = socket === undefined ? 'hung' : await send(socket, data, random() < 0.1);
      count[outcome]++;
      if (outcome === 'hung') socket?.terminate();
    }
    const served = await open();
    const unserved = served === undefined ? 1 : 0;
    served?.terminate();
    const { alive, ...rest } = count;
    const failed = failuresIn(provider.events.slice(before));
    return { messages, answered: { alive }, ...rest, failed, unmeasured: 0, unserved };
  } finally {
    socket?.terminate();
    process.off('unhandledRejection', rejected);
  }
}
