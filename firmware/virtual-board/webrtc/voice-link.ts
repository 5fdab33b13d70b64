import type { BoardServices } from '../dialect/application';
import { CHUNK_MS } from '../sound/uplink';
import { coderOf, type AudioCoder } from './audio-codec';
import type { AudioFormat } from './audio-format';
import { WebRtcPeer, type WebRtcLibrary } from './peer';
import { ReplyStream, type SoundCounts } from './reply-stream';

/** What a firmware's build says of its connection. */
export interface VoiceLinkOptions {
  readonly format: AudioFormat;
  readonly channelLabel: string;
  readonly iceLite: boolean;
}

/** What a connection reports, in this order; nothing after `lost`, or after the board closed or cut it. */
export interface VoiceLinkEvents {
  connected(): void;
  channelOpened(): void;
  message(text: string): void;
  lost(): void;
}

/** Packets of one direction. */
export interface Traffic {
  /** Time stamp of the latest, in milliseconds. */
  readonly ptsMs: number;
  readonly packets: number;
  readonly bytes: number;
}

const nothing: Traffic = { ptsMs: 0, packets: 0, bytes: 0 };
const loopback = /^(127\.|localhost$|\[?::1)/;

/** One WebRTC connection with the board's microphone and speaker at it. */
export class VoiceLink {
  private readonly peer: WebRtcPeer;
  private readonly coder: AudioCoder;
  private readonly replies: ReplyStream;
  private sentCounts = nothing;
  private receivedCounts = nothing;
  private firstTimestamp: number | undefined;

  constructor(
    library: WebRtcLibrary,
    private readonly services: BoardServices,
    private readonly options: VoiceLinkOptions,
    private readonly events: VoiceLinkEvents,
  ) {
    const { sound, faults, provider } = services;
    const { format, channelLabel, iceLite } = options;
    this.coder = coderOf(format);
    this.replies = new ReplyStream(sound, faults, format, this.coder, () => services.hostNowMs());
    const onLoopback = loopback.test(new URL(provider.url).hostname);
    this.peer = new WebRtcPeer(
      library,
      { format, channelLabel, iceLite, onLoopback, after: (delayMs, run) => services.after(delayMs, run) },
      {
        connected: () => this.connect(),
        channelOpened: () => events.channelOpened(),
        message: (text) => events.message(text),
        packet: (packet) => {
          this.firstTimestamp ??= packet.timestamp;
          const ticks = (packet.timestamp - this.firstTimestamp) >>> 0;
          this.receivedCounts = this.counted(this.receivedCounts, ticks, packet.payload);
          this.replies.receive(packet);
        },
        lost: () => {
          this.services.sound.closeMicrophone();
          events.lost();
        },
      },
    );
  }

  /** How replies arrived. */
  get soundCounts(): SoundCounts {
    return this.replies.counts;
  }

  get sent(): Traffic {
    return this.sentCounts;
  }

  get received(): Traffic {
    return this.receivedCounts;
  }

  offer(): Promise<string> {
    return this.peer.offer();
  }

  /** @throws Error for what is no answer. */
  accept(answerSdp: string): Promise<void> {
    return this.peer.accept(answerSdp);
  }

  /** False when the data channel is not open. */
  sendText(text: string): boolean {
    return this.peer.sendText(text);
  }

  /** The fault `panic-mid-reply` strikes in the next reply. */
  doomNextReply(): void {
    this.replies.doomNextReply(() => this.services.strike('playback'));
  }

  /** Says goodbye and is silent. */
  close(): void {
    this.peer.close();
    this.silence();
  }

  /** Ends without a goodbye. */
  cut(): void {
    this.peer.cut();
    this.silence();
  }

  private silence(): void {
    const { sound } = this.services;
    sound.closeMicrophone();
    sound.watchPlayback(undefined);
    sound.stopPlayback();
    this.coder.close();
  }

  private connect(): void {
    const { sound, faults } = this.services;
    const { format } = this.options;
    const ticks = (format.clockRateHz * CHUNK_MS) / 1000;
    sound.playRtp(this.replies);
    sound.openMicrophone(format.sampleRateHz, (samples) => {
      // A board that cannot be interrupted listens only while it is silent.
      const heard = faults.has('no-barge-in') && sound.isPlaying ? new Int16Array(samples.length) : samples;
      const payload = this.coder.encode(heard);
      if (!this.peer.sendAudio(payload, ticks)) return undefined;
      const next = this.sentCounts.packets * ticks;
      this.sentCounts = this.counted(this.sentCounts, next, payload);
      return this.services.hostNowMs();
    });
    this.events.connected();
  }

  private counted({ packets, bytes }: Traffic, ticks: number, payload: Buffer): Traffic {
    return {
      ptsMs: Math.floor((ticks * 1000) / this.options.format.clockRateHz),
      packets: packets + 1,
      bytes: bytes + payload.length,
    };
  }
}
