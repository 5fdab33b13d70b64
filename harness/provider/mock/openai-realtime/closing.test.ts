/** Who ended a session, as the log says it: the diagnosis of a turn without a reply rests on it. */
import { ManualClock } from '../../../board/__fixtures__/manual-clock';
import { eventOf } from '../../__fixtures__/event-of';
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import { WireClient } from '../../__fixtures__/wire-client';
import type { ProviderEvent } from '../../../ports';
import type { MockProvider } from '../mock-options';
import { createMockProvider, type MockProviderOptions } from './mock-provider';

const corpus = smallCorpus();
let clock: ManualClock;
let provider: MockProvider;
let client: WireClient;

async function start(change: Partial<MockProviderOptions> = {}): Promise<void> {
  clock = new ManualClock();
  provider = await createMockProvider({ scenario, corpus, clock, ...change });
  client = await WireClient.open(provider.url);
  await client.next('session.created');
}
afterEach(() => provider.close());

const closed = (): Promise<ProviderEvent> => eventOf(provider, ({ type }) => type === 'session-closed');

it('is the board when it closes', async () => {
  await start();
  client.socket.close(1000, 'bye');
  await expect(closed()).resolves.toMatchObject({ closeCode: 1000, reason: 'bye', closedBy: 'board' });
});

it('is the board when it closes without a code', async () => {
  await start();
  client.socket.close();
  await expect(closed()).resolves.toMatchObject({ closeCode: 1005, closedBy: 'board' });
});

it('is the provider when the session grows too old', async () => {
  await start({ sessionMaxMs: 60_000, pingIntervalMs: 90_000 });
  clock.advance(60_000);
  await expect(closed()).resolves.toMatchObject({ closeCode: 1001, closedBy: 'provider' });
});

it('is the provider when a message is larger than it takes', async () => {
  await start();
  client.send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(17 * 1024 * 1024) });
  await expect(closed()).resolves.toMatchObject({ closedBy: 'provider' });
});

it('is nobody when the connection is cut', async () => {
  await start();
  client.socket.terminate();
  const event = await closed();
  expect(event).toMatchObject({ closeCode: 1006 });
  expect(event).not.toHaveProperty('closedBy');
});

it('is nobody when the board stops answering PINGs', async () => {
  clock = new ManualClock();
  provider = await createMockProvider({ scenario, corpus, clock, pingIntervalMs: 1000, pongTimeoutMs: 500 });
  client = await WireClient.open(provider.url, { autoPong: false });
  await client.next('session.created');
  clock.advance(1000);
  clock.advance(500);
  const event = await closed();
  expect(event).toMatchObject({ reason: 'ping_timeout' });
  expect(event).not.toHaveProperty('closedBy');
});
