import type { ProviderProtocol } from '../../ports';
import { chatWords } from '../live/chat/chat-codec';
import { hunyuanWords } from '../live/hunyuan/hunyuan-codec';
import { ollamaWords } from '../live/ollama/ollama-codec';
import { panguWords } from '../live/pangu/pangu-codec';
import type { ChatWords } from './chat-tap';

/** Path that boards of a protocol ask; those of the chat family take a base URL and add theirs. */
const paths: Readonly<Partial<Record<ProviderProtocol, string>>> = {
  'openai-realtime': '/v1/realtime?model=gpt-realtime',
  spark: '/v3.1/chat',
};

const words: Readonly<Partial<Record<ProviderProtocol, ChatWords>>> = {
  openai: { ...chatWords, streamsByDefault: false },
  siliconflow: { ...chatWords, streamsByDefault: false },
  deepseek: { ...chatWords, streamsByDefault: false },
  spark: { ...chatWords, streamsByDefault: false },
  hunyuan: { ...hunyuanWords, streamsByDefault: false },
  pangu: { ...panguWords, streamsByDefault: false },
  ollama: { ...ollamaWords, streamsByDefault: true },
};

/** What boards of a protocol are told to connect to where exchanges are recorded, and where they are replayed. */
export const boardAddress = (
  protocol: ProviderProtocol,
): { readonly scheme: 'http' | 'ws'; readonly path: string } => ({
  scheme: protocol === 'spark' || protocol === 'openai-realtime' ? 'ws' : 'http',
  path: paths[protocol] ?? '',
});

/** How the HTTP answers of a protocol are read; undefined where it has none to be read. */
export const chatWordsOf = (protocol: ProviderProtocol): ChatWords | undefined => words[protocol];
