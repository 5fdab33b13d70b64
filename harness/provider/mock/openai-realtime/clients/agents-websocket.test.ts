/** The vendor's agents client, unmodified, in the transport that it has where there is no browser. */
import {
  OpenAIRealtimeWebSocket,
  RealtimeAgent,
  RealtimeSession,
  tool,
  type TransportEvent,
} from '@openai/agents-realtime';
import { z } from 'zod';
import { committedCorpus, scenario, smallCorpus, spoken } from '../../../__fixtures__/small-corpus';
import { systemClock, type Scenario } from '../../../../ports';
import type { MockProvider } from '../../mock-options';
import { createMockProvider } from '../mock-provider';

const corpus = smallCorpus();
/** The sound comes in pieces, so that there is a reply to interrupt. */
const paced: Scenario = { ...scenario, pacing: { chunkMs: 100, realTimeFactor: 4 } };
const prompt = corpus.prompts.get('en-light-on-a')!;
const reply = committedCorpus().replies.get('en-light-is-on-a')!;

let provider: MockProvider;
let client: Client;

beforeAll(async () => {
  provider = await createMockProvider({ scenario: paced, corpus, clock: systemClock, apiKey: 'sk-test' });
});
afterAll(() => provider.close());
afterEach(() => client.session.close());

/** A session of the client with the demos' light, and all that it said about the server. */
class Client {
  readonly lights: boolean[] = [];
  readonly events: TransportEvent[] = [];
  /** Events that do not look as the client's own schemas say: it ignores them. */
  readonly misunderstood: TransportEvent[] = [];
  readonly errors: unknown[] = [];
  readonly audio: Buffer[] = [];
  readonly session: RealtimeSession;
  private cursor = 0;

  constructor() {
    const light = tool({
      name: 'SetLightState',
      description: 'Switches the light.',
      parameters: z.object({ LightState: z.boolean() }),
      execute: ({ LightState }) => {
        this.lights.push(LightState);
        return { ok: true };
      },
    });
    const agent = new RealtimeAgent({ name: 'lamp', instructions: 'Be brief.', tools: [light] });
    const transport = new OpenAIRealtimeWebSocket({ url: provider.url });
    this.session = new RealtimeSession(agent, { transport, model: 'gpt-realtime' });
    transport.on('*', (event) => {
      this.events.push(event);
      // What it understands, it passes on under its own name next.
      const pending = new Set([event]);
      transport.once(event.type as 'session.created', () => pending.clear());
      queueMicrotask(() => this.misunderstood.push(...pending));
    });
    transport.on('audio', ({ data }) => this.audio.push(Buffer.from(data)));
    this.session.on('error', (error) => this.errors.push(error));
  }

  async connect(apiKey: string): Promise<void> {
    await this.session.connect({ apiKey });
  }

  /** The next event of this type after the last one that was waited for. */
  async next(type: string): Promise<TransportEvent> {
    for (;;) {
      const at = this.events.findIndex((event, index) => index >= this.cursor && event.type === type);
      const event = this.events[at];
      if (event !== undefined) {
        this.cursor = at + 1;
        return event;
      }
      await new Promise<void>((resolve) => this.session.transport.once('*', () => resolve()));
    }
  }
}

it('completes a tool turn by voice, understands every event of it and gets the sound of the reply', async () => {
  client = new Client();
  await client.connect('sk-test');
  const samples = spoken(corpus, prompt.id, 400, 9_000);
  for (let at = 0; at < samples.length; at += 480)
    client.session.sendAudio(samples.slice(at, at + 480).buffer);
  // The first response only calls.
  await client.next('response.output_audio.done');
  await client.next('response.done');
  expect(client.lights).toEqual([true]);
  expect(client.errors).toEqual([]);
  expect(client.misunderstood).toEqual([]);
  expect(provider.events).toContainEqual(expect.objectContaining({ type: 'heard', promptId: prompt.id }));
  expect(client.session.history).toMatchObject([
    { role: 'user', content: [{ type: 'input_audio', transcript: prompt.transcript }] },
    { type: 'function_call', name: 'SetLightState', arguments: '{"LightState":true}', output: '{"ok":true}' },
    { role: 'assistant', content: [{ type: 'output_audio', transcript: reply.transcript }] },
  ]);
  const sound = spoken(committedCorpus(), reply.id, 0, 0);
  expect(Buffer.concat(client.audio).equals(Buffer.from(sound.buffer))).toBe(true);
});

it('is let in with a short-lived key, writes, and interrupts what it is told', async () => {
  client = new Client();
  const minted = await fetch(`${provider.url.replace(/^ws(.*)\?.*$/, 'http$1')}/client_secrets`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-test' },
  });
  const { value } = (await minted.json()) as { value: string };
  await client.connect(value);
  client.session.sendMessage(prompt.transcript);
  await client.next('response.output_audio.delta');
  client.session.interrupt();
  expect(await client.next('response.done')).toMatchObject({ response: { status: 'cancelled' } });
  expect(await client.next('conversation.item.truncated')).toMatchObject({ content_index: 0 });
  expect(client.lights).toEqual([true]);
  expect(client.errors).toEqual([]);
  expect(client.misunderstood).toEqual([]);
});
