import type { ProviderEvent } from '../../ports';

type Shared<Type extends ProviderEvent['type']> = Omit<
  Extract<ProviderEvent, { readonly type: Type }>,
  'seq' | 'sessionId'
>;

/** What an answer used up, as the provider counted it. */
export interface Usage {
  readonly promptTokens?: number;
  /** All that was generated, reasoning included where the provider counts it in. */
  readonly answerTokens?: number;
  readonly totalTokens?: number;
  /** Loading the model, where the provider tells (Ollama): take it off for a warm number. */
  readonly loadMs?: number;
}

interface OfAnswer {
  readonly responseId: string;
  readonly hostAtMs: number;
}

/**
 * What a live exchange showed, in order, on the host's clock. Those that a mock reports too are the same events
 * (`ProviderEvent`); the rest is what only a client sees.
 */
export type LiveEvent =
  /** The connection is there, TLS and upgrade included; nothing of the question was sent. */
  | (OfAnswer & { readonly type: 'connected' })
  /** The last byte of the question left. */
  | Shared<'request'>
  | (OfAnswer & { readonly type: 'headers'; readonly httpStatus: number })
  | Shared<'first-token'>
  /** A piece of the answer that carries text arrived; the first one as well. */
  | (OfAnswer & { readonly type: 'token'; readonly kind: 'answer' | 'reasoning'; readonly text: string })
  /** The first packet of the spoken answer arrived. */
  | (OfAnswer & { readonly type: 'first-audio' })
  | (OfAnswer & { readonly type: 'audio'; readonly lengthSamples: number; readonly rateHz: number })
  | Shared<'tool-call'>
  /** The model is done. `finishReason` is the provider's own word. */
  | (OfAnswer & { readonly type: 'done'; readonly finishReason?: string; readonly usage?: Usage })
  | Shared<'error'>;

/** A live event before it is known which answer it belongs to. */
export type UnstampedLiveEvent = LiveEvent extends infer Event
  ? Event extends LiveEvent
    ? Omit<Event, 'responseId' | 'hostAtMs'>
    : never
  : never;
