import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { openConnection } from '../../network/connection';
import { reasonOf } from '../../network/reason-of';
import { socketSchemes, type AccessDefaults, type BoardServices } from '../application';
import {
  ChatFailure,
  countOf,
  fieldsOf,
  incomplete,
  parsed,
  textOf,
  UNCOUNTED,
  type ChatEvents,
  type ChatProtocol,
} from './chat-protocol';
import { signedSparkUrl } from './spark-signature';

const PATIENCE_MS = 30_000;
const SWITCHING = 101;
const LAST = 2;

/** Each path serves the models of one domain. */
const domains: Readonly<Record<string, string>> = {
  '/v1.1/chat': 'lite',
  '/v2.1/chat': 'generalv2',
  '/v3.1/chat': 'generalv3',
  '/chat/pro-128k': 'pro-128k',
  '/v3.5/chat': 'generalv3.5',
  '/chat/max-32k': 'max-32k',
  '/v4.0/chat': '4.0Ultra',
};

/** Credentials are those that the mock lets in by default; without a model the path tells the domain. */
export const sparkAccess: AccessDefaults = {
  schemes: socketSchemes,
  credentials: { appId: 'earshot', apiKey: 'earshot-api-key', apiSecret: 'earshot-api-secret' },
  model: '',
};

/** iFlytek Spark: one WebSocket for each question, its URL signed by the board's clock, the answer in frames. */
export class SparkChat implements ChatProtocol {
  readonly name = 'spark';
  readonly url: URL;

  constructor(private readonly services: BoardServices) {
    this.url = new URL(services.provider.url);
    if (this.url.pathname === '/') this.url.pathname = '/v3.1/chat';
  }

  async ask(question: string, events: ChatEvents, signal: AbortSignal): Promise<number> {
    const { services } = this;
    const { apiKey = '', apiSecret = '' } = services.provider.credentials;
    const connection = await openConnection(services, this.url, signal);
    const signed = signedSparkUrl(this.url, apiKey, apiSecret, services.wallClock.unixMs());
    const socket = new WebSocket(signed, { createConnection: () => connection, perMessageDeflate: false });
    let disarm = (): void => undefined;
    try {
      return await new Promise<number>((resolve, reject) => {
        let status = -1;
        const arm = (): void => {
          disarm();
          disarm = services.after(PATIENCE_MS, () => reject(failure(`no data for ${PATIENCE_MS / 1000} s`)));
        };
        const failure = (message: string): ChatFailure => new ChatFailure(status, undefined, message);
        arm();
        socket.on('error', (cause) => reject(failure(reasonOf(cause))));
        socket.on('unexpected-response', (_request, response) => void refused(response).then(reject));
        socket.on('open', () => {
          status = SWITCHING;
          arm();
          socket.send(this.question(question), () => events.sent());
        });
        socket.on('message', (data, isBinary) => {
          arm();
          try {
            if (isBinary) throw failure('a binary frame');
            const tokens = take(parsed((data as Buffer).toString()), events);
            if (tokens !== undefined) resolve(tokens);
          } catch (cause) {
            reject(cause instanceof ChatFailure ? cause : failure(reasonOf(cause)));
          }
        });
        socket.on('close', () => reject(incomplete(status)));
      });
    } finally {
      disarm();
      socket.terminate();
    }
  }

  private question(text: string): string {
    const { credentials, model } = this.services.provider;
    const domain = model === '' ? (domains[this.url.pathname] ?? 'generalv3') : model;
    return JSON.stringify({
      header: { app_id: credentials['appId'], uid: 'virtual-board' },
      parameter: { chat: { domain, temperature: 0.5, max_tokens: 2048 } },
      payload: { message: { text: [{ role: 'user', content: text }] } },
    });
  }
}

/** What the gateway says instead of switching protocols. */
async function refused(response: IncomingMessage): Promise<ChatFailure> {
  const { statusCode = -1 } = response;
  const pieces: Buffer[] = [];
  try {
    for await (const piece of response as AsyncIterable<Buffer>) pieces.push(piece);
  } catch {
    // The status is what matters; a body that is cut says less.
  }
  const body = Buffer.concat(pieces).toString();
  const message = textOf(fieldsOf(parsed(body))['message']) || body || 'no reason given';
  return new ChatFailure(statusCode, undefined, message);
}

/** Tokens of the answer, with its last frame. @throws ChatFailure for an error frame */
function take(frame: unknown, events: ChatEvents): number | undefined {
  const { header, payload } = fieldsOf(frame);
  const { code, message } = fieldsOf(header);
  if (code !== 0)
    throw new ChatFailure(SWITCHING, typeof code === 'number' ? String(code) : undefined, textOf(message));
  const { choices, usage } = fieldsOf(payload);
  const { text, status } = fieldsOf(choices);
  for (const part of Array.isArray(text) ? (text as unknown[]) : []) {
    const { content, reasoning_content: thought } = fieldsOf(part);
    if (textOf(thought) !== '') events.thought(textOf(thought));
    if (textOf(content) !== '') events.answer(textOf(content));
  }
  if (status !== LAST) return undefined;
  return countOf(fieldsOf(fieldsOf(usage)['text'])['completion_tokens'] ?? UNCOUNTED);
}
