import { readFileSync } from 'node:fs';
import { readWav } from '../../../audio';
import { systemClock } from '../../../ports';
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import { createMockProvider } from '../../mock/openai-realtime/mock-provider';
import type { MockProvider } from '../../mock/mock-options';
import type { LiveOptions } from '../live-client';
import type { LiveEvent } from '../live-event';
import { openLiveClient } from '../open-live-client';

const corpus = smallCorpus();
let mock: MockProvider;
beforeAll(async () => {
  mock = await createMockProvider({
    corpus,
    scenario,
    clock: systemClock,
    tls: true,
    apiKey: 'sk-bench-0123456789',
  });
});
afterAll(() => mock.close());

const client = (options: Partial<LiveOptions> = {}) =>
  openLiveClient('openai-realtime', {
    url: mock.tlsUrl ?? '',
    ca: mock.tlsCertificate ?? '',
    credentials: { apiKey: 'sk-bench-0123456789' },
    credentialVariables: ['OPENAI_API_KEY'],
    clock: systemClock,
    limits: { attempts: 1 },
    ...options,
  });

const joke = corpus.prompts.get('en-joke-a')!;

it('asks in writing and hears the answer', async () => {
  const events: LiveEvent[] = [];
  const answer = await client().ask(
    { text: joke.transcript, stream: true },
    { onEvent: (event) => events.push(event) },
  );
  expect(answer.audioMs).toBeGreaterThan(500);
  expect(answer.text.length).toBeGreaterThan(5);
  const types = events.map(({ type }) => type);
  expect(types.slice(0, 2)).toEqual(['connected', 'request']);
  expect(types.at(-1)).toBe('done');
  expect(types.filter((type) => type === 'first-audio')).toHaveLength(1);
});

it('asks by sound, in real time, and is understood', async () => {
  const { channels, rateHz } = readWav(readFileSync(joke.path));
  const clip = { samples: channels[0]!, rateHz };
  const events: LiveEvent[] = [];
  const answer = await client().ask(
    { text: joke.transcript, speech: { clip, offsetSample: joke.offsetSample }, stream: true },
    { onEvent: (event) => events.push(event) },
  );
  expect(answer.audioMs).toBeGreaterThan(500);
  expect(mock.events.find((event) => event.type === 'heard')).toMatchObject({ utterance: 'en-joke' });
  const at = (type: LiveEvent['type']): number => events.find((event) => event.type === type)!.hostAtMs;
  const spokenMs = ((joke.offsetSample + 1) * 1000) / joke.rateHz;
  // Timers only ever fire late, so speech cannot have left faster than it is spoken.
  expect(at('request') - at('connected')).toBeGreaterThanOrEqual(spokenMs);
  // The service decides after its silence window, which the answer cannot undercut.
  expect(at('first-audio') - at('request')).toBeGreaterThan(100);
});

it('calls functions that the question offers', async () => {
  const light = corpus.prompts.get('en-light-on-a')!;
  const { calls } = await client().ask({
    text: light.transcript,
    tools: [{ name: 'SetLightState', parameters: { type: 'object', properties: {} } }],
    stream: true,
  });
  expect(calls).toMatchObject([{ name: 'SetLightState' }]);
});

it('is told of a wrong key by an event and a close, not by the upgrade', async () => {
  await expect(
    client({ credentials: { apiKey: 'sk-wrong-0123456789' } }).ask({ text: 'Hi', stream: true }),
  ).rejects.toMatchObject({
    code: 'HIL_PROVIDER_KEY_REJECTED',
    message: expect.stringContaining('set OPENAI_API_KEY') as string,
  });
});

it('is told of an unknown model', async () => {
  await expect(client({ model: 'gpt-9' }).ask({ text: 'Hi', stream: true })).rejects.toMatchObject({
    code: 'HIL_PROVIDER_REFUSED',
    facts: { providerCode: 'invalid_model' },
  });
});
