import type { ReplCommand } from '../console/repl';
import { identityOf } from '../firmware-identity';
import { voiceBoard } from '../start-up';
import {
  socketSchemes,
  type Application,
  type BoardServices,
  type FirmwareDialect,
  type SessionState,
} from './application';
import { realtimeWsCommands } from './realtime-ws-commands';
import { RealtimeWsLink, sessionUrl } from './realtime-ws-link';
import type { ClientEvent } from './realtime-ws-messages';
import { RealtimeWsSession } from './realtime-ws-session';

const TAG = 'REALTIME_WS';
const TRIES = 3;
const RETRY_MS = 2_000;

/** The WebSocket client for the OpenAI Realtime API of docs/dialect-realtime-ws.md. */
export class RealtimeWsApplication implements Application {
  readonly commands: readonly ReplCommand[];
  private link: RealtimeWsLink | undefined;
  /** Connections that were said goodbye to and are not gone yet. */
  private leaving: readonly RealtimeWsLink[] = [];
  private conversation: RealtimeWsSession | undefined;
  private online = false;
  private state: SessionState = 'none';
  private cancelRetry: (() => void) | undefined;

  constructor(private readonly services: BoardServices) {
    this.commands = realtimeWsCommands(services, this);
  }

  get session(): SessionState {
    return this.conversation?.ready === true ? 'ready' : this.state;
  }

  networkUp(): void {
    this.online = true;
    this.start();
  }

  networkDown(): void {
    this.online = false;
    this.stop();
  }

  /** Closes the session if there is one and opens a new one. */
  start(): void {
    this.stop();
    if (this.online) this.connect(1);
    else this.services.console.log('E', 'OPENAI_APP', 'Wifi not connected yet');
  }

  /** Ends the session, or the attempts to get one, and says so; does nothing when there is neither. */
  stop(): void {
    if (this.link === undefined && this.cancelRetry === undefined) return;
    if (this.link !== undefined) {
      this.link.close();
      this.leaving = [...this.leaving.filter((link) => !link.isGone), this.link];
    }
    this.forget('none');
    this.services.sound.stopPlayback();
    this.services.console.log('I', TAG, 'Session stopped');
  }

  /** Prints and sends an event; false without a usable session. */
  send(event: ClientEvent): boolean {
    if (this.conversation?.ready !== true) return false;
    this.conversation.announce(event);
    return true;
  }

  freeze(): void {
    this.link?.freeze();
  }

  cut(): void {
    this.link?.cut();
    for (const link of this.leaving) link.cut();
    this.forget('none');
  }

  private connect(attempt: number): void {
    const { console, provider } = this.services;
    this.state = 'connecting';
    console.log('I', TAG, `Connecting to ${sessionUrl(provider)}`);
    const failed = (text: string): void => {
      this.forget('closed');
      console.log('E', TAG, `Connect failed: ${text}`);
      if (attempt < TRIES) this.retry(attempt + 1);
    };
    try {
      this.link = new RealtimeWsLink(provider, {
        opened: (socket) => {
          this.state = 'open';
          this.conversation = new RealtimeWsSession(this.services, socket);
          console.log('I', TAG, 'WebSocket connected');
        },
        message: (text) => this.conversation?.receive(text),
        failed,
        error: (text) => console.log('E', TAG, `WebSocket error: ${text}`),
        closed: (code, reason) => {
          this.forget('closed');
          console.log('W', TAG, `Session closed code=${code} reason=${reason}`);
        },
      });
    } catch (cause) {
      // A key or an address that no request can carry: to the firmware one more way not to connect.
      failed(cause instanceof Error ? cause.message : String(cause));
    }
  }

  private retry(attempt: number): void {
    this.state = 'connecting';
    this.cancelRetry = this.services.after(RETRY_MS, () => {
      this.cancelRetry = undefined;
      this.connect(attempt);
    });
  }

  /** What was received of a reply plays on when the connection goes: it is in the board's memory. */
  private forget(state: SessionState): void {
    this.services.sound.closeMicrophone();
    this.cancelRetry?.();
    this.cancelRetry = undefined;
    this.link = undefined;
    this.conversation = undefined;
    this.state = state;
  }
}

export const realtimeWs: FirmwareDialect = {
  identity: identityOf('realtime_ws', '0.1.0'),
  startUp: voiceBoard,
  access: {
    schemes: socketSchemes,
    credentials: { apiKey: 'virtual-board-key' },
    model: 'gpt-realtime',
  },
  start: (services) => new RealtimeWsApplication(services),
};
