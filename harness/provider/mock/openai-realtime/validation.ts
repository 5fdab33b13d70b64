import {
  anything,
  byType,
  either,
  flag,
  isObject,
  listOf,
  nullable,
  numberIn,
  object,
  oneOf,
  text,
  textUpTo,
  type Check,
} from '../json/check';

/** Fields of the GA dialect: reference/providers.md 2.5 to 2.8. Beta fields are unknown parameters. */
const pcm24k = object({ type: oneOf('audio/pcm'), rate: numberIn('integer', 24_000, 24_000) }, ['type']);
const g711 = object({ type: text });
const format = byType({ 'audio/pcm': pcm24k, 'audio/pcmu': g711, 'audio/pcma': g711 });

export const serverVad = {
  type: text,
  threshold: numberIn('decimal', 0, 1),
  prefix_padding_ms: numberIn('integer', 0, 10_000),
  silence_duration_ms: numberIn('integer', 20, 10_000),
  idle_timeout_ms: nullable(numberIn('integer', 5_000, 30_000)),
  create_response: flag,
  interrupt_response: flag,
};
export const semanticVad = {
  type: text,
  eagerness: oneOf('auto', 'low', 'medium', 'high'),
  create_response: flag,
  interrupt_response: flag,
};
const turnDetection = byType({ server_vad: object(serverVad), semantic_vad: object(semanticVad) });

/** A JSON Schema: any object. */
const jsonSchema: Check = (value, path) => (isObject(value) ? undefined : object({})(value, path));
export const tool = byType({
  function: object({ type: text, name: text, description: text, parameters: nullable(jsonSchema) }, ['name']),
  mcp: anything,
});

export const toolChoice = either(
  oneOf('auto', 'none', 'required'),
  object({ type: oneOf('function', 'mcp'), name: text, server_label: text }, ['type']),
);
export const maxOutputTokens = either(numberIn('integer', 1, 4096), oneOf('inf'));
export const modalities = listOf(oneOf('audio', 'text'));
export const voice = either(
  oneOf('alloy', 'ash', 'ballad', 'coral', 'echo', 'sage', 'shimmer', 'verse', 'marin', 'cedar'),
  object({ id: text }, ['id']),
);
const outputAudio = object({ format, voice, speed: numberIn('decimal', 0.25, 1.5) });
const prompt = nullable(object({ id: text, version: nullable(text), variables: anything }, ['id']));

export const transcription = object({ model: text, language: text, prompt: text, delay: anything });
export const noiseReduction = object({ type: oneOf('near_field', 'far_field') }, ['type']);

/** The `session` of `session.update`, and of `POST /v1/realtime/client_secrets`. */
export const checkSession = byType({
  realtime: object({
    type: text,
    model: text,
    output_modalities: modalities,
    instructions: text,
    prompt,
    tracing: anything,
    include: nullable(listOf(text)),
    audio: object({
      input: object({
        format,
        transcription: nullable(transcription),
        noise_reduction: nullable(noiseReduction),
        turn_detection: nullable(turnDetection),
      }),
      output: outputAudio,
    }),
    tools: listOf(tool),
    tool_choice: toolChoice,
    max_output_tokens: maxOutputTokens,
    truncation: either(
      oneOf('auto', 'disabled'),
      object({
        type: oneOf('retention_ratio'),
        retention_ratio: numberIn('decimal', 0, 1),
        token_limits: anything,
      }),
    ),
    parallel_tool_calls: flag,
    reasoning: anything,
  }),
});

export const id = textUpTo(512);
const status = oneOf('completed', 'incomplete', 'in_progress');
const content = byType({
  input_text: object({ type: text, text }, ['text']),
  input_audio: object({ type: text, audio: text, transcript: nullable(text) }),
  input_image: anything,
  output_text: object({ type: text, text }, ['text']),
  output_audio: object({ type: text, audio: text, transcript: nullable(text) }),
});
const base = { id, object: oneOf('realtime.item'), type: text, status };
/** An item whose messages have content of this kind. */
export const itemOf = (part: Check): Check =>
  byType({
    message: object(
      { ...base, role: oneOf('user', 'assistant', 'system'), content: listOf(part), phase: anything },
      ['role', 'content'],
    ),
    function_call: object({ ...base, call_id: text, name: text, arguments: text }, ['name', 'arguments']),
    function_call_output: object({ ...base, call_id: text, output: text }, ['call_id', 'output']),
    item_reference: object({ ...base }, ['id']),
  });
const item = itemOf(content);

const response = object({
  output_modalities: modalities,
  instructions: text,
  audio: object({ output: outputAudio }),
  tools: listOf(tool),
  tool_choice: toolChoice,
  max_output_tokens: maxOutputTokens,
  conversation: oneOf('auto', 'none'),
  metadata: nullable(anything),
  prompt,
  input: listOf(item),
  parallel_tool_calls: flag,
  reasoning: anything,
});

/** "<=15 MiB per event", reference/providers.md 2.7. */
export const MAX_APPEND_CHARS = 15 * 1024 * 1024;

export const event = (fields: Readonly<Record<string, Check>>, required = Object.keys(fields)): Check =>
  object({ type: text, event_id: textUpTo(512), ...fields }, required);

/** Every client event by its type, with all of its fields. */
export const clientEvents: Readonly<Record<string, Check>> = {
  'session.update': event({ session: checkSession }),
  'input_audio_buffer.append': event({ audio: textUpTo(MAX_APPEND_CHARS) }),
  'input_audio_buffer.commit': event({}),
  'input_audio_buffer.clear': event({}),
  'output_audio_buffer.clear': event({}),
  'conversation.item.create': event({ item, previous_item_id: nullable(id) }, ['item']),
  'conversation.item.truncate': event({
    item_id: id,
    content_index: numberIn('integer', 0, 0),
    audio_end_ms: numberIn('integer', 0, 3_600_000),
  }),
  'conversation.item.delete': event({ item_id: id }),
  'conversation.item.retrieve': event({ item_id: id }),
  'response.create': event({ response }, []),
  'response.cancel': event({ response_id: id }, []),
};
export const checkClientEvent: Check = byType(clientEvents);
