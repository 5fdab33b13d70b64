interface Stamp {
  /** Position in the provider's log, from 0. */
  readonly seq: number;
  readonly hostAtMs: number;
  /** The board's connection; absent for events of the provider itself. */
  readonly sessionId?: string;
}

/** What the provider was asked, decided and sent, in order. Stream samples count the session's received audio from 0. */
export type ProviderEvent = Stamp &
  (
    | { readonly type: 'session-open' }
    | { readonly type: 'session-updated'; readonly tools: readonly string[] }
    | { readonly type: 'session-closed'; readonly closeCode: number; readonly reason: string }
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
      }
    | { readonly type: 'truncated'; readonly itemId: string; readonly audioEndMs: number }
    | {
        readonly type: 'response-done';
        readonly responseId: string;
        readonly status: 'completed' | 'cancelled' | 'failed' | 'incomplete';
      }
    /** An error that the provider reported to the board. */
    | { readonly type: 'error'; readonly code: string; readonly message: string }
  );

export type ProviderEventType = ProviderEvent['type'];
