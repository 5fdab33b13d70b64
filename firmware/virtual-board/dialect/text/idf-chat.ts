import type { ReplCommand } from '../../console/repl';
import { identityOf } from '../../firmware-identity';
import { openConnection } from '../../network/connection';
import { postOn, type HttpAnswer } from '../../network/http-post';
import { TimeSync } from '../../network/time-sync';
import { exampleProject } from '../../start-up';
import type { Application, BoardServices, FirmwareDialect, SessionState } from '../application';
import { completionAccess, completionRequest, completionsUrl, withContent } from './chat-completion';
import { garbled } from './garbled';

const TAG = 'HTTP_AI_CLIENT';
const PATIENCE_MS = 20_000;
/** The example's buffer of 2048 bytes with its final NUL. */
const BODY_LIMIT_BYTES = 2047;
/** -1 of a chunked body, printed as an unsigned number of 64 bits. */
const UNKNOWN_LENGTH = '18446744073709551615';

/** A request that ended here; the message is the console's. */
class Ended extends Error {}

const orEnd = async <T>(step: Promise<T>, message: string): Promise<T> => {
  try {
    return await step;
  } catch (cause) {
    throw new Ended(message, { cause });
  }
};

/** ESP-IDF's HTTP client example with a chat completion in it: asks once after each boot. */
class IdfChat implements Application {
  readonly commands: readonly ReplCommand[] = [];
  session: SessionState = 'none';
  private readonly sync: TimeSync;
  private readonly power = new AbortController();

  constructor(private readonly services: BoardServices) {
    this.sync = new TimeSync(services, true);
  }

  networkUp(): void {
    this.session = 'connecting';
    this.sync.start(() => void this.ask());
  }

  networkDown(): void {
    this.sync.stop();
  }

  cut(): void {
    this.sync.stop();
    this.power.abort();
  }

  private async ask(): Promise<void> {
    this.session = 'ready';
    try {
      const answer = await this.post();
      const body = await orEnd(this.read(answer), '读取响应失败');
      if (!this.power.signal.aborted) this.show(answer, body);
    } catch (cause) {
      if (this.power.signal.aborted) return;
      if (!(cause instanceof Ended)) throw cause;
      this.services.console.log('E', TAG, cause.message);
    }
    this.session = 'closed';
  }

  private async post(): Promise<HttpAnswer> {
    const { provider } = this.services;
    const url = completionsUrl(provider);
    const connection = openConnection(this.services, url, this.power.signal);
    const socket = await orEnd(connection, '连接失败: ESP_ERR_HTTP_CONNECT');
    this.log('HTTP_EVENT_ON_CONNECTED');
    const request = {
      url,
      headers: {
        Authorization: `Bearer ${provider.credentials['apiKey']}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify(completionRequest(provider)),
      patienceMs: PATIENCE_MS,
    };
    const sent = (): void => this.log('HTTP_EVENT_HEADERS_SENT');
    return orEnd(postOn(this.services, socket, request, sent), '获取头部信息失败');
  }

  /** All of the body; what the example has room for is decided when it is printed. */
  private async read({ rawHeaders, pieces }: HttpAnswer): Promise<Buffer> {
    for (let i = 0; i < rawHeaders.length; i += 2)
      this.log(`HTTP_EVENT_ON_HEADER, key=${rawHeaders[i]}, value=${rawHeaders[i + 1]}`);
    const received: Buffer[] = [];
    for await (const piece of pieces) {
      if (this.power.signal.aborted) break;
      this.log(`HTTP_EVENT_ON_DATA, len=${piece.length}`);
      received.push(piece);
    }
    this.log('HTTP_EVENT_ON_FINISH');
    return Buffer.concat(received);
  }

  private show({ status, headers }: HttpAnswer, received: Buffer): void {
    const { console, faults } = this.services;
    if (faults.has('lost-answer')) return;
    this.log(`HTTP状态码 = ${status}, 内容长度 = ${headers['content-length'] ?? UNKNOWN_LENGTH}`);
    if (faults.striking !== undefined) {
      this.services.strike('answer');
      return;
    }
    const body = faults.has('garbled-answer')
      ? Buffer.from(withContent(received.toString(), garbled))
      : received;
    console.log('I', TAG, Buffer.concat([Buffer.from('响应内容: '), body.subarray(0, BODY_LIMIT_BYTES)]));
    this.log('HTTP示例完成');
  }

  private log(message: string): void {
    if (!this.power.signal.aborted) this.services.console.log('I', TAG, message);
  }
}

export const idfChat: FirmwareDialect = {
  identity: identityOf('http_ai_client', '1.0.0'),
  startUp: exampleProject,
  access: completionAccess,
  start: (services) => new IdfChat(services),
};
