/** What a session does when time passes and nothing comes; on a clock that stands still until it is told to go on. */
import { once } from 'node:events';
import { ManualClock } from '../../../board/__fixtures__/manual-clock';
import type { ProviderEvent } from '../../../ports';
import { scenario, smallCorpus, spoken } from '../../__fixtures__/small-corpus';
import { at, WireClient } from '../../__fixtures__/wire-client';
import type { MockProvider } from '../mock-options';
import { createMockProvider, type MockProviderOptions } from './mock-provider';

const corpus = smallCorpus();
let clock: ManualClock;
let provider: MockProvider;

async function start(change: Partial<MockProviderOptions> = {}): Promise<void> {
  clock = new ManualClock(1000);
  provider = await createMockProvider({ scenario, corpus, clock, ...change });
}
afterEach(() => provider.close());

/** Whatever the client has sent so far has been served once this resolves. */
async function served(client: WireClient): Promise<void> {
  client.send({ type: 'no.such' });
  await client.next('error');
}
const eventOf = (type: ProviderEvent['type']): Promise<ProviderEvent> =>
  new Promise((resolve) => provider.onEvent((event) => event.type === type && resolve(event)));

describe('pings', () => {
  const times = { pingIntervalMs: 20_000, pongTimeoutMs: 5_000 };

  it('cut a session whose client does not answer within the stated time, and say why', async () => {
    await start(times);
    const client = await WireClient.open(provider.url, { autoPong: false });
    await client.next('session.created');
    const closed = eventOf('session-closed');
    clock.advance(20_000);
    await once(client.socket, 'ping');
    clock.advance(4_999);
    await served(client);
    clock.advance(1);
    await expect(client.closed).resolves.toMatchObject({ code: 1006 });
    await expect(closed).resolves.toMatchObject({ reason: 'ping_timeout', hostAtMs: 26_000 });
    const error = provider.events.filter((event) => event.type === 'error').at(-1);
    expect(error).toMatchObject({ code: 'ping_timeout', message: expect.stringContaining('5000 ms') });
    expect(clock.pendingCount).toBe(0);
  });

  it('keep a session whose client answers', async () => {
    await start(times);
    const client = await WireClient.open(provider.url);
    for (let round = 0; round < 5; round++) {
      const ping = once(client.socket, 'ping');
      clock.advance(19_999);
      clock.advance(1);
      await ping;
      // The pong left before this does.
      await served(client);
    }
    expect(provider.events.map((event) => event.type)).not.toContain('session-closed');
    await client.close();
  });
});

describe('expires_at', () => {
  it('is wall-clock time plus the longest session, in seconds', async () => {
    await start({ unixNowMs: () => 1_900_000_000_700, sessionMaxMs: 600_000 });
    const client = await WireClient.open(provider.url);
    expect(at(await client.next('session.created'), 'session', 'expires_at')).toBe(1_900_000_600);
    await client.close();
  });
});

describe('idle_timeout_ms', () => {
  const input = { turn_detection: { type: 'server_vad', idle_timeout_ms: 5_000 } };
  const update = { type: 'session.update', session: { type: 'realtime', audio: { input } } };

  it('commits the silence and speaks when nobody has spoken that long after a reply', async () => {
    await start();
    const client = await WireClient.open(provider.url);
    client.send(update);
    client.send({ type: 'response.create' });
    await client.next('response.done');
    client.say(new Int16Array(24 * 900));
    await served(client);
    clock.advance(4_999);
    await served(client);
    expect(client.types()).not.toContain('input_audio_buffer.timeout_triggered');
    clock.advance(1);
    const triggered = await client.next('input_audio_buffer.timeout_triggered');
    expect(triggered).toMatchObject({ audio_start_ms: 0, audio_end_ms: 900 });
    const committed = await client.next('input_audio_buffer.committed');
    expect(committed.item_id).toBe(triggered.item_id);
    const done = await client.next('response.done');
    expect(at(done, 'response', 'output', 0, 'content', 0, 'transcript')).toBe(
      corpus.replies.get('en-sorry-a')?.transcript,
    );
    await client.close();
  });

  it('does not speak into a response that the client asked for', async () => {
    await start({ scenario: { ...scenario, timing: { ...scenario.timing, firstAudioMs: 4_000 } } });
    const client = await WireClient.open(provider.url);
    client.send(update);
    client.send({ type: 'response.create' });
    await client.next('response.created');
    clock.advance(4_000);
    await client.next('response.done');
    clock.advance(3_000);
    client.send({ type: 'response.create' });
    await client.next('response.created');
    clock.advance(3_000);
    await served(client);
    expect(client.types()).not.toContain('input_audio_buffer.timeout_triggered');
    await client.close();
  });

  it('is forgotten when somebody speaks', async () => {
    await start();
    const client = await WireClient.open(provider.url);
    client.send(update);
    client.send({ type: 'response.create' });
    await client.next('response.done');
    client.say(spoken(corpus, 'en-joke-a', 400, 0).subarray(0, 24 * 1100));
    await client.next('input_audio_buffer.speech_started');
    clock.advance(10_000);
    await served(client);
    expect(client.types()).not.toContain('input_audio_buffer.timeout_triggered');
    await client.close();
  });
});

describe('a socket that is cut while a reply is paced', () => {
  it('says and waits for nothing more', async () => {
    await start({ scenario: { ...scenario, pacing: { chunkMs: 100, realTimeFactor: 1 } } });
    const client = await WireClient.open(provider.url);
    client.send({ type: 'response.create' });
    await client.next('response.output_audio.delta');
    const closed = eventOf('session-closed');
    client.socket.terminate();
    await closed;
    clock.advance(60_000);
    expect(provider.events.at(-1)).toMatchObject({ type: 'session-closed', closeCode: 1006 });
    expect(clock.pendingCount).toBe(0);
  });
});
