import { openConnection } from '../network/connection';
import { postOn, type HttpAnswer } from '../network/http-post';
import { espErrorOf } from '../network/https-client';
import { identityOf } from '../firmware-identity';
import { embeddedSdk } from '../start-up';
import { opus } from '../webrtc/audio-format';
import type { WebRtcLibrary } from '../webrtc/peer';
import { VoiceLink } from '../webrtc/voice-link';
import {
  requestSchemes,
  socketSchemes,
  type Application,
  type BoardServices,
  type FirmwareDialect,
  type SessionState,
} from './application';
import { requestUrl } from './openai-demo/sign-in';

const TAG = 'realtimeapi-sdk';
/** esp_http_client's default. */
const PATIENCE_MS = 5_000;
/** The SDK's buffer for an answer, its final NUL included. */
const ANSWER_BUFFER_BYTES = 2048;
const CREATED = 201;
const format = opus(8_000, 30_000);
/** What it sends once its channel is open, byte for byte. */
const GREETING =
  '{"type": "response.create", "response": {"modalities": ["audio", "text"], "instructions": "Say \'How can I help?\'."}}';

/** States of libpeer, by the words that the SDK prints. */
type PeerWord = 'new' | 'checking' | 'connected' | 'completed' | 'failed' | 'closed' | 'disconnected';

/** No answer: what is printed of it. */
class NoAnswer extends Error {}

const orFail = async <T>(step: Promise<T>, espError: (cause: unknown) => string): Promise<T> => {
  try {
    return await step;
  } catch (cause) {
    if (cause instanceof NoAnswer) throw cause;
    throw new NoAnswer(`Error perform http request ${espError(cause)}`, { cause });
  }
};

/** OpenAI's realtime-embedded-sdk: docs/dialect-realtime-embedded-sdk.md. Whatever goes wrong, it restarts the chip. */
class EmbeddedSdk implements Application {
  readonly commands = [];
  session: SessionState = 'none';
  private link: VoiceLink | undefined;
  private readonly power = new AbortController();

  constructor(private readonly services: BoardServices) {}

  get soundCounts() {
    return this.link?.soundCounts;
  }

  networkUp(): void {
    this.session = 'connecting';
    void this.connect();
  }

  networkDown(): void {
    this.session = 'none';
  }

  cut(): void {
    this.power.abort();
    this.link?.cut();
  }

  private async connect(): Promise<void> {
    const library = await import('werift');
    if (this.isOver()) return;
    const link = this.open(library);
    this.link = link;
    this.tell('new');
    const offer = await link.offer();
    if (this.isOver()) return;
    const answer = await this.answerTo(offer).catch((cause: unknown) => {
      if (!(cause instanceof NoAnswer)) throw cause;
      this.complain(cause.message);
      return undefined;
    });
    if (this.isOver()) return;
    if (answer === undefined) {
      this.services.restart();
      return;
    }
    this.tell('checking');
    try {
      await link.accept(answer);
    } catch {
      if (this.isOver()) return;
      this.tell('failed');
      this.tell('closed');
      this.services.restart();
    }
  }

  private isOver(): boolean {
    return this.power.signal.aborted;
  }

  private open(library: WebRtcLibrary): VoiceLink {
    const link: VoiceLink = new VoiceLink(
      library,
      this.services,
      { format, channelLabel: 'oai-events', iceLite: false },
      {
        connected: () => {
          this.tell('connected');
          this.tell('completed');
        },
        channelOpened: () => {
          this.log('DataChannel created');
          this.session = 'ready';
          link.sendText(GREETING);
        },
        message: (text) => {
          const isPrompt = text.includes('"input_audio_buffer.speech_started"');
          if (isPrompt && this.services.faults.striking !== undefined) link.doomNextReply();
        },
        lost: () => {
          this.tell('disconnected');
          this.services.restart();
        },
      },
    );
    return link;
  }

  /** @throws NoAnswer with what is printed of it. */
  private async answerTo(offer: string): Promise<string> {
    const { provider } = this.services;
    const url = requestUrl(provider.url, '/v1/realtime');
    url.searchParams.set('model', provider.model);
    const headers = {
      Authorization: `Bearer ${provider.credentials['apiKey']}`,
      'Content-Type': 'application/sdp',
    };
    const connecting = openConnection(this.services, url, this.power.signal, false);
    const socket = await orFail(connecting, () => 'ESP_ERR_HTTP_CONNECT');
    this.log('HTTP_EVENT_ON_CONNECTED');
    const post = { url, headers, body: offer, patienceMs: PATIENCE_MS };
    const sent = (): void => this.log('HTTP_EVENT_HEADERS_SENT');
    const answer = await orFail(postOn(this.services, socket, post, sent), espErrorOf);
    return orFail(this.bodyOf(answer), espErrorOf);
  }

  private async bodyOf({ status, rawHeaders, headers, pieces }: HttpAnswer): Promise<string> {
    for (let i = 0; i < rawHeaders.length; i += 2)
      this.log(`HTTP_EVENT_ON_HEADER, key=${rawHeaders[i]}, value=${rawHeaders[i + 1]}`);
    if (headers['transfer-encoding'] !== undefined) throw new NoAnswer('Chunked HTTP response not supported');
    const received: Buffer[] = [];
    for await (const piece of pieces) {
      this.log(`HTTP_EVENT_ON_DATA, len=${piece.length}`);
      received.push(piece);
    }
    this.log('HTTP_EVENT_ON_FINISH');
    this.log('HTTP_EVENT_DISCONNECTED');
    if (status !== CREATED) throw new NoAnswer('Error perform http request ESP_OK');
    return Buffer.concat(received)
      .subarray(0, ANSWER_BUFFER_BYTES - 1)
      .toString();
  }

  private complain(message: string): void {
    if (!this.isOver()) this.services.console.log('E', TAG, message);
  }

  private tell(word: PeerWord): void {
    this.log(`PeerConnectionState: ${word}`);
  }

  private log(message: string): void {
    if (!this.isOver()) this.services.console.log('I', TAG, message);
  }
}

export const embeddedSdkDialect: FirmwareDialect = {
  identity: identityOf('src', '464a9f0'),
  startUp: embeddedSdk,
  panicEnd: 'reboot',
  dacRateHz: format.sampleRateHz,
  access: {
    schemes: [...requestSchemes, ...socketSchemes],
    credentials: { apiKey: 'virtual-board-key' },
    model: 'gpt-4o-mini-realtime-preview-2024-12-17',
  },
  start: (services) => new EmbeddedSdk(services),
};
