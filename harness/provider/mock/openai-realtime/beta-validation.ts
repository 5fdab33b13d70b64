import { anything, byType, listOf, nullable, numberIn, object, oneOf, text, type Check } from '../json/check';
import {
  clientEvents,
  event,
  id,
  itemOf,
  maxOutputTokens,
  modalities,
  noiseReduction,
  serverVad,
  semanticVad,
  tool,
  toolChoice,
  transcription,
  voice,
} from './validation';

/** Fields of the beta dialect: reference/providers.md 2.5 to 2.7. GA fields are unknown parameters. */
const format = oneOf('pcm16', 'g711_ulaw', 'g711_alaw');
const temperature = numberIn('decimal', 0.6, 1.2);

const betaServerVad = Object.fromEntries(
  Object.entries(serverVad).filter(([name]) => name !== 'idle_timeout_ms'),
);
const turnDetection = byType({
  server_vad: object(betaServerVad),
  semantic_vad: object(semanticVad),
});

const sessionFields: Readonly<Record<string, Check>> = {
  model: text,
  modalities,
  instructions: text,
  voice,
  input_audio_format: format,
  output_audio_format: format,
  input_audio_transcription: nullable(transcription),
  input_audio_noise_reduction: nullable(noiseReduction),
  turn_detection: nullable(turnDetection),
  tools: listOf(tool),
  tool_choice: toolChoice,
  temperature,
  max_response_output_tokens: maxOutputTokens,
  speed: numberIn('decimal', 0.25, 1.5),
  tracing: anything,
  client_secret: nullable(
    object({
      expires_after: object({ anchor: oneOf('created_at'), seconds: numberIn('integer', 10, 7200) }),
    }),
  ),
};
/** The `session` of `session.update`, and the whole body of `POST /v1/realtime/sessions`. */
export const checkBetaSession: Check = object(sessionFields);

const content = byType({
  input_text: object({ type: text, text }, ['text']),
  input_audio: object({ type: text, audio: text, transcript: nullable(text) }),
  item_reference: object({ type: text, id }, ['id']),
  text: object({ type: text, text }, ['text']),
  audio: object({ type: text, audio: text, transcript: nullable(text) }),
});
const item = itemOf(content);

const response = object({
  modalities,
  instructions: text,
  voice,
  output_audio_format: format,
  tools: listOf(tool),
  tool_choice: toolChoice,
  temperature,
  max_output_tokens: maxOutputTokens,
  max_response_output_tokens: maxOutputTokens,
  conversation: oneOf('auto', 'none'),
  metadata: nullable(anything),
  input: listOf(item),
});

/** Every client event of the beta by its type, with all of its fields. */
export const checkBetaClientEvent: Check = byType({
  ...clientEvents,
  'session.update': event({ session: checkBetaSession }),
  'conversation.item.create': event({ item, previous_item_id: nullable(id) }, ['item']),
  'response.create': event({ response }, []),
});
