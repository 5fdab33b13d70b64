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
