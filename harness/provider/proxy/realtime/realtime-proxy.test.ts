import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWav } from '../../../audio';
import { systemClock, type ProviderEvent } from '../../../ports';
import { scenario, smallCorpus, spoken } from '../../__fixtures__/small-corpus';
import { LIGHT_TOOL, WireClient } from '../../__fixtures__/wire-client';
import type { MockProvider } from '../../mock/mock-options';
import { createMockProvider, type MockProviderOptions } from '../../mock/openai-realtime/mock-provider';
import { openProxy, type ProviderProxy, type ProxyOptions } from '../open-proxy';

const corpus = smallCorpus();
const prompts = [...corpus.prompts.values()];
/** For whoever need not hear: quicker to open. */
const deafened = { prompts: new Map(), replies: corpus.replies };
let mock: MockProvider;
let proxy: ProviderProxy;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-proxy-'));
});
afterEach(async () => {
  await proxy.close();
  await mock.close();
  rmSync(folder, { recursive: true });
});

/** A proxy whose real provider is the mock. */
async function open(
  over: Partial<ProxyOptions> = {},
  ofMock: Partial<MockProviderOptions> = {},
): Promise<void> {
  mock = await createMockProvider({ scenario, corpus, clock: systemClock, ...ofMock });
  proxy = await openProxy({
    protocol: 'openai-realtime',
    clock: systemClock,
    upstreamUrl: mock.url,
    ...over,
  });
}

/** Resolves with the first event of this type of a log, which may be there already. */
const eventOf = <T extends ProviderEvent['type']>(
  provider: Pick<MockProvider, 'events' | 'onEvent'>,
  type: T,
  count = 1,
): Promise<Extract<ProviderEvent, { readonly type: T }>> => {
  type Wanted = Extract<ProviderEvent, { readonly type: T }>;
  const found = (): Wanted | undefined =>
    provider.events.filter((event): event is Wanted => event.type === type)[count - 1];
  return new Promise((resolve) => {
    const known = found();
    if (known !== undefined) resolve(known);
    const cancel = provider.onEvent(() => {
      const event = found();
      if (event === undefined) return;
      cancel();
      resolve(event);
    });
  });
};

/** What a log says without place and time; which clip it is only the mock knows. */
const told = ({ events }: Pick<MockProvider, 'events'>): object[] =>
  events.map((event) =>
    Object.fromEntries(
      Object.entries(event).filter(([name]) => !['seq', 'hostAtMs', 'replyId'].includes(name)),
    ),
  );
/** Recognition ends when it ends, in both of them. */
const withoutHeard = (events: object[]): object[] => events.filter((event) => !('confidence' in event));

it.each(['ga', 'beta'] as const)(
  'logs of a tool turn what the mock behind it logs, and nothing else, in %s',
  async (dialect) => {
    await open({ prompts }, { dialect });
    const headers = dialect === 'beta' ? { 'openai-beta': 'realtime=v1' } : {};
    const client = await WireClient.open(proxy.url, { headers });
    await client.next('session.created');
    const session = dialect === 'beta' ? { tools: [LIGHT_TOOL] } : { type: 'realtime', tools: [LIGHT_TOOL] };
    client.send({ type: 'session.update', session });
    await client.next('session.updated');
    client.say(spoken(corpus, 'en-light-on-a'));
    const call = await client.next('response.function_call_arguments.done');
    await client.next('response.done');
    client.send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: call.call_id, output: '{"ok":true}' },
    });
    client.send({ type: 'response.create' });
    await client.next('response.done');
    await client.close();
    await eventOf(proxy, 'session-closed');
    await eventOf(mock, 'session-closed');
    await eventOf(proxy, 'heard');
    expect(withoutHeard(told(proxy))).toEqual(withoutHeard(told(mock)));
    const { offsetAtStreamSample } = await eventOf(proxy, 'endpoint');
    expect(told(proxy).filter((event) => 'confidence' in event)).toEqual([
      expect.objectContaining({
        ...{ type: 'heard', promptId: 'en-light-on-a', utterance: 'en-light-on' },
        offsetAtStreamSample,
      }),
    ]);
    expect(new Set(proxy.events.map(({ type }) => type))).toEqual(
      new Set([
        'session-open',
        'session-updated',
        'speech-started',
        'endpoint',
        'heard',
        'response-started',
        'tool-call',
        'tool-output',
        'audio-out',
        'response-done',
        'session-closed',
      ]),
    );
  },
);

