import type { HttpSample } from './fuzz-http';

const message = (role: string, content: object): object => ({ type: 'message', role, content: [content] });
const silence = (bytes: number): string => Buffer.alloc(bytes).toString('base64');

/** Events in good form of OpenAI Realtime, GA. */
export const gaEvents: readonly unknown[] = [
  {
    type: 'session.update',
    event_id: 'e1',
    session: {
      type: 'realtime',
      output_modalities: ['audio'],
      audio: { input: { turn_detection: { type: 'server_vad', silence_duration_ms: 200 } } },
      tools: [{ type: 'function', name: 'SetLightState', description: '', parameters: { type: 'object' } }],
    },
  },
  { type: 'input_audio_buffer.append', audio: silence(960) },
  { type: 'input_audio_buffer.commit' },
  {
    type: 'conversation.item.create',
    item: message('user', { type: 'input_text', text: 'Turn on the light' }),
  },
  { type: 'conversation.item.truncate', item_id: 'item_1', content_index: 0, audio_end_ms: 10 },
  { type: 'response.create', response: { instructions: 'Say hello.' } },
  { type: 'response.cancel' },
];

/** The same of the beta, with what only the beta has, and G.711. */
export const betaEvents: readonly unknown[] = [
  {
    type: 'session.update',
    session: {
      modalities: ['text', 'audio'],
      input_audio_format: 'g711_ulaw',
      output_audio_format: 'g711_alaw',
      turn_detection: { type: 'semantic_vad', eagerness: 'low' },
      temperature: 0.8,
    },
  },
  { type: 'input_audio_buffer.append', audio: silence(160) },
  { type: 'input_audio_buffer.commit' },
  { type: 'conversation.item.create', item: message('assistant', { type: 'text', text: '打开灯' }) },
  { type: 'conversation.item.create', item: message('user', { type: 'input_text', text: '打开灯' }) },
  { type: 'response.create', response: { modalities: ['text'], voice: 'alloy', temperature: 0.8 } },
];

const keyHeaders = { authorization: 'Bearer sk-test', 'content-type': 'application/json' };
const post = (target: string, body: object): HttpSample => ({
  method: 'POST',
  target,
  headers: () => keyHeaders,
  body,
});

/** Requests for ephemeral keys, of GA and of the beta. */
export const keyRequests: readonly [HttpSample, ...HttpSample[]] = [
  post('/v1/realtime/client_secrets', {
    expires_after: { anchor: 'created_at', seconds: 60 },
    session: { type: 'realtime', model: 'gpt-realtime', audio: { output: { voice: 'alloy' } } },
  }),
  post('/v1/realtime/sessions', { model: 'gpt-4o-realtime-preview', modalities: ['audio', 'text'] }),
];
