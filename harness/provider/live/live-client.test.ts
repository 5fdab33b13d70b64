/** Every live client against its mock over TLS, and against the real service where the environment has its key. */
import { liveClientSettings, liveSettings } from '../../config';
import { providerProtocols, systemClock, type ProviderFault, type ProviderProtocol } from '../../ports';
import { scenario, smallCorpus } from '../__fixtures__/small-corpus';
import type { MockProvider } from '../mock/mock-options';
import { openMock } from '../mock/open-mock';
import { liveClientContract } from './live-client.contract';
import { openLiveClient } from './open-live-client';

const corpus = smallCorpus();
const joke = corpus.prompts.get('en-joke-a')!.transcript;
/** For mocks that let anybody in unless they are told. */
const anyCredentials: Readonly<Record<string, string>> = { apiKey: 'sk-bench-0123456789' };

type Outcomes = Readonly<Partial<Record<ProviderFault, string>>>;
const chat: Outcomes = {
  'bad-key': 'KEY_REJECTED',
  'rate-limit': 'LIMITED',
  'content-blocked': 'REFUSED',
  'too-long': 'REFUSED',
  'slow-first-token': 'answered',
  'mid-stream-death': 'CUT',
  // No space after `data:`, and a role chunk that comes twice: a client has to take both.
  'wrong-framing': 'answered',
  duplicate: 'answered',
};
/** What each fault of a mock becomes, by the end of the code; faults that a protocol does not have are left out. */
const faults: Readonly<Partial<Record<ProviderProtocol, Outcomes>>> = {
  openai: chat,
  siliconflow: chat,
  deepseek: chat,
  spark: { ...chat, 'clock-skew': 'KEY_REJECTED', 'wrong-framing': 'MALFORMED' },
  hunyuan: {
    ...chat,
    'clock-skew': 'KEY_REJECTED',
    'expired-credential': 'KEY_REJECTED',
    'wrong-framing': 'MALFORMED',
  },
  // The token is fetched anew, once; `delta` in place of `message` is what V2 sends.
  pangu: { ...chat, 'expired-credential': 'answered' },
  ollama: {
    'rate-limit': 'LIMITED',
    'mid-stream-death': 'REFUSED',
    'wrong-framing': 'CUT',
    'too-long': 'answered',
  },
};

describe.each(providerProtocols)('%s, its mock over TLS', (protocol) => {
  let mock: MockProvider;
  const keyed = ['openai', 'siliconflow', 'deepseek', 'openai-realtime'].includes(protocol);
  beforeAll(async () => {
    mock = await openMock(protocol, {
      scenario,
      corpus,
      clock: systemClock,
      tls: true,
      slowFirstTokenMs: 0,
      ...(keyed && { credentials: anyCredentials }),
    });
  });
  afterAll(() => mock.close());

  const open = (credentials: Readonly<Record<string, string>> = mock.credentials ?? anyCredentials) =>
    openLiveClient(protocol, {
      url: mock.tlsUrl!,
      ca: mock.tlsCertificate!,
      credentials,
      credentialVariables: liveSettings(protocol, {}).variables,
      clock: systemClock,
      limits: { attempts: 1 },
    });

  liveClientContract(protocol, () => open(), { text: joke, answerWithinMs: 5_000 });

  const outcomes = faults[protocol];
  if (outcomes !== undefined) {
    it.each(Object.entries(outcomes))('tells of the fault %s: %s', async (fault, expected) => {
      await mock.expectTurn({ turnId: 't', fault: fault as ProviderFault });
      const outcome = await open()
        .ask({ text: joke, stream: true })
        .then(
          () => 'answered',
          (error: unknown) => (error as { readonly code: string }).code.replace('HIL_PROVIDER_', ''),
        );
      expect(outcome).toBe(expected);
    });
  }

  if (protocol !== 'ollama') {
    it('names the variables when the key is wrong', async () => {
      const { variables } = liveSettings(protocol, {});
      const right = mock.credentials ?? anyCredentials;
      const wrong = Object.fromEntries(Object.keys(right).map((name) => [name, `wrong-${name}`]));
      await expect(open({ ...right, ...wrong }).ask({ text: joke, stream: true })).rejects.toMatchObject({
        code: 'HIL_PROVIDER_KEY_REJECTED',
        message: expect.stringContaining(variables.join(', ')) as string,
      });
    });
  }
});

describe('hunyuan by its twin', () => {
  let mock: MockProvider;
  beforeAll(async () => {
    const credentials = { apiKey: 'sk-twin' };
    mock = await openMock('hunyuan', { scenario, corpus, clock: systemClock, tls: true, credentials });
  });
  afterAll(() => mock.close());
  const open = () =>
    openLiveClient('hunyuan', {
      url: `${mock.tlsUrl}v1`,
      ca: mock.tlsCertificate!,
      credentials: { apiKey: 'sk-twin' },
      clock: systemClock,
      limits: { attempts: 1 },
    });
  liveClientContract('hunyuan', open, { text: joke, answerWithinMs: 5_000 });
});

describe('pangu by an access key', () => {
  let mock: MockProvider;
  const credentials = { accessKey: 'AKEARSHOT', secretKey: 'sk-earshot' };
  beforeAll(async () => {
    mock = await openMock('pangu', { scenario, corpus, clock: systemClock, tls: true, credentials });
  });
  afterAll(() => mock.close());
  const open = () =>
    openLiveClient('pangu', {
      url: mock.tlsUrl!,
      ca: mock.tlsCertificate!,
      credentials,
      clock: systemClock,
      limits: { attempts: 1 },
    });
  liveClientContract('pangu', open, { text: joke, answerWithinMs: 5_000 });
});

describe.each(providerProtocols)('%s, live', (protocol) => {
  const { credentials, variables, url } = liveClientSettings(protocol);
  const needed = [...variables, ...(protocol === 'pangu' ? ['PANGU_URL'] : [])];
  const complete =
    Object.keys(credentials).length === variables.length &&
    // Ollama needs no key; that it is there has to be said.
    ((protocol !== 'ollama' && protocol !== 'pangu') || url !== undefined);
  if (!complete) {
    const names = needed.length === 0 ? 'OLLAMA_HOST' : needed.join(', ');
    it.skip(`set ${names} to run these tests against the service`, () => undefined);
    return;
  }
  const open = () =>
    openLiveClient(protocol, {
      credentials,
      credentialVariables: variables,
      clock: systemClock,
      ...(url === undefined ? {} : { url }),
    });
  liveClientContract(protocol, open, { text: 'Say hello in one short sentence.', answerWithinMs: 200_000 });
});
