import type { ProviderEvent } from '../../../ports';
import { HEARD_RATE_HZ } from '../../mock/openai-realtime/connection';
import type { Json } from '../../mock/json/check';
import { objectIn, textIn, type SeenEvent } from '../realtime/wire-event';

type AudioOut = Omit<
  Extract<ProviderEvent, { readonly type: 'audio-out' }>,
  'seq' | 'hostAtMs' | 'type' | 'sessionId'
>;

/** Sound of a reply, as it follows what came of it before. */
export interface SaidSound {
  readonly responseId: string;
  readonly itemId: string;
  /** Mono 16-bit at 24 000 Hz. */
  readonly samples: Int16Array;
  /** It stands in for sound that was lost on the way to the proxy. */
  readonly isInvented: boolean;
}

export interface SpokenRepliesContext {
  /** Source and clock of the packets as the board gets them. */
  readonly source: number;
  readonly clockRateHz: number;
  readonly said: (sound: SaidSound, hostAtMs: number) => void;
  readonly sent: (what: AudioOut, hostAtMs: number) => void;
}

interface Piece {
  readonly samples: Int16Array;
  readonly arrivedAtHostMs: number;
  readonly isInvented: boolean;
  readonly timestamp: number;
}

interface Reply {
  readonly responseId: string;
  readonly itemId: string;
  samples: number;
  /** Undefined: it goes on. */
  endedAtHostMs: number | undefined;
}

/** Events and sound travel apart: sound may come this much ahead of the event that says whose it is, and behind its end. */
const AHEAD_MS = 300;
const BEHIND_MS = 100;
/** -60 dB re full scale: less is no speech, whatever else a provider may send between replies. */
const AUDIBLE = 33;

/** Tells which of the sound of a call belongs to which reply, by `output_audio_buffer.started`, `stopped` and `cleared`. */
export class SpokenReplies {
  private readonly items = new Map<string, string>();
  private current: Reply | undefined;
  /** What came while no reply was spoken, newest last. */
  private ahead: Piece[] = [];
  private beginsAt: number | undefined;

  constructor(private readonly context: SpokenRepliesContext) {}

  /** Reads an event of the provider. */
  read(event: SeenEvent, hostAtMs: number): void {
    switch (event.type) {
      case 'response.output_item.added':
        this.noteItem(textIn(event, 'response_id'), objectIn(event, 'item'));
        return;
      case 'output_audio_buffer.started':
        this.start(textIn(event, 'response_id'), hostAtMs);
        return;
      case 'output_audio_buffer.stopped':
      case 'output_audio_buffer.cleared':
        if (this.current !== undefined) this.current.endedAtHostMs ??= hostAtMs;
    }
  }

  /** The packet with this time stamp has the marker: a talkspurt begins with it (RFC 3551 section 4.1). */
  begins(timestamp: number): void {
    this.beginsAt = timestamp;
  }

  /** Takes sound in order, as `TrackReception` tells it. */
  hear(
    samples: Int16Array,
    arrivedAtHostMs: number,
    isInvented: boolean,
    timestamp: number | undefined,
  ): void {
    const { current } = this;
    if (current !== undefined && arrivedAtHostMs <= (current.endedAtHostMs ?? Infinity) + BEHIND_MS) {
      this.keep(current, samples, arrivedAtHostMs, isInvented, timestamp);
      return;
    }
    this.current = undefined;
    // Silence that nobody sent begins nothing.
    if (timestamp === undefined) return;
    this.ahead = this.ahead.filter((piece) => arrivedAtHostMs - piece.arrivedAtHostMs <= AHEAD_MS);
    this.ahead.push({ samples, arrivedAtHostMs, isInvented, timestamp });
  }

  private noteItem(responseId: string, { type, id }: Json): void {
    if (type === 'message' && typeof id === 'string') this.items.set(responseId, id);
  }

  private start(responseId: string, hostAtMs: number): void {
    const itemId = this.items.get(responseId) ?? responseId;
    this.items.delete(responseId);
    const reply: Reply = { responseId, itemId, samples: 0, endedAtHostMs: undefined };
    this.current = reply;
    const ahead = this.ahead.splice(0).filter((piece) => hostAtMs - piece.arrivedAtHostMs <= AHEAD_MS);
    const marked = ahead.findIndex(({ timestamp }) => timestamp === this.beginsAt);
    const first = marked >= 0 ? marked : ahead.findIndex(isAudible);
    if (first < 0) return;
    for (const { samples, arrivedAtHostMs, isInvented, timestamp } of ahead.slice(first))
      this.keep(reply, samples, arrivedAtHostMs, isInvented, timestamp);
  }

  private keep(
    reply: Reply,
    samples: Int16Array,
    hostAtMs: number,
    isInvented: boolean,
    timestamp: number | undefined,
  ): void {
    const isFirst = reply.samples === 0;
    if (samples.length === 0 || (isFirst && timestamp === undefined)) return;
    const { source: ssrc, clockRateHz, said, sent } = this.context;
    const { responseId, itemId, samples: fromSample } = reply;
    reply.samples += samples.length;
    said({ responseId, itemId, samples, isInvented }, hostAtMs);
    const place = { rateHz: HEARD_RATE_HZ, fromSample, lengthSamples: samples.length };
    // What is kept was decoded, as it is on the board: both have the codec's delay.
    const rtp = timestamp === undefined ? undefined : { ssrc, timestamp, clockRateHz, codecDelayMs: 0 };
    sent({ responseId, itemId, replyId: itemId, ...place, ...(isFirst && rtp && { rtp }) }, hostAtMs);
  }
}

function isAudible({ samples }: Piece): boolean {
  const { abs } = Math;
  return samples.some((sample) => abs(sample) > AUDIBLE);
}
