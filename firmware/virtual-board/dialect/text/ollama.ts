import { JsonLines } from '../../json-lines';
import { requestSchemes, type AccessDefaults, type BoardServices } from '../application';
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
import { postQuestion } from './chat-request';

const LINE_LIMIT_BYTES = 65_536;

/** Ollama asks for no credentials. */
export const ollamaAccess: AccessDefaults = { schemes: requestSchemes, credentials: {}, model: 'qwen2.5' };

/** Ollama: one POST, an answer of one JSON object a line. Speaks `/api/generate`, and `/api/chat` when the URL says so. */
export class OllamaChat implements ChatProtocol {
  readonly name = 'ollama';
  readonly url: URL;

  constructor(private readonly services: BoardServices) {
    this.url = new URL(services.provider.url);
    if (this.url.pathname === '/') this.url.pathname = '/api/generate';
  }

  async ask(question: string, events: ChatEvents, signal: AbortSignal): Promise<number> {
    const { model } = this.services.provider;
    const asked = this.url.pathname.endsWith('/chat')
      ? { messages: [{ role: 'user', content: question }] }
      : { prompt: question };
    const request = {
      url: this.url,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ model, ...asked, stream: true }),
    };
    const answer = await postQuestion(this.services, request, () => events.sent(), signal);
    if (answer.status !== 200) throw refusal(answer.status, parsed(await answer.text()));
    const lines = new JsonLines(LINE_LIMIT_BYTES);
    let tokens: number | undefined;
    for await (const piece of answer.pieces)
      for (const line of lines.push(piece)) tokens = this.take(line, events) ?? tokens;
    if (tokens === undefined) throw incomplete(answer.status);
    return tokens;
  }

  /** Tokens of the answer, with its last line. */
  private take(line: unknown, events: ChatEvents): number | undefined {
    const fields = fieldsOf(line);
    if (line instanceof Error || fields['error'] !== undefined) throw refusal(200, line);
    const message = fieldsOf(fields['message']);
    const thought = textOf(fields['thinking'] ?? message['thinking']);
    const text = textOf(fields['response'] ?? message['content']);
    if (thought !== '') events.thought(thought);
    if (text !== '') events.answer(text);
    return fields['done'] === true ? countOf(fields['eval_count'] ?? UNCOUNTED) : undefined;
  }
}

const refusal = (status: number, body: unknown): ChatFailure => {
  const text = body instanceof Error ? body.message : textOf(fieldsOf(body)['error']);
  return new ChatFailure(status, undefined, text === '' ? 'no reason given' : text);
};
