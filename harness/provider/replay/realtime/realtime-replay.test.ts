/** A session that a proxy has recorded, played to another board. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../board/__fixtures__/manual-clock';
import { systemClock, type Clock, type EventSequence, type ProviderEvent } from '../../../ports';
import { scenario, smallCorpus, spoken } from '../../__fixtures__/small-corpus';
import { at, LIGHT_TOOL, WireClient } from '../../__fixtures__/wire-client';
import type { MockOptions, MockProvider } from '../../mock/mock-options';
import { openMock } from '../../mock/open-mock';
import { openProxy } from '../../proxy/open-proxy';
import type { SocketTake } from '../../proxy/cassette';
import { readCassette } from '../../proxy/read-cassette';

const corpus = smallCorpus();
let folder: string;
let replayPath: string;
let recordedEvents: EventSequence<ProviderEvent>;
let minted: string;
const opened: MockProvider[] = [];

/** One tool turn as a board of `realtime-ws` takes it. */
async function toolTurn(client: WireClient, tools: readonly object[] = [LIGHT_TOOL]): Promise<void> {
  client.send({ type: 'session.update', session: { type: 'realtime', tools } });
  await client.next('session.updated');
  await spokenTurn(client);
}
async function spokenTurn(client: WireClient): Promise<void> {
  client.say(spoken(corpus, 'en-light-on-a'));
  const call = await client.next('response.function_call_arguments.done');
  await client.next('response.done');
  client.send({
    type: 'conversation.item.create',
    item: { type: 'function_call_output', call_id: call.call_id, output: '{"ok":true}' },
  });
  client.send({ type: 'response.create' });
  await client.next('response.done');
  await client.next('rate_limits.updated');
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-replay-'));
  replayPath = join(folder, 'take.jsonl');
  const timing = { responseCreatedMs: 10, firstAudioMs: 60, toolCallMs: 40 };
  const mock = await openMock('openai-realtime', {
    scenario: { ...scenario, timing },
    corpus,
    clock: systemClock,
    credentials: { apiKey: 'sk-of-the-bench' },
  });
  const proxy = await openProxy({
    protocol: 'openai-realtime',
    clock: systemClock,
    upstreamUrl: mock.url,
    cassettePath: replayPath,
    credentials: { apiKey: 'sk-of-the-bench' },
    prompts: [...corpus.prompts.values()],
  });
  const { origin } = new URL(proxy.url.replace('ws:', 'http:'));
  const key = await fetch(`${origin}/v1/realtime/client_secrets`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-of-the-board', 'content-type': 'application/json' },
    body: JSON.stringify({ session: { type: 'realtime', model: 'gpt-realtime' } }),
  });
  minted = ((await key.json()) as { value: string }).value;
  const client = await WireClient.open(proxy.url, { headers: { authorization: `Bearer ${minted}` } });
  await client.next('session.created');
  await toolTurn(client);
  await client.close();
  await proxy.close();
  await mock.close();
  recordedEvents = proxy.events;
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function replayOf(clock: Clock = systemClock, over: Partial<MockOptions> = {}): Promise<MockProvider> {
  const replay = await openMock('openai-realtime', { scenario, corpus, clock, replayPath, ...over });
  opened.push(replay);
  return replay;
}

/** The next event of this type, which comes as the clock goes on. */
async function nextOn(clock: ManualClock, client: WireClient, type: string): Promise<void> {
  const waiting = { isOver: false };
  void client.next(type).then(() => (waiting.isOver = true));
  while (!waiting.isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1);
  }
}

const types = (events: EventSequence<ProviderEvent>): string[] => events.map(({ type }) => type);

it('records the session without secrets and without the sound of the room', () => {
  const text = readFileSync(replayPath, 'utf8');
  expect(text).not.toContain('sk-of-the-bench');
  expect(text).not.toContain(minted);
  expect(text).not.toContain('input_audio_buffer.append');
  const take = readCassette(replayPath).takes.find((one): one is SocketTake => one.kind === 'socket');
  expect(take?.spoken).toEqual([
    {
      spokeUntilMs: expect.any(Number) as number,
      heard: { promptId: 'en-light-on-a', utterance: 'en-light-on', language: 'en' },
    },
  ]);
  expect(take?.end).toMatchObject({ how: 'closed', by: 'board', code: 1000 });
});

