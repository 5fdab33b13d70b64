import type { Clock } from '../../../ports';
import type { UnstampedEvent } from '../../event-log';
import type { Reply, ReplyShelf } from '../reply-shelf';
import type { Fault, Json } from '../json/check';
import { codingOf, lawOf } from './audio-coding';
import type { ConversationItem } from './conversation';
import { wireEvent, type WireEvent } from './wire-events';

/** What goes wrong in the middle of a reply that is played here. */
export interface Midway {
  /** From the reply's start. */
  readonly atMs: number;
  /** Told once, when that much has been played; true: the sound stops there, and nobody says so. */
  readonly reached: () => boolean;
}

/** A stretch of a reply that a response has made. */
export interface SpokenPart {
  readonly responseId: string;
  readonly item: ConversationItem;
  readonly reply: Reply;
  /** Which of the reply's packets. */
  readonly packet: number;
  readonly fromSample: number;
  readonly lengthSamples: number;
  readonly send: (event: WireEvent) => void;
  /** Sends the words of this stretch: before the sound, or once its start was told (reference/providers.md 2.9). */
  readonly sendWords: () => void;
  readonly midway?: Midway;
}

/** Where the sound of a session's replies goes: into its events, or into a buffer that plays it in real time. */
export interface ReplyOutlet {
  /** What an utterance sounds like here. @throws ProviderError `HIL_CORPUS_UNKNOWN_CLIP`, `HIL_AUDIO_RATE`. */
  replyFor(utterance: string, outputAudio: Json): Reply;
  say(part: SpokenPart): void;
  /** Nothing more comes of a response. */
  madeAll(responseId: string): void;
  /** Calls back when all that was said has been played; in this tick where nothing is played. */
  whenPlayed(step: () => void): void;
  /** True while it plays, or will once more was made. */
  readonly isPlaying: boolean;
  /** Somebody speaks over it. */
  interrupt(): void;
  /** `output_audio_buffer.clear` of a client; a fault where nothing is played here. */
  clear(): Fault | undefined;
  /** The session is over. */
  stop(): void;
}

/** Sound in `response.output_audio.delta`: the client plays it. */
export class DeltaOutlet implements ReplyOutlet {
  readonly isPlaying = false;

  constructor(
    private readonly context: {
      readonly clock: Clock;
      readonly replies: ReplyShelf;
      readonly log: (event: UnstampedEvent, hostAtMs?: number) => void;
    },
  ) {}

  replyFor(utterance: string, { format }: Json): Reply {
    return this.context.replies.get(utterance, lawOf[codingOf(format)]);
  }

  say({ responseId, item, reply, packet, fromSample, lengthSamples, send, sendWords }: SpokenPart): void {
    sendWords();
    const ids = { response_id: responseId, item_id: item.id, output_index: 0, content_index: 0 };
    const event = wireEvent('response.output_audio.delta', { ...ids, delta: reply.packets[packet] ?? '' });
    const hostAtMs = this.context.clock.nowMs();
    send(event);
    const sent = { replyId: reply.clip.id, rateHz: reply.rateHz, fromSample, lengthSamples };
    this.context.log({ type: 'audio-out', responseId, itemId: item.id, ...sent }, hostAtMs);
  }

  madeAll(): void {
    // The client has all of it.
  }

  whenPlayed(step: () => void): void {
    step();
  }

  interrupt(): void {
    // The client stops its own speaker.
  }

  clear(): Fault {
    const message =
      'output_audio_buffer.clear is for WebRTC only: over a WebSocket, the client plays the audio.';
    return { code: 'invalid_value', message, param: 'type' };
  }

  stop(): void {
    // Nothing goes on here.
  }
}