it('keeps what the board has sent and what it was answered, bit for bit', async () => {
  await open();
  const client = await WireClient.open(proxy.url);
  await client.next('session.created');
  const said = spoken(corpus, 'en-joke-a');
  client.say(said);
  await client.next('response.done');
  const { itemId, sessionId = '' } = await eventOf(proxy, 'audio-out');
  const replyId = (await eventOf(mock, 'audio-out')).replyId;
  const window = { sessionId, fromHostAtMs: 0, toHostAtMs: Infinity, path: join(folder, 'received.wav') };
  const received = await proxy.saveReceived(window);
  expect(received).toMatchObject({ rateHz: 24_000, firstStreamSample: 0, lengthSamples: said.length });
  expect(readWav(readFileSync(window.path)).channels[0]).toEqual(
    Float32Array.from(said, (sample) => sample / 32_768),
  );

  const path = join(folder, 'reply.wav');
  const known = corpus.replies.get(replyId);
  const clip = await proxy.saveReply?.({ itemId, path });
  expect(clip).toMatchObject({
    id: itemId,
    path,
    rateHz: 24_000,
    transcript: known?.transcript,
    lengthSamples: known?.lengthSamples,
    onsetSample: known?.onsetSample,
    offsetSample: known?.offsetSample,
  });
  expect(readFileSync(path).equals(readFileSync(known?.path ?? ''))).toBe(true);
  expect(await proxy.saveReply?.({ itemId: 'item_nobody_has', path })).toBeUndefined();
  await client.close();
});

it('keeps G.711 at its own rate', async () => {
  await open();
  const client = await WireClient.open(proxy.url);
  await client.next('session.created');
  const session = { type: 'realtime', audio: { output: { format: { type: 'audio/pcmu' } } } };
  client.send({ type: 'session.update', session });
  await client.next('session.updated');
  client.say(spoken(corpus, 'en-joke-a'));
  await client.next('response.done');
  const { itemId, rateHz } = await eventOf(proxy, 'audio-out');
  const { replyId } = await eventOf(mock, 'audio-out');
  const path = join(folder, 'reply.wav');
  const clip = await proxy.saveReply?.({ itemId, path });
  const known = corpus.replies.get(replyId);
  expect([rateHz, clip?.rateHz]).toEqual([8000, 8000]);
  expect(clip?.lengthSamples).toBe(Math.round((known?.lengthSamples ?? 0) / 3));
  // The frames of the annotation are 10 ms, and the law's noise may hide the softest of them.
  expect(Math.abs((clip?.onsetSample ?? 0) - (known?.onsetSample ?? 0) / 3)).toBeLessThanOrEqual(160);
  await client.close();
});

it('logs a barge-in as the mock does: cancelled, then truncated by the board', async () => {
  await open({}, { scenario: { ...scenario, pacing: { chunkMs: 200, realTimeFactor: 1 } } });
  const client = await WireClient.open(proxy.url);
  await client.next('session.created');
  client.say(spoken(corpus, 'en-joke-a'));
  const delta = await client.next('response.output_audio.delta');
  client.say(spoken(corpus, 'en-light-off-a'));
  const done = await client.next('response.done');
  expect(done).toMatchObject({ response: { status: 'cancelled' } });
  client.send({
    type: 'conversation.item.truncate',
    item_id: delta.item_id,
    content_index: 0,
    audio_end_ms: 100,
  });
  await client.next('conversation.item.truncated');
  await client.close();
  await eventOf(proxy, 'session-closed');
  await eventOf(mock, 'session-closed');
  expect(withoutHeard(told(proxy))).toEqual(withoutHeard(told(mock)));
  expect(told(proxy)).toContainEqual(expect.objectContaining({ type: 'truncated', audioEndMs: 100 }));
});

it('hears what a board that pushes to talk has committed', async () => {
  await open({ prompts });
  const client = await WireClient.open(proxy.url);
  await client.next('session.created');
  client.send({
    type: 'session.update',
    session: { type: 'realtime', audio: { input: { turn_detection: null } } },
  });
  await client.next('session.updated');
  client.say(spoken(corpus, 'en-light-off-a'));
  client.send({ type: 'input_audio_buffer.commit' });
  client.send({ type: 'response.create' });
  await client.next('response.done');
  expect(await eventOf(proxy, 'heard')).toMatchObject({ promptId: 'en-light-off-a' });
  expect(await eventOf(proxy, 'response-started')).toMatchObject({ trigger: 'client' });
  await client.close();
});