it('answers a turn with what was recorded, and logs what the proxy had logged', async () => {
  const replay = await replayOf();
  const client = await WireClient.open(replay.url);
  await client.next('session.created');
  await toolTurn(client);
  await client.close();
  expect(types(replay.events.filter(({ type }) => type !== 'heard'))).toEqual(
    types(recordedEvents.filter(({ type }) => type !== 'heard' && type !== 'error')),
  );
  const told = ({ type }: ProviderEvent): boolean => ['tool-call', 'audio-out', 'tool-output'].includes(type);
  const plain = (events: EventSequence<ProviderEvent>): object[] =>
    events.filter(told).map((event) => ({ ...event, seq: 0, hostAtMs: 0 }));
  expect(plain(replay.events)).toEqual(plain(recordedEvents));
  const heard = [...replay.events].findIndex(({ type }) => type === 'heard');
  expect(replay.events.at(heard)).toMatchObject({
    promptId: 'en-light-on-a',
    sessionId: replay.events.at(0)?.sessionId,
  });
  expect(types(replay.events).indexOf('endpoint')).toBeLessThan(heard);
});

it('keeps to the recorded times after the end of the speech', async () => {
  const clock = new ManualClock();
  const replay = await replayOf(clock);
  const client = await WireClient.open(replay.url);
  const until = (type: string): Promise<void> => nextOn(clock, client, type);
  await until('session.created');
  client.send({ type: 'session.update', session: { type: 'realtime', tools: [LIGHT_TOOL] } });
  await until('session.updated');
  client.say(spoken(corpus, 'en-light-on-a'));
  await until('response.function_call_arguments.done');
  const after = (events: EventSequence<ProviderEvent>, type: ProviderEvent['type']): number => {
    const from = events.find((event) => event.type === 'endpoint')?.hostAtMs ?? NaN;
    return (events.find((event) => event.type === type)?.hostAtMs ?? NaN) - from;
  };
  for (const type of ['response-started', 'tool-call'] as const) {
    expect(after(replay.events, type)).toBeGreaterThanOrEqual(after(recordedEvents, type) - 1);
    expect(after(replay.events, type)).toBeLessThanOrEqual(after(recordedEvents, type) + 2);
  }
  client.socket.terminate();
});

it('shows the tools that the board declares today, and gives a turn that comes twice its own ids', async () => {
  const replay = await replayOf();
  const client = await WireClient.open(replay.url);
  await client.next('session.created');
  await toolTurn(client, [{ ...LIGHT_TOOL, name: 'Renamed' }]);
  await spokenTurn(client);
  await client.close();
  const calls = replay.events.flatMap((event) => (event.type === 'tool-call' ? [event.callId] : []));
  expect(new Set(calls).size).toBe(2);
  expect(replay.events.find(({ type }) => type === 'session-updated')).toMatchObject({ tools: ['Renamed'] });
});

it('says that nobody has answered what was said', async () => {
  const replay = await replayOf();
  const client = await WireClient.open(replay.url);
  await client.next('session.created');
  client.say(spoken(corpus, 'en-joke-a'));
  const error = await client.next('error');
  expect(at(error, 'error', 'message')).toContain('no turn in which en-joke was said');
  await client.close();
  expect(replay.events.filter(({ type }) => type === 'error')).toEqual([
    expect.objectContaining({ code: 'no_take' }),
  ]);
  expect(replay.events.find(({ type }) => type === 'heard')).toMatchObject({ utterance: 'en-joke' });
});

it('cancels what it is saying when the board is spoken to', async () => {
  const clock = new ManualClock();
  const replay = await replayOf(clock);
  const client = await WireClient.open(replay.url);
  const until = (type: string): Promise<void> => nextOn(clock, client, type);
  await until('session.created');
  client.say(spoken(corpus, 'en-light-on-a'));
  await until('response.created');
  client.say(spoken(corpus, 'en-light-on-a'));
  const done = client.next('response.done');
  expect(at(await done, 'response', 'status')).toBe('cancelled');
  client.socket.terminate();
});

it('hands out a stand-in for the ephemeral key, and lets in who shows it', async () => {
  const replay = await replayOf(systemClock, { credentials: { apiKey: 'sk-here' } });
  const { origin } = new URL(replay.url.replace('ws:', 'http:'));
  const key = await fetch(`${origin}/v1/realtime/client_secrets`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-here' },
  });
  const { value, expires_at } = (await key.json()) as { value: string; expires_at: number };
  expect(value).toMatch(/^ek_earshot/);
  expect(expires_at * 1000).toBeGreaterThan(Date.now());
  const client = await WireClient.open(replay.url, { headers: { authorization: `Bearer ${value}` } });
  await client.next('session.created');
  await client.close();
  await expect(
    WireClient.open(replay.url, { headers: { authorization: 'Bearer sk-other' } }),
  ).rejects.toThrow('401');
});
