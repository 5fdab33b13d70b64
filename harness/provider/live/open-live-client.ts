import { ProviderError } from '../../errors';
import type { ProviderProtocol } from '../../ports';
import { liveClient, requiredCredentials, type Asker } from './asking';
import { chatCodec, type ChatService } from './chat/chat-codec';
import { httpAsker } from './http-asker';
import type { LiveClient, LiveOptions } from './live-client';
import { ollamaCodec } from './ollama/ollama-codec';

/** Where each provider is asked, and the model that is taken unless told otherwise: a small one of each (providers.md 3.1, 7). */
const chatServices: Readonly<Record<ChatService['protocol'], Omit<ChatService, 'protocol'>>> = {
  openai: { url: 'https://api.openai.com/v1/chat/completions', model: 'gpt-4o-mini' },
  siliconflow: { url: 'https://api.siliconflow.cn/v1/chat/completions', model: 'deepseek-ai/DeepSeek-V3' },
  deepseek: { url: 'https://api.deepseek.com/chat/completions', model: 'deepseek-chat' },
};
const OLLAMA = { url: 'http://127.0.0.1:11434/api/generate', model: 'deepseek-coder' };

const chatAsker = (protocol: ChatService['protocol'], options: LiveOptions): Asker => {
  const { apiKey } = requiredCredentials(protocol, ['apiKey'], options);
  const { url, model } = { ...chatServices[protocol], ...chosen(options) };
  return httpAsker(chatCodec({ protocol, url, model }, apiKey), options);
};

const chosen = ({ url, model }: LiveOptions): { readonly url?: string; readonly model?: string } => ({
  ...(url === undefined ? {} : { url }),
  ...(model === undefined ? {} : { model }),
});

const askers: Readonly<Partial<Record<ProviderProtocol, (options: LiveOptions) => Asker>>> = {
  openai: (options) => chatAsker('openai', options),
  siliconflow: (options) => chatAsker('siliconflow', options),
  deepseek: (options) => chatAsker('deepseek', options),
  ollama: (options) => httpAsker(ollamaCodec({ ...OLLAMA, ...chosen(options) }), options),
};

/** Protocols that a live client speaks. */
export const liveProtocols = Object.keys(askers) as readonly ProviderProtocol[];

/**
 * A client of a real provider, or of a mock that stands in for it.
 * @throws ProviderError `HIL_PROVIDER_KEY_MISSING` naming the variables to set; `HIL_PROVIDER_UNREADY`.
 */
export function openLiveClient(protocol: ProviderProtocol, options: LiveOptions): LiveClient {
  const open = askers[protocol];
  if (open === undefined) {
    throw new ProviderError('HIL_PROVIDER_UNREADY', `There is no live client of ${protocol} yet.`, {
      protocol,
      known: liveProtocols,
    });
  }
  return liveClient(open(options), options);
}
