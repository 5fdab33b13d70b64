import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { closeAll } from '../../../errors';
import type { TurnScript } from '../../../ports';
import { EventLog } from '../../event-log';
import { openRecogniser } from '../../hearing/open-recogniser';
import { typedPrompt } from '../../hearing/typed-prompt';
import { Delays } from '../../script/delays';
import { ReceivedArchive } from '../received-archive';
import { ReplyShelf } from '../reply-shelf';
import { modelOf, refusalOf, type AdmissionRules, type Refusal } from './auth';
import type { MockOptions, MockProvider } from '../mock-options';
import { makeCertificate } from '../http/certificate';
import { closeSocket } from './client-link';
import { Connection, type ConnectionContext } from './connection';
import { openListener, type Listener } from './listener';
import { errorEvent } from './wire-events';

export interface MockProviderOptions extends Omit<MockOptions, 'credentials'> {
  /** The only key that is let in; default: any that is not empty. */
  readonly apiKey?: string;
  /** Default: every name that starts with `gpt-realtime`. */
  readonly models?: readonly string[];
  /**
   * `lenient` (default) ends a function-call response in the tick of its events; `strict` keeps it active for 40 ms, so that a
   * client that asks for the next response at once gets `conversation_already_has_active_response` (providers.md 1.3).
   */
  readonly toolRace?: 'lenient' | 'strict';
  /** Default 64; further ones are refused with close code 1013. */
  readonly maxSessions?: number;
  /** Default 60 minutes. */
  readonly sessionMaxMs?: number;
  /** Default 20 260, as the service does. */
  readonly pingIntervalMs?: number;
  /** How long a PING may stay unanswered before the session is cut. Default 20 000. */
  readonly pongTimeoutMs?: number;
  /** How much a client may leave unread before the session is cut. Default 16 MiB, more than the longest reply. */
  readonly maxUnsentBytes?: number;
  /** Compiled entry of the recognition worker; default: the one beside the compiled mock, else none (recognises in thread). */
  readonly workerPath?: string;
}

const STRICT_DONE_DELAY_MS = 40;
const KEEP_RECEIVED_MS = 120_000;
const MODEL = 'gpt-realtime';

/**
 * Opens a scripted OpenAI Realtime service (GA, WebSocket) in this process.
 * @throws ProviderError `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`, `HIL_CORPUS_UNKNOWN_CLIP`, `HIL_AUDIO_RATE`.
 */
export async function createMockProvider(options: MockProviderOptions): Promise<MockProvider> {
  const { clock, corpus, scenario } = options;
  const host = options.host ?? '127.0.0.1';
  const log = new EventLog(clock);
  const replies = new ReplyShelf(corpus, scenario.pacing.chunkMs);
  replies.prepareScenario(scenario);
  const archive = new ReceivedArchive();
  const prompts = [...corpus.prompts.values()];
  const recogniser = await openRecogniser(prompts, { workerPath: options.workerPath });
  const rules: AdmissionRules = { apiKey: options.apiKey, models: options.models };
  const open = new Set<Connection>();
  let script: TurnScript | undefined;
  let lost: Error | undefined;
  recogniser.onLost((error) => {
    lost = error;
    for (const connection of open) connection.fail(error.message);
  });

  const refuse = (socket: WebSocket, refusal: Refusal): void => {
    const { code, message, closeCode, closeReason } = refusal;
    socket.send(JSON.stringify(errorEvent({ code, message, param: null })));
    log.emit({ type: 'error', code: code ?? closeReason, message });
    closeSocket(socket, clock, closeCode, closeReason);
  };
  const fullOrLost = (): Refusal | undefined => {
    if (lost !== undefined)
      return { code: 'server_error', message: lost.message, closeCode: 1011, closeReason: 'server_error' };
    if (open.size < (options.maxSessions ?? 64)) return undefined;
    const [code, message] = ['session_limit_reached', `The mock serves ${open.size} sessions already.`];
    return { code, message, closeCode: 1013, closeReason: code };
  };
  const shared: ConnectionContext = {
    clock,
    unixNowMs: options.unixNowMs ?? (() => new Date().getTime()),
    scenario,
    delays: new Delays(scenario.seed),
    recogniser,
    replies,
    toolDoneDelayMs: options.toolRace === 'strict' ? STRICT_DONE_DELAY_MS : 0,
    keepReceivedMs: KEEP_RECEIVED_MS,
    sessionMaxMs: options.sessionMaxMs ?? 3_600_000,
    pingIntervalMs: options.pingIntervalMs ?? 20_260,
    pongTimeoutMs: options.pongTimeoutMs ?? 20_000,
    maxUnsentBytes: options.maxUnsentBytes ?? 16 * 1024 * 1024,
    transcriptOf: (promptId) => corpus.prompts.get(promptId)?.transcript,
    typed: (text) => typedPrompt(prompts, text),
    answerOverride: () => script?.answer,
    log: (event, hostAtMs) => log.emit(event, hostAtMs),
  };
  const accept = (socket: WebSocket, request: IncomingMessage): void => {
    // ws reports a broken frame or reset here and closes by itself; the close is what gets logged.
    socket.on('error', () => undefined);
    const refusal = refusalOf(request, rules) ?? fullOrLost();
    if (refusal !== undefined) {
      refuse(socket, refusal);
      return;
    }
    const connection = new Connection(socket, modelOf(request) ?? MODEL, shared);
    open.add(connection);
    archive.open(connection.session.id, connection.received);
    socket.on('close', () => {
      open.delete(connection);
      archive.close(connection.session.id);
    });
    connection.open();
  };

  const opened: (Listener | typeof recogniser)[] = [recogniser];
  try {
    const plain = await openListener({ host, port: options.port ?? 0, certificate: undefined, accept });
    opened.push(plain);
    const certificate = options.tls === true ? await makeCertificate() : options.tls || undefined;
    const secure =
      certificate && (await openListener({ host, port: options.tlsPort ?? 0, certificate, accept }));
    if (secure) opened.push(secure);
    return {
      name: `mock:${scenario.name}`,
      protocol: 'openai-realtime',
      url: `ws://${host}:${plain.port}/v1/realtime?model=${MODEL}`,
      ...(secure && {
        tlsUrl: `wss://localhost:${secure.port}/v1/realtime?model=${MODEL}`,
        tlsCertificate: certificate.cert,
      }),
      get events() {
        return log.events;
      },
      onEvent: (listener) => log.onEvent(listener),
      onLost: (listener) => recogniser.onLost(listener),
      // Async, so that what it throws rejects.
      // eslint-disable-next-line @typescript-eslint/require-await
      expectTurn: async (next) => {
        replies.prepare([next.answer?.say]);
        script = next;
      },
      saveReceived: (window) => archive.save(window),
      close: () => closeAll(opened.splice(0)),
    };
  } catch (cause) {
    await closeAll(opened);
    throw cause;
  }
}
