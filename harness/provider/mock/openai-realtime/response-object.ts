import type { Json } from '../json/check';
import { usageOf } from './wire-events';

export interface ResponseFacts {
  readonly id: string;
  readonly status: 'in_progress' | 'completed' | 'cancelled' | 'failed' | 'incomplete';
  readonly details: Json | null;
  readonly output: readonly Json[];
  /** Null: out of band. */
  readonly conversationId: string | null;
  readonly modality: 'audio' | 'text';
  readonly outputAudio: Json;
  readonly metadata: unknown;
  readonly inputAudioMs: number;
  readonly outputAudioMs: number;
  readonly said: string;
}

/** The `response` of response.created and response.done (providers.md 2.8). */
export function responseObject(facts: ResponseFacts): Json {
  const { format, voice } = facts.outputAudio;
  return {
    object: 'realtime.response',
    id: facts.id,
    status: facts.status,
    status_details: facts.details,
    output: facts.output,
    conversation_id: facts.conversationId,
    output_modalities: [facts.modality],
    max_output_tokens: 'inf',
    audio: { output: { format, voice } },
    usage:
      facts.status === 'in_progress' ? null : usageOf(facts.inputAudioMs, facts.outputAudioMs, facts.said),
    metadata: facts.metadata ?? null,
  };
}
