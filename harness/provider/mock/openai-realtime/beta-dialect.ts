import { isObject, type Json } from '../json/check';
import { checkBetaClientEvent } from './beta-validation';
import type { Dialect } from './dialect';
import type { WireEvent } from './wire-events';

/** Events that GA named anew. */
const betaNames: Readonly<Record<string, string>> = {
  'conversation.item.added': 'conversation.item.created',
  'response.output_audio.delta': 'response.audio.delta',
  'response.output_audio.done': 'response.audio.done',
  'response.output_audio_transcript.delta': 'response.audio_transcript.delta',
  'response.output_audio_transcript.done': 'response.audio_transcript.done',
  'response.output_text.delta': 'response.text.delta',
  'response.output_text.done': 'response.text.done',
};
/** Events that only GA has. */
const gaOnly = new Set(['conversation.item.done']);

const gaFormats: Readonly<Record<string, Json>> = {
  pcm16: { type: 'audio/pcm', rate: 24_000 },
  g711_ulaw: { type: 'audio/pcmu' },
  g711_alaw: { type: 'audio/pcma' },
};
const betaFormats: Readonly<Record<string, string>> = {
  'audio/pcm': 'pcm16',
  'audio/pcmu': 'g711_ulaw',
  'audio/pcma': 'g711_alaw',
};
const gaContent: Readonly<Record<string, string>> = { text: 'output_text', audio: 'output_audio' };
const betaContent: Readonly<Record<string, string>> = { output_text: 'text', output_audio: 'audio' };

const DEFAULT_TEMPERATURE = 0.8;

const objectIn = (parent: Json, name: string): Json => {
  const value = parent[name];
  return isObject(value) ? value : {};
};

/** Fields of `from` under new names, those that are there. */
function renamed(from: Json, names: Readonly<Record<string, string>>): Json {
  const pairs = Object.entries(names).filter(([name]) => from[name] !== undefined);
  return Object.fromEntries(pairs.map(([name, newName]) => [newName, from[name]]));
}

const formatIn = (from: Json, name: string): Json =>
  typeof from[name] === 'string' ? { format: gaFormats[from[name]] } : {};

/** GA speaks or writes; the beta's `["text","audio"]` is speaking with its transcript. */
const gaModalities = (value: unknown): Json =>
  Array.isArray(value) ? { output_modalities: [value.includes('audio') ? 'audio' : 'text'] } : {};
const betaModalities = (value: unknown): readonly string[] =>
  Array.isArray(value) && value.includes('audio') ? ['text', 'audio'] : ['text'];

const betaFormatOf = (side: Json): unknown => betaFormats[String(objectIn(side, 'format').type)] ?? 'pcm16';

function withContent(item: Json, names: Readonly<Record<string, string>>): Json {
  if (!Array.isArray(item.content)) return item;
  const content = (item.content as readonly Json[]).map((part) => {
    const type = names[String(part.type)];
    return type === undefined ? part : { ...part, type };
  });
  return { ...item, content };
}

/** A checked `session` of the beta as GA has it. */
export const gaSessionOf = (session: Json): Json => ({
  type: 'realtime',
  ...renamed(session, {
    model: 'model',
    instructions: 'instructions',
    tools: 'tools',
    tool_choice: 'tool_choice',
    tracing: 'tracing',
    max_response_output_tokens: 'max_output_tokens',
  }),
  ...gaModalities(session.modalities),
  audio: {
    input: {
      ...formatIn(session, 'input_audio_format'),
      ...renamed(session, {
        input_audio_transcription: 'transcription',
        input_audio_noise_reduction: 'noise_reduction',
        turn_detection: 'turn_detection',
      }),
    },
    output: {
      ...formatIn(session, 'output_audio_format'),
      ...renamed(session, { voice: 'voice', speed: 'speed' }),
    },
  },
});

/** A GA session as the beta shows it: flat. */
export function betaSessionOf(session: Json, temperature: number = DEFAULT_TEMPERATURE): Json {
  const audio = objectIn(session, 'audio');
  const [input, output] = [objectIn(audio, 'input'), objectIn(audio, 'output')];
  const vad = input.turn_detection;
  return {
    id: session.id,
    object: 'realtime.session',
    model: session.model,
    modalities: betaModalities(session.output_modalities),
    instructions: session.instructions,
    voice: output.voice,
    input_audio_format: betaFormatOf(input),
    output_audio_format: betaFormatOf(output),
    input_audio_transcription: input.transcription ?? null,
    input_audio_noise_reduction: input.noise_reduction ?? null,
    turn_detection: isObject(vad)
      ? Object.fromEntries(Object.entries(vad).filter(([name]) => name !== 'idle_timeout_ms'))
      : null,
    tools: session.tools,
    tool_choice: session.tool_choice,
    temperature,
    max_response_output_tokens: session.max_output_tokens,
    speed: output.speed,
    tracing: session.tracing ?? null,
  };
}

/** The beta of 2024 and 2025, which one session speaks (reference/providers.md 2.1). */
export class BetaDialect implements Dialect {
  readonly name = 'beta';
  readonly check = checkBetaClientEvent;

  /** @param temperature - Of the session; GA has none, so the dialect keeps it. */
  constructor(private temperature: number = DEFAULT_TEMPERATURE) {}

  read(event: Json): Json {
    if (event.type === 'session.update') {
      const session = objectIn(event, 'session');
      if (typeof session.temperature === 'number') this.temperature = session.temperature;
      return { ...event, session: gaSessionOf(session) };
    }
    if (event.type === 'response.create') return { ...event, response: gaResponseOptions(event.response) };
    return isObject(event.item) ? { ...event, item: withContent(event.item, gaContent) } : event;
  }

  write(event: WireEvent): WireEvent | undefined {
    if (gaOnly.has(event.type)) return undefined;
    const { session, response, item } = event;
    return {
      ...event,
      type: betaNames[event.type] ?? event.type,
      ...(isObject(session) && { session: this.session(session) }),
      ...(isObject(response) && { response: this.response(response) }),
      ...(isObject(item) && { item: withContent(item, betaContent) }),
    };
  }

  private session(session: Json): Json {
    const { expires_at } = session;
    return { ...betaSessionOf(session, this.temperature), expires_at, include: null, client_secret: null };
  }

  private response({ output_modalities, audio, output, ...rest }: Json): Json {
    const spoken = objectIn(isObject(audio) ? audio : {}, 'output');
    return {
      ...rest,
      output: (output as readonly Json[]).map((item) => withContent(item, betaContent)),
      modalities: betaModalities(output_modalities),
      voice: spoken.voice,
      output_audio_format: betaFormatOf(spoken),
      temperature: this.temperature,
    };
  }
}

function gaResponseOptions(response: unknown): Json {
  if (!isObject(response)) return {};
  const output = { ...formatIn(response, 'output_audio_format'), ...renamed(response, { voice: 'voice' }) };
  return {
    ...renamed(response, {
      instructions: 'instructions',
      tools: 'tools',
      tool_choice: 'tool_choice',
      conversation: 'conversation',
      metadata: 'metadata',
      input: 'input',
      max_response_output_tokens: 'max_output_tokens',
    }),
    ...gaModalities(response.modalities),
    ...(Object.keys(output).length > 0 && { audio: { output } }),
  };
}
