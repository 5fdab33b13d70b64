import type { ScenarioTurnDetection } from '../../../ports';
import { isObject, type Json } from '../json/check';
import { codingOf, type AudioCoding } from './audio-coding';
import { newId } from './ids';

/** How long semantic_vad waits: the mock takes a sentence as finished after a pause of this length. */
const SEMANTIC_SILENCE_MS = { low: 800, medium: 400, auto: 400, high: 200 } as const;

/** What the session asks of the voice activity detector. */
export interface TurnDetection {
  readonly threshold: number;
  readonly prefixPaddingMs: number;
  readonly silenceDurationMs: number;
  readonly idleTimeoutMs: number | undefined;
  readonly createsResponse: boolean;
  readonly interruptsResponse: boolean;
}

const merged = (old: unknown, change: unknown): unknown => {
  if (!isObject(old) || !isObject(change)) return change;
  // Another kind of turn detection, format or tool choice starts afresh.
  if ('type' in change && change.type !== old.type) return change;
  const changes = Object.entries(change).map(([name, value]) => [name, merged(old[name], value)] as const);
  // Not by assignment, since a field may be named __proto__.
  return Object.fromEntries([...Object.entries(old), ...changes]);
};

/** The session object of providers.md 2.3 and 2.5, as the client sees it and as the mock reads it. */
export class SessionState {
  readonly id = newId('sess');
  private session: Json;

  constructor(
    private readonly defaults: ScenarioTurnDetection,
    model: string,
    expiresAtUnixS: number,
    /** A checked session that it begins with, as an ephemeral key carries one. */
    begin?: Json,
  ) {
    this.session = {
      type: 'realtime',
      object: 'realtime.session',
      id: this.id,
      model,
      output_modalities: ['audio'],
      instructions: 'You are a voice assistant on a small device. Answer briefly.',
      tools: [],
      tool_choice: 'auto',
      max_output_tokens: 'inf',
      tracing: null,
      truncation: 'auto',
      prompt: null,
      expires_at: expiresAtUnixS,
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: 24_000 },
          transcription: null,
          noise_reduction: null,
          turn_detection: this.serverVad(),
        },
        output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'alloy', speed: 1.0 },
      },
      include: null,
    };
    if (begin !== undefined) this.update(begin);
  }

  get wire(): Json {
    return this.session;
  }

  /** Merges the `session` of a checked session.update; only fields that are present change, the model never does. */
  update(change: Json): void {
    const next = merged(this.session, { ...change, model: this.session.model }) as Record<string, unknown>;
    const input = this.part(next, 'input');
    if (isObject(input.turn_detection)) {
      const full =
        input.turn_detection.type === 'server_vad'
          ? { ...this.serverVad(), ...input.turn_detection }
          : { eagerness: 'auto', create_response: true, interrupt_response: true, ...input.turn_detection };
      next.audio = { ...(next.audio as Json), input: { ...input, turn_detection: full } };
    }
    this.session = next;
  }

  /** Undefined: push-to-talk. */
  get turnDetection(): TurnDetection | undefined {
    const vad = this.part(this.session, 'input').turn_detection;
    if (!isObject(vad)) return undefined;
    const semantic = vad.type === 'semantic_vad';
    return {
      threshold: semantic ? this.defaults.threshold : (vad.threshold as number),
      prefixPaddingMs: semantic ? this.defaults.prefixPaddingMs : (vad.prefix_padding_ms as number),
      silenceDurationMs: semantic
        ? SEMANTIC_SILENCE_MS[vad.eagerness as keyof typeof SEMANTIC_SILENCE_MS]
        : (vad.silence_duration_ms as number),
      idleTimeoutMs: typeof vad.idle_timeout_ms === 'number' ? vad.idle_timeout_ms : undefined,
      createsResponse: vad.create_response as boolean,
      interruptsResponse: vad.interrupt_response as boolean,
    };
  }

  /** What transcribes the user's speech, if anything does: undefined, or the model's name, empty where none was given. */
  get transcriptionModel(): string | undefined {
    const { transcription } = this.part(this.session, 'input');
    if (!isObject(transcription)) return undefined;
    return typeof transcription.model === 'string' ? transcription.model : '';
  }

  get modality(): 'audio' | 'text' {
    return modalityOf(this.session.output_modalities) ?? 'audio';
  }

  /** A conversation that grows too long loses its oldest part; false: it is refused. */
  get truncates(): boolean {
    return this.session.truncation !== 'disabled';
  }

  /** How the client's `append` events are to be read. */
  get inputCoding(): AudioCoding {
    return codingOf(this.part(this.session, 'input').format);
  }

  get outputAudio(): Json {
    return this.part(this.session, 'output');
  }

  /** Names of the functions that the model may call. */
  get toolNames(): readonly string[] {
    return toolNamesOf(this.session.tools);
  }

  get toolChoice(): unknown {
    return this.session.tool_choice;
  }

  private part(session: Json, side: 'input' | 'output'): Json {
    const audio = session.audio as Json;
    return audio[side] as Json;
  }

  private serverVad(): Json {
    return {
      type: 'server_vad',
      threshold: this.defaults.threshold,
      prefix_padding_ms: this.defaults.prefixPaddingMs,
      silence_duration_ms: this.defaults.silenceDurationMs,
      idle_timeout_ms: null,
      create_response: true,
      interrupt_response: true,
    };
  }
}

/** Which output a list of modalities asks for; undefined when it is no list. */
export const modalityOf = (modalities: unknown): 'audio' | 'text' | undefined =>
  Array.isArray(modalities) ? (modalities.includes('audio') ? 'audio' : 'text') : undefined;

export const toolNamesOf = (tools: unknown): readonly string[] =>
  Array.isArray(tools)
    ? tools.flatMap((tool: unknown) => (isObject(tool) && typeof tool.name === 'string' ? [tool.name] : []))
    : [];
