interface Stamp {
  /** Position in the provider's log, from 0. */
  readonly seq: number;
  readonly hostAtMs: number;
  /** The board's connection; absent for events of the provider itself. */
  readonly sessionId?: string;
}

/** Where a packet's sound stands in its RTP stream. */
export interface RtpPlace {
  readonly ssrc: number;
  /** Time stamp of the packet's first sample as on the wire: 32 bits, wraps. */
  readonly timestamp: number;
  /** Ticks of the time stamp in a second: 48 000 for Opus, 8000 for G.711. */
  readonly clockRateHz: number;
  /** A decoder lets a sample out so much later than its time stamp says: 6.5 ms of Opus, none of G.711. */
  readonly codecDelayMs: number;
}

/** How a talker's RTP packets arrived, counted by the receiver. */
export interface MediaCounts {
  /** Packets that were heard. */
  readonly packets: number;
  /** Packets that had not come when their sound was due; those that came later are `late` as well. */
  readonly lost: number;
  readonly late: number;
  readonly duplicated: number;
  /** Packets that overtook others, and were put in order. */
  readonly reordered: number;
  /** Packets that were no sound of the codec. */
  readonly undecodable: number;
  /** Sound that was made up for lost packets. */
  readonly concealedMs: number;
  /** Silence for pauses in which nothing was sent. */
  readonly silenceMs: number;
  /** Interarrival jitter at this moment: RFC 3550 section 6.4.1. */
  readonly jitterMs: number;
}

/** What the provider was asked, decided and sent, in order. Stream samples count the session's received audio from 0. */
export type ProviderEvent = Stamp &
  (
    | { readonly type: 'session-open' }
    | { readonly type: 'session-updated'; readonly tools: readonly string[] }
    | {
        readonly type: 'session-closed';
        readonly closeCode: number;
        readonly reason: string;
        /** Who ended it first; absent where nobody knows, as when a cable was cut, and in older runs. */
        readonly closedBy?: 'board' | 'provider';
      }
    | { readonly type: 'speech-started'; readonly onsetAtStreamSample: number }
    /** The turn decision: the user stopped. `offsetAtStreamSample` is the last loud sample, the silence window not included. */
    | { readonly type: 'endpoint'; readonly offsetAtStreamSample: number }
    | {
        readonly type: 'heard';
        /** Absent: an unknown utterance. */
        readonly promptId?: string;
        readonly utterance?: string;
        readonly language?: string;
        /** 0 to 1. */
        readonly confidence: number;
        /** The nearest candidate where it was not accepted. */
        readonly nearest?: string;
        /**
         * Of the `endpoint` that it is about: recognition takes its time, and the next speech may have begun by then. Absent: it
         * follows its endpoint at once, there was none (a button says when a turn ends), or the run is an older one.
         */
        readonly offsetAtStreamSample?: number;
      }
    | {
        readonly type: 'response-started';
        readonly responseId: string;
        readonly trigger: 'client' | 'turn-detected';
      }
    | {
        readonly type: 'tool-call';
        readonly responseId: string;
        readonly callId: string;
        readonly name: string;
        readonly arguments: Readonly<Record<string, unknown>>;
      }
    | { readonly type: 'tool-output'; readonly callId: string; readonly output: string }
    /** One audio packet was written. `replyId` is the corpus clip, samples count from its first at `rateHz`. */
    | {
        readonly type: 'audio-out';
        readonly responseId: string;
        readonly itemId: string;
        readonly replyId: string;
        readonly rateHz: number;
        readonly fromSample: number;
        readonly lengthSamples: number;
        /** Of the first packet of a reply that travels on RTP; those behind it follow without a gap. */
        readonly rtp?: RtpPlace;
      }
    /** What became of the sound of a session that travels on RTP, since the event before it or the session's start. */
    | ({ readonly type: 'media' } & MediaCounts)
    | { readonly type: 'truncated'; readonly itemId: string; readonly audioEndMs: number }
    | {
        readonly type: 'response-done';
        readonly responseId: string;
        readonly status: 'completed' | 'cancelled' | 'failed' | 'incomplete';
      }
    /** A request of a chat protocol was read to its last byte. */
    | {
        readonly type: 'request';
        readonly responseId: string;
        /** The last user message: what is asked. */
        readonly prompt: string;
        readonly model?: string;
        readonly stream: boolean;
        /** Names of the functions that the request offers. */
        readonly tools?: readonly string[];
      }
    /** The first written token that carries text left. `reasoning`: of the thought before the answer. */
    | { readonly type: 'first-token'; readonly responseId: string; readonly kind: 'answer' | 'reasoning' }
    /** All of the written answer, as it was sent, once its last byte was handed to the socket; `tokens` as counted by the provider. */
    | {
        readonly type: 'text-out';
        readonly responseId: string;
        readonly text: string;
        readonly tokens: number;
      }
    /** An error that the provider reported to the board. */
    | {
        readonly type: 'error';
        readonly code: string;
        readonly message: string;
        readonly responseId?: string;
        /** Of the answer that carries it; absent on sockets. */
        readonly httpStatus?: number;
      }
    /**
     * The provider did something that its protocol does not have, or that clients need not cope with, as it was seen to leave: what a
     * board makes of it is not the board's doing.
     */
    | { readonly type: 'deviation'; readonly code: Deviation; readonly message: string }
  );

/**
 * `redirect`, `chunked-answer`, `channel-refused`: of the answer to an offer, the second also of an ephemeral key. `session-untold`: a session without `session.created`.
 * `certificate-refused`: of a client whose certificate is the one that its offer names. `peer-gone`: nobody is left behind the answer.
 * `binary-message`: an event as a binary message. `sound-stopped`, `channel-closed`: in the middle of a reply, without a word.
 */
export type Deviation =
  | 'redirect'
  | 'chunked-answer'
  | 'channel-refused'
  | 'session-untold'
  | 'certificate-refused'
  | 'peer-gone'
  | 'binary-message'
  | 'sound-stopped'
  | 'channel-closed';

export type ProviderEventType = ProviderEvent['type'];
