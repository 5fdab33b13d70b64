import { newId } from './ids';
import type { Fault, Json } from '../json/check';

/** A server event: `type` first, then `event_id`, as the service writes them. */
export interface WireEvent extends Json {
  readonly type: string;
  readonly event_id: string;
}

export const wireEvent = (type: string, fields: Json = {}): WireEvent => ({
  type,
  event_id: newId('event'),
  ...fields,
});

/** The `error` event; `clientEventId` is the `event_id` of what the client sent. */
export const errorEvent = (
  fault: Omit<Fault, 'code'> & { readonly code: string | null },
  clientEventId: string | null = null,
  type: 'invalid_request_error' | 'server_error' = 'invalid_request_error',
): WireEvent =>
  wireEvent('error', {
    error: {
      type,
      code: fault.code,
      message: fault.message,
      param: fault.param,
      event_id: clientEventId,
    },
  });

/** About 10 tokens a second of input audio and 20 of output audio, a token for four letters (providers.md 2.8). */
export function usageOf(inputAudioMs: number, outputAudioMs: number, outputText: string): Json {
  const audioIn = Math.round(inputAudioMs / 100);
  const textIn = 100;
  const audioOut = Math.round(outputAudioMs / 50);
  const textOut = Math.ceil(outputText.length / 4);
  return {
    total_tokens: audioIn + textIn + audioOut + textOut,
    input_tokens: audioIn + textIn,
    output_tokens: audioOut + textOut,
    input_token_details: {
      text_tokens: textIn,
      audio_tokens: audioIn,
      image_tokens: 0,
      cached_tokens: 0,
      cached_tokens_details: { text_tokens: 0, audio_tokens: 0, image_tokens: 0 },
    },
    output_token_details: { text_tokens: textOut, audio_tokens: audioOut },
  };
}

/** Whisper is charged by time, the other transcribing models by token (providers.md 2.8). */
export function transcriptionUsage(model: string, audioMs: number, transcript: string): Json {
  if (model.includes('whisper')) return { type: 'duration', seconds: Math.round(audioMs / 100) / 10 };
  const audioIn = Math.round(audioMs / 100);
  const textOut = Math.ceil(transcript.length / 4);
  return {
    type: 'tokens',
    total_tokens: audioIn + textOut,
    input_tokens: audioIn,
    input_token_details: { text_tokens: 0, audio_tokens: audioIn },
    output_tokens: textOut,
  };
}

export const rateLimitsEvent = (): WireEvent =>
  wireEvent('rate_limits.updated', {
    rate_limits: [{ name: 'tokens', limit: 40_000, remaining: 39_000, reset_seconds: 1.5 }],
  });
