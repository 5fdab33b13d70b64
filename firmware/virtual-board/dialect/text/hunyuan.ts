import { requestSchemes, type AccessDefaults, type BoardServices } from '../application';
import {
  ChatFailure,
  countOf,
  fieldsOf,
  textOf,
  UNCOUNTED,
  type ChatEvents,
  type ChatProtocol,
} from './chat-protocol';
import { postQuestion } from './chat-request';
import { readEventStream, type EventReader } from './event-stream-answer';
import { tc3Authorization } from './tc3-signature';

const CONTENT_TYPE = 'application/json';

/** Credentials are those that the mock lets in by default. */
export const hunyuanAccess: AccessDefaults = {
  schemes: requestSchemes,
  credentials: { secretId: 'AKIDEARSHOT', secretKey: 'earshot-secret-key' },
  model: 'hunyuan-lite',
};

class HunyuanReader implements EventReader {
  tokens: number | undefined;

  constructor(private readonly events: ChatEvents) {}

  take(event: unknown): void {
    const { Choices, Usage, ErrorMsg } = fieldsOf(event);
    if (ErrorMsg !== undefined) {
      const { Code, Msg } = fieldsOf(ErrorMsg);
      throw new ChatFailure(200, typeof Code === 'number' ? String(Code) : undefined, textOf(Msg));
    }
    const choice = fieldsOf(Array.isArray(Choices) ? Choices[0] : undefined);
    const { Content, ReasoningContent } = fieldsOf(choice['Delta']);
    if (textOf(ReasoningContent) !== '') this.events.thought(textOf(ReasoningContent));
    if (textOf(Content) !== '') this.events.answer(textOf(Content));
    if (textOf(choice['FinishReason']) !== '')
      this.tokens = countOf(fieldsOf(Usage)['CompletionTokens'] ?? UNCOUNTED);
  }

  refuse(status: number, body: unknown): ChatFailure {
    const { Code, Message } = fieldsOf(fieldsOf(fieldsOf(body)['Response'])['Error']);
    return new ChatFailure(status, textOf(Code) || undefined, textOf(Message) || 'no reason given');
  }
}

/** Tencent Hunyuan: a POST signed with TC3 by the board's clock, a stream of events without an end mark. */
export class HunyuanChat implements ChatProtocol {
  readonly name = 'hunyuan';
  readonly url: URL;

  constructor(private readonly services: BoardServices) {
    this.url = new URL(services.provider.url);
  }

  async ask(question: string, events: ChatEvents, signal: AbortSignal): Promise<number> {
    const { credentials, model } = this.services.provider;
    const { secretId = '', secretKey = '' } = credentials;
    const unixSeconds = Math.floor(this.services.wallClock.unixMs() / 1000);
    const body = JSON.stringify({
      Model: model,
      Messages: [{ Role: 'user', Content: question }],
      Stream: true,
    });
    const authorization = tc3Authorization({
      secretId,
      secretKey,
      service: 'hunyuan',
      host: this.url.host,
      contentType: CONTENT_TYPE,
      body,
      unixSeconds,
    });
    const headers = {
      'Content-Type': CONTENT_TYPE,
      Authorization: authorization,
      'X-TC-Action': 'ChatCompletions',
      'X-TC-Version': '2023-09-01',
      'X-TC-Timestamp': String(unixSeconds),
    };
    const sent = (): void => events.sent();
    const answer = await postQuestion(this.services, { url: this.url, headers, body }, sent, signal);
    return readEventStream(answer, new HunyuanReader(events));
  }
}
