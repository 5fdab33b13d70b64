import type { ProviderProtocol } from '../../ports';
import { openChatMock } from './chat/chat-mock';
import { openHunyuanMock } from './hunyuan/hunyuan-mock';
import type { MockOptions, MockProvider } from './mock-options';
import { openOllamaMock } from './ollama/ollama-mock';
import { createMockProvider } from './openai-realtime/mock-provider';
import { openPanguMock } from './pangu/pangu-mock';
import { openReplay } from '../replay/open-replay';
import { openSparkMock } from './spark/spark-mock';
import { assertLocked } from '../lock';
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

/**
 * Opens the mock of a protocol in this process, scripted or with what was recorded.
 * @throws ProviderError `HIL_PROVIDER_OPEN_TO_ALL`, `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`; what the protocol's own mock throws.
 */
export async function openMock(protocol: ProviderProtocol, options: MockOptions): Promise<MockProvider> {
  // There is no telling who else finds a mock that the whole network can reach.
  assertLocked('mock provider', protocol, options.host, options.credentials);
  const { network, replayPath, ...direct } = options;
  const open =
    replayPath === undefined
      ? mocks[protocol]
      : (replayed: MockOptions) => openReplay(protocol, replayPath, replayed);
  return network === undefined ? open(direct) : openShapedMock({ ...direct, network }, open);
}
