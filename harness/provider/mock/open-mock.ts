import { ProviderError } from '../../errors';
import type { ProviderProtocol } from '../../ports';
import { openChatMock } from './chat/chat-mock';
import { openHunyuanMock } from './hunyuan/hunyuan-mock';
import type { MockOptions, MockProvider } from './mock-options';
import { openOllamaMock } from './ollama/ollama-mock';
import { createMockProvider } from './openai-realtime/mock-provider';
import { openPanguMock } from './pangu/pangu-mock';
import { openReplay } from '../replay/open-replay';
import { openSparkMock } from './spark/spark-mock';
import { isLoopback } from '../loopback';
import { openShapedMock } from './shaped-mock';

const mocks: Readonly<Record<ProviderProtocol, (options: MockOptions) => Promise<MockProvider>>> = {
  'openai-realtime': ({ credentials, ...options }) =>
    createMockProvider({
      ...options,
      ...(credentials?.apiKey === undefined ? {} : { apiKey: credentials.apiKey }),
    }),
  openai: (options) => openChatMock('openai', options),
  siliconflow: (options) => openChatMock('siliconflow', options),
  deepseek: (options) => openChatMock('deepseek', options),
  spark: openSparkMock,
  hunyuan: openHunyuanMock,
  pangu: openPanguMock,
  ollama: openOllamaMock,
};

/** A mock that the whole network can reach asks for a key: there is no telling who else finds it. */
function checkHost({ host = '127.0.0.1', credentials = {} }: MockOptions): void {
  if (isLoopback(host) || Object.values(credentials).some((value) => value !== '')) return;
  const message = `The mock provider is to listen on ${host}, where others can reach it, without a key.`;
  throw new ProviderError('HIL_PROVIDER_OPEN_TO_ALL', message, { host });
}

/**
 * Opens the mock of a protocol in this process, scripted or with what was recorded.
 * @throws ProviderError `HIL_PROVIDER_OPEN_TO_ALL`, `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`; what the protocol's own mock throws.
 */
export async function openMock(protocol: ProviderProtocol, options: MockOptions): Promise<MockProvider> {
  checkHost(options);
  const { network, replayPath, ...direct } = options;
  const open =
    replayPath === undefined
      ? mocks[protocol]
      : (replayed: MockOptions) => openReplay(protocol, replayPath, replayed);
  return network === undefined ? open(direct) : openShapedMock({ ...direct, network }, open);
}
