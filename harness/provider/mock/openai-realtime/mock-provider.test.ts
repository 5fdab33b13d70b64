import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import { systemClock } from '../../../ports';
import { voiceProviderContract } from '../../voice-provider.contract';
import { createMockProvider } from './mock-provider';

const corpus = smallCorpus();
const open = (port = 0) => createMockProvider({ scenario, corpus, clock: systemClock, port });

voiceProviderContract('mock in this process', () => open());

describe('createMockProvider', () => {
  it('names host and port when the port is taken', async () => {
    const first = await open();
    const port = Number(new URL(first.url).port);
    await expect(open(port)).rejects.toMatchObject({
      code: 'HIL_PROVIDER_PORT_TAKEN',
      facts: { host: '127.0.0.1', port },
    });
    await first.close();
  });

  it('refuses a scenario whose words the corpus has not', async () => {
    const mute = { ...scenario, unknown: { en: 'en-no-such-reply' } };
    await expect(createMockProvider({ scenario: mute, corpus, clock: systemClock })).rejects.toMatchObject({
      code: 'HIL_CORPUS_UNKNOWN_CLIP',
    });
  });
});
