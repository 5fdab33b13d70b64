/** Wire protocols that can be mocked. `openai-realtime` carries sound, the others text. */
export const providerProtocols = [
  'openai-realtime',
  'openai',
  'siliconflow',
  'deepseek',
  'spark',
  'hunyuan',
  'pangu',
  'ollama',
] as const;

export type ProviderProtocol = (typeof providerProtocols)[number];
