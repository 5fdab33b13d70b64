/** Wire protocols of providers that are asked in writing. */
export const writtenProtocols = [
  'openai',
  'siliconflow',
  'deepseek',
  'spark',
  'hunyuan',
  'pangu',
  'ollama',
] as const;

/** Wire protocols that can be mocked. `openai-realtime` carries sound, the others text. */
export const providerProtocols = ['openai-realtime', ...writtenProtocols] as const;

export type ProviderProtocol = (typeof providerProtocols)[number];

/** What a mock of OpenAI Realtime speaks: GA, the beta that it replaced, or with each client what that one asks for. */
export const realtimeDialects = ['ga', 'beta', 'auto'] as const;
export type RealtimeDialect = (typeof realtimeDialects)[number];

/** How a proxy takes a board's call to the real OpenAI Realtime: as events and base64 on a WebSocket, or as a call of its own. */
export const upstreamTransports = ['websocket', 'webrtc'] as const;
export type UpstreamTransport = (typeof upstreamTransports)[number];

/** Whether a response that calls a function is over before a client can ask for the next one (providers.md 1.3). */
export const toolRaces = ['lenient', 'strict'] as const;
export type ToolRace = (typeof toolRaces)[number];
