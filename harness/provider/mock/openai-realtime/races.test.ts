/** What a client, a talker, a recogniser and a closing provider do to each other, on a clock that stands still. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../board/__fixtures__/manual-clock';
import { scenario, smallCorpus, spoken } from '../../__fixtures__/small-corpus';
import { at, LIGHT_TOOL, WireClient } from '../../__fixtures__/wire-client';
import type { MockProvider } from '../mock-options';
import { createMockProvider, type MockProviderOptions } from './mock-provider';

const corpus = smallCorpus();
const withTools = { type: 'session.update', session: { type: 'realtime', tools: [LIGHT_TOOL] } };
let clock: ManualClock;
let provider: MockProvider;
let client: WireClient;

async function start(
  timing: Partial<typeof scenario.timing>,
  change: Partial<MockProviderOptions> = {},
): Promise<void> {
  clock = new ManualClock();
  const paced = { ...scenario, timing: { ...scenario.timing, ...timing } };
  provider = await createMockProvider({ scenario: paced, corpus, clock, ...change });
  client = await WireClient.open(provider.url);
  client.send(withTools);
}
afterEach(() => provider.close());

const status = async (): Promise<unknown> => at(await client.next('response.done'), 'response', 'status');
const said = (done: unknown): unknown => at(done, 'response', 'output', 0, 'content', 0, 'transcript');
async function served(): Promise<void> {
  client.send({ type: 'no.such' });
  await client.next('error');
}

describe('response.cancel', () => {
  it('before the call leaves what was said to the next response', async () => {
    await start({ toolCallMs: 500 });
    client.say(spoken(corpus, 'en-light-on-a'));
    await client.next('response.created');
    client.send({ type: 'response.cancel' });
    expect(await status()).toBe('cancelled');
    client.send({ type: 'response.create' });
    await client.next('response.created');
    clock.advance(500);
    expect((await client.next('response.function_call_arguments.done')).name).toBe('SetLightState');
  });

  it('before the confirmation leaves it to the next response', async () => {
    await start({ firstAudioMs: 500 });
    client.say(spoken(corpus, 'en-light-on-a'));
    const call = await client.next('response.function_call_arguments.done');
    await client.next('response.done');
    const item = { type: 'function_call_output', call_id: call.call_id, output: '{}' };
    client.send({ type: 'conversation.item.create', item });
    client.send({ type: 'response.create' });
    await client.next('response.created');
    client.send({ type: 'response.cancel' });
    expect(await status()).toBe('cancelled');
    client.send({ type: 'response.create' });
    await client.next('response.created');
    clock.advance(500);
    expect(said(await client.next('response.done'))).toBe(corpus.replies.get('en-light-is-on-a')?.transcript);
  });

  it('in the middle of the words does not have them said again', async () => {
    await start({}, { scenario: { ...scenario, pacing: { chunkMs: 100, realTimeFactor: 1 } } });
    client.say(spoken(corpus, 'en-joke-a'));
    await client.next('response.output_audio.delta');
    client.send({ type: 'response.cancel' });
    expect(await status()).toBe('cancelled');
    client.send({ type: 'response.cancel' });
    expect((await client.next('error')).error).toMatchObject({ code: 'response_cancel_not_active' });
    client.send({ type: 'response.create' });
    expect(at(await client.next('response.done'), 'response', 'output')).toEqual([]);
    clock.advance(15_000);
    await served();
    expect(client.types().filter((type) => type === 'response.done')).toHaveLength(2);
  });
});

describe("response.create before the turn's own", () => {
  it('answers the turn once', async () => {
    await start({ responseCreatedMs: 300 });
    client.say(spoken(corpus, 'en-joke-a'));
    await client.next('input_audio_buffer.committed');
    client.send({ type: 'response.create' });
    expect(said(await client.next('response.done'))).toBe(corpus.replies.get('en-joke-a')?.transcript);
    clock.advance(300);
    await served();
    expect(client.types().filter((type) => type === 'response.created')).toHaveLength(1);
    expect(client.types().filter((type) => type === 'error')).toHaveLength(1);
  });
});

describe('a provider that closes while it recognises', () => {
  it('does not say that it heard nothing', async () => {
    const workerPath = join(mkdtempSync(join(tmpdir(), 'earshot-')), 'slow.js');
    writeFileSync(
      workerPath,
      `const { parentPort } = require('node:worker_threads');
      parentPort.on('message', () => undefined);
      parentPort.postMessage('ready');`,
    );
    await start({}, { workerPath });
    client.say(spoken(corpus, 'en-joke-a'));
    await client.next('response.created');
    await provider.close();
    await client.closed;
    const types = provider.events.map((event) => event.type);
    expect(types.at(-1)).toBe('session-closed');
    expect(types).not.toContain('heard');
  });
});

describe('the strict race', () => {
  it('answers a response.create at arguments.done with an error, and one after response.done with words', async () => {
    await start({}, { toolRace: 'strict' });
    client.say(spoken(corpus, 'en-light-on-a'));
    const call = await client.next('response.function_call_arguments.done');
    const item = { type: 'function_call_output', call_id: call.call_id, output: '{}' };
    client.send({ type: 'conversation.item.create', item });
    client.send({ type: 'response.create' });
    expect((await client.next('error')).error).toMatchObject({
      code: 'conversation_already_has_active_response',
    });
    clock.advance(40);
    await client.next('response.done');
    client.send({ type: 'response.create' });
    await client.next('response.output_audio.delta');
  });
});