it('logs what no client need cope with, as the mock does that has done it', async () => {
  await open({}, { faults: ['wrong-framing'], corpus: deafened });
  await fetch(`${proxy.url.replace('ws:', 'http:').split('/v1')[0] ?? ''}/v1/realtime/client_secrets`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-of-the-board', 'content-type': 'application/json' },
    body: '{}',
  });
  const client = await WireClient.open(proxy.url);
  await client.next('session.created');
  client.send({ type: 'response.create' });
  await eventOf(proxy, 'response-done');
  await client.close();
  const deviations = ({ events }: Pick<MockProvider, 'events'>) =>
    events.flatMap((event) => (event.type === 'deviation' ? [[event.code, event.message]] : []));
  expect(deviations(proxy)).toEqual(deviations(mock));
  expect(deviations(proxy).map(([code]) => code)).toEqual(['chunked-answer', 'binary-message']);
});

describe('credentials', () => {
  it("swaps the board's key for the bench's, in the header and in the subprotocol", async () => {
    await open(
      { credentials: { apiKey: 'sk-of-the-bench' } },
      { apiKey: 'sk-of-the-bench', corpus: deafened },
    );
    const byHeader = await WireClient.open(proxy.url, {
      headers: { authorization: 'Bearer sk-of-the-board' },
    });
    await byHeader.next('session.created');
    await byHeader.close();
    const byProtocol = await WireClient.open(proxy.url, { headers: { authorization: '' } }, [
      'realtime',
      'openai-insecure-api-key.sk-of-the-board',
    ]);
    await byProtocol.next('session.created');
    expect(byProtocol.socket.protocol).toBe('realtime');
    await byProtocol.close();
  });

  it('leaves an ephemeral key, since its session begins with what it was minted for', async () => {
    await open(
      { credentials: { apiKey: 'sk-of-the-bench' } },
      { apiKey: 'sk-of-the-bench', corpus: deafened },
    );
    const minted = await fetch(
      `${proxy.url.replace('ws:', 'http:').split('/v1')[0] ?? ''}/v1/realtime/client_secrets`,
      {
        method: 'POST',
        headers: { authorization: 'Bearer sk-of-the-board', 'content-type': 'application/json' },
        body: JSON.stringify({ session: { type: 'realtime', model: 'gpt-realtime', tools: [LIGHT_TOOL] } }),
      },
    );
    const { value } = (await minted.json()) as { value: string };
    expect(value).toMatch(/^ek_/);
    const client = await WireClient.open(proxy.url, { headers: { authorization: `Bearer ${value}` } });
    expect(await client.next('session.created')).toMatchObject({
      session: { tools: [{ name: 'SetLightState' }] },
    });
    await client.close();
  });

  it('hands a refused key on as the service does: 101, the error, the close code', async () => {
    await open({}, { apiKey: 'sk-right', corpus: deafened });
    const client = await WireClient.open(proxy.url, { headers: { authorization: 'Bearer sk-wrong' } });
    expect(await client.closed).toEqual({ code: 3000, reason: 'invalid_request_error.invalid_api_key' });
    expect(await eventOf(proxy, 'error')).toMatchObject({ code: 'invalid_api_key' });
    expect(told(proxy)).toEqual(told(mock));
  });
});

it('hands on pings and pongs, so that a silent board is cut by the provider and not kept by the proxy', async () => {
  await open({}, { pingIntervalMs: 5, pongTimeoutMs: 40, corpus: deafened });
  const deaf = await WireClient.open(proxy.url, { autoPong: false });
  await expect(deaf.closed).resolves.toMatchObject({ code: 1006 });
  expect(await eventOf(proxy, 'session-closed')).toMatchObject({ closeCode: 1006, closedBy: 'provider' });
  const polite = await WireClient.open(proxy.url);
  let pings = 0;
  await new Promise<void>((resolve) => polite.socket.on('ping', () => ++pings === 20 && resolve()));
  expect(polite.socket.readyState).toBe(polite.socket.OPEN);
  await polite.close();
});
