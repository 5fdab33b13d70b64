import type { Cancel } from '../../board-clock';
import type { ReplCommand } from '../../console/repl';
import { opus, type AudioFormat } from '../../webrtc/audio-format';
import { VoiceLink, type Traffic } from '../../webrtc/voice-link';
import type { WebRtcLibrary } from '../../webrtc/peer';
import type { Application, BoardServices, SessionState } from '../application';
import { demoCommands } from './commands';
import { Conversation } from './conversation';
import type { ConnectionEvent, Generation, PeerState } from './generation';
import { BetaSignIn, GaSignIn, type SignIn } from './sign-in';

const TAG = 'webrtc';
const STATISTICS_MS = 2_000;
/** Numbers of esp_codec_dev in what is printed of the codec. */
const CODEC_NUMBERS = { opus: 3, pcma: 1 } as const;

/** Speech as the demo codes it: 80 bytes a packet in the statistics of device.md 1.4. */
export const demoOpus = opus(16_000, 32_000);

/** Espressif's openai_demo and its forks: docs/dialect-openai-demo.md, "The virtual board". */
export class OpenaiDemo implements Application {
  readonly commands: readonly ReplCommand[];
  private online = false;
  private state: SessionState = 'none';
  private link: VoiceLink | undefined;
  private conversation: Conversation | undefined;
  /** The attempt or session that is under way; aborted with it. */
  private current: AbortController | undefined;
  private cancelStatistics: Cancel = () => undefined;

  constructor(
    private readonly services: BoardServices,
    private readonly generation: Generation,
    private readonly format: AudioFormat,
  ) {
    this.commands = demoCommands(services, this, generation.hasDumpCommand);
  }

  get session(): SessionState {
    return this.conversation?.ready === true ? 'ready' : this.state;
  }

  get soundCounts() {
    return this.link?.soundCounts;
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
    if (!this.online) {
      this.services.console.log('E', 'OPENAI_APP', 'Wifi not connected yet');
      return;
    }
    const current = new AbortController();
    this.current = current;
    this.state = 'connecting';
    void this.connect(current.signal);
  }

  stop(): void {
    if (this.current === undefined) return;
    const wasOpen = this.conversation !== undefined;
    this.link?.close();
    this.forget('none');
    if (wasOpen) this.tellChannelClosed();
    this.tellState('closed');
    this.tellEvent('disconnected');
  }

  say(words: string): boolean {
    return this.conversation?.say(words) ?? false;
  }

  cut(): void {
    this.link?.cut();
    this.forget('none');
  }

  private async connect(signal: AbortSignal): Promise<void> {
    // A call, since the signal changes while something is waited for.
    const isOver = (): boolean => signal.aborted;
    const { console } = this.services;
    const signIn: SignIn =
      this.generation.signalling === 'ga'
        ? new GaSignIn(this.services, signal)
        : new BetaSignIn(this.services, signal);
    const token = await signIn.token();
    if (isOver()) return;
    this.tellEvent('connecting');
    if (token === undefined) {
      this.fail();
      return;
    }
    this.tellState('new');
    // Boards of other dialects need no WebRTC, which takes a while to load.
    const library = await import('werift');
    if (isOver()) return;
    const link = this.open(library);
    console.log('I', TAG, 'peer_connection_task started');
    const offer = await link.offer();
    if (isOver()) return;
    console.log('I', TAG, `Send client sdp: ${offer}\n`);
    console.print('Receive local SDP\n');
    const answer = await signIn.answerTo(offer, token);
    if (isOver()) return;
    const accepted = answer !== undefined && (await isAccepted(link, answer));
    if (isOver()) return;
    if (!accepted) {
      this.fail();
      return;
    }
    this.tellState('paired');
    this.tellEvent('paired');
  }

  private open(library: WebRtcLibrary): VoiceLink {
    const { format, generation } = this;
    const { channelLabel } = generation;
    const link = new VoiceLink(
      library,
      this.services,
      { format, channelLabel, iceLite: true },
      {
        connected: () => this.connected(),
        channelOpened: () => this.channelOpened(link),
        message: (text) => this.conversation?.receive(text),
        lost: () => this.lost(),
      },
    );
    this.link = link;
    return link;
  }

  private connected(): void {
    const { name, sampleRateHz } = this.format;
    this.tellState('connected');
    this.tellEvent('connected');
    this.services.console.print(`Add audio codec ${CODEC_NUMBERS[name]} sample_rate ${sampleRateHz}\n`);
    this.printStatistics({ packets: 0, bytes: 0 }, { packets: 0, bytes: 0 });
  }

  private channelOpened(link: VoiceLink): void {
    this.state = 'open';
    this.tellEvent('channel-connected');
    this.tellEvent('channel-opened');
    this.conversation = new Conversation(
      this.services,
      this.generation,
      (text) => link.sendText(text),
      () => {
        if (this.services.faults.striking !== undefined) link.doomNextReply();
      },
    );
    this.conversation.begin();
  }

  /** The other side has gone: what was received plays on, and nobody connects again. */
  private lost(): void {
    const wasOpen = this.conversation !== undefined;
    this.forget('closed');
    if (wasOpen) this.tellChannelClosed();
    this.tellState('disconnected');
    this.tellEvent(wasOpen ? 'disconnected' : 'connect-failed');
  }

  private fail(): void {
    this.link?.close();
    this.forget('closed');
    this.tellState('failed');
    this.tellEvent('connect-failed');
  }

  private forget(state: SessionState): void {
    this.current?.abort();
    this.current = undefined;
    this.cancelStatistics();
    this.link = undefined;
    this.conversation = undefined;
    this.state = state;
  }

  private tellChannelClosed(): void {
    this.tellEvent('channel-closed');
    this.tellEvent('channel-disconnected');
  }

  private tellEvent(event: ConnectionEvent): void {
    const number = this.generation.numbering.events[event];
    if (number === undefined) return;
    this.services.console.print(`${'='.repeat(20)}Event ${number}${'='.repeat(22)}\n`);
  }

  private tellState(state: PeerState): void {
    const number = this.generation.numbering.states[state];
    this.services.console.log('I', TAG, `PeerConnectionState: ${number}`);
  }

  /** Every 2 s: what has gone and come since the line before. */
  private printStatistics(sentBefore: Counted, receivedBefore: Counted): void {
    this.cancelStatistics = this.services.after(STATISTICS_MS, () => {
      if (this.link === undefined) return;
      const { sent, received } = this.link;
      const line = `Send A:${since(sent, sentBefore)} Recv A:${since(received, receivedBefore)}\n`;
      this.services.console.log('I', TAG, line);
      this.printStatistics(sent, received);
    });
  }
}

type Counted = Pick<Traffic, 'packets' | 'bytes'>;

const since = ({ ptsMs, packets, bytes }: Traffic, before: Counted): string =>
  `${ptsMs} [${packets - before.packets}:${bytes - before.bytes}]`;

async function isAccepted(link: VoiceLink, answer: string): Promise<boolean> {
  try {
    await link.accept(answer);
    return true;
  } catch {
    return false;
  }
}
