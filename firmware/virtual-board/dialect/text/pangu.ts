import { requestSchemes, type AccessDefaults, type BoardServices } from '../application';
import {
  ChatFailure,
  countOf,
  fieldsOf,
  parsed,
  textOf,
  UNCOUNTED,
  type ChatEvents,
  type ChatProtocol,
} from './chat-protocol';
import { postQuestion } from './chat-request';
import { readEventStream, type EventReader } from './event-stream-answer';

/** Credentials are those that the mock lets in by default. */
export const panguAccess: AccessDefaults = {
  schemes: requestSchemes,
  credentials: {
    user: 'earshot-user',
    password: 'earshot-password',
    domain: 'earshot-account',
    project: 'cn-southwest-2',
  },
  model: '0ea25407-0000-4000-8000-000000000001',
};

/** The service, its gateway and the identity service each have a shape of their own. */
function refusal(status: number, body: unknown): ChatFailure {
  const { error_code: code, error_msg: message, error } = fieldsOf(body);
  const iam = fieldsOf(error);
  const own = textOf(code) || (typeof iam['code'] === 'number' ? String(iam['code']) : '');
  const text = textOf(message) || textOf(iam['message']) || 'no reason given';
  return new ChatFailure(status, own || undefined, text);
}

class PanguReader implements EventReader {
  tokens: number | undefined;
  private counted = UNCOUNTED;

  constructor(private readonly events: ChatEvents) {}

  /** V1 has its increments in `message`, V2 in `delta`. */
  take(event: unknown): void {
    const { choices, usage, error_code: code } = fieldsOf(event);
    if (code !== undefined) throw refusal(200, event);
    this.counted = countOf(fieldsOf(usage)['completion_tokens'] ?? this.counted);
    const choice = fieldsOf(Array.isArray(choices) ? choices[0] : undefined);
    const { content, reasoning_content: thought } = fieldsOf(choice['message'] ?? choice['delta']);
    if (textOf(thought) !== '') this.events.thought(textOf(thought));
    if (textOf(content) !== '') this.events.answer(textOf(content));
    if (textOf(choice['finish_reason']) !== '' || this.tokens !== undefined) this.tokens = this.counted;
  }

  readonly refuse = refusal;
}

interface Token {
  readonly text: string;
  readonly expiresAtUnixMs: number;
}

/** Huawei Pangu: signs in for a token, keeps it until it expires by the board's clock, and asks with it. */
export class PanguChat implements ChatProtocol {
  readonly name = 'pangu';
  readonly url: URL;
  private token: Token | undefined;

  constructor(private readonly services: BoardServices) {
    const { url, model, credentials } = services.provider;
    this.url = new URL(url);
    if (this.url.pathname === '/')
      this.url.pathname = `/v1/${credentials['project']}/deployments/${model}/chat/completions`;
  }

  async ask(question: string, events: ChatEvents, signal: AbortSignal): Promise<number> {
    const { model } = this.services.provider;
    if (this.token === undefined || this.token.expiresAtUnixMs <= this.services.wallClock.unixMs()) {
      this.token = await this.signIn(signal);
      events.signedIn(Buffer.byteLength(this.token.text));
    }
    const headers = { 'Content-Type': 'application/json', 'X-Auth-Token': this.token.text };
    // V1 knows the model by its path.
    const named = this.url.pathname.startsWith('/api/v2/') ? { model } : {};
    const body = JSON.stringify({ ...named, messages: [{ role: 'user', content: question }], stream: true });
    const sent = (): void => events.sent();
    const answer = await postQuestion(this.services, { url: this.url, headers, body }, sent, signal);
    // A token that is not taken any more is of no use; the next question signs in again.
    if (answer.status === 401) this.token = undefined;
    return readEventStream(answer, new PanguReader(events));
  }

  private async signIn(signal: AbortSignal): Promise<Token> {
    const { user, password, domain, project } = this.services.provider.credentials;
    const identity = {
      methods: ['password'],
      password: { user: { name: user, password, domain: { name: domain } } },
    };
    const request = {
      url: new URL('/v3/auth/tokens?nocatalog=true', this.url),
      headers: { 'Content-Type': 'application/json;charset=utf8' },
      body: JSON.stringify({ auth: { identity, scope: { project: { name: project } } } }),
    };
    const answer = await postQuestion(this.services, request, () => undefined, signal);
    const body = parsed(await answer.text());
    const text = answer.headers['x-subject-token'];
    if (answer.status !== 201 || typeof text !== 'string') throw refusal(answer.status, body);
    const expires = Date.parse(textOf(fieldsOf(fieldsOf(body)['token'])['expires_at']));
    return { text, expiresAtUnixMs: Number.isNaN(expires) ? Infinity : expires };
  }
}
