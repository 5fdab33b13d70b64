/** What every voice provider promises to the bench, wherever it runs. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWav, toPcm16 } from '../audio';
import type { ProviderEvent, VoiceProvider } from '../ports';
import { systemClock } from '../ports';
import { eventOf } from './__fixtures__/event-of';
import { smallCorpus, spoken } from './__fixtures__/small-corpus';
import { LIGHT_TOOL, WireClient } from './__fixtures__/wire-client';

const corpus = smallCorpus();

export function voiceProviderContract(name: string, open: () => Promise<VoiceProvider>): void {
  describe(`VoiceProvider contract: ${name}`, () => {
    let provider: VoiceProvider;
    beforeEach(async () => {
      provider = await open();
    });
    afterEach(() => provider.close());

    async function toolTurn(): Promise<void> {
      const client = await WireClient.open(provider.url);
      client.send({ type: 'session.update', session: { type: 'realtime', tools: [LIGHT_TOOL] } });
      client.say(spoken(corpus, 'en-light-on-a'));
      const call = await client.next('response.function_call_arguments.done');
      await client.next('response.done');
      const item = { type: 'function_call_output', call_id: call.call_id, output: '{"ok":true}' };
      client.send({ type: 'conversation.item.create', item });
      client.send({ type: 'response.create' });
      await client.next('response.done');
      await client.close();
      await eventOf(provider, (event) => event.type === 'session-closed');
    }

    it('logs a tool turn in order, with places and times that rise', async () => {
      const before = systemClock.nowMs();
      const live: ProviderEvent[] = [];
      provider.onEvent((event) => live.push(event));
      await toolTurn();
      const events = [...provider.events];
      expect(live).toEqual(events);
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index));
      expect(
        events.filter((event, index) => event.hostAtMs < (events[index - 1]?.hostAtMs ?? before)),
      ).toEqual([]);
      const types = events.map((event) => event.type).filter((type) => type !== 'audio-out');
      expect(types.filter((type) => type !== 'heard')).toEqual([
        'session-open',
        'session-updated',
        'speech-started',
        'endpoint',
        'response-started',
        'tool-call',
        'response-done',
        'tool-output',
        'response-started',
        'response-done',
        'session-closed',
      ]);
      expect(events.find((event) => event.type === 'heard')).toMatchObject({
        promptId: 'en-light-on-a',
        utterance: 'en-light-on',
        language: 'en',
      });
      expect(new Set(events.map((event) => event.sessionId)).size).toBe(1);
    });

    it('logs each audio packet so that together they are the whole reply', async () => {
      await toolTurn();
      const packets = provider.events.filter((event) => event.type === 'audio-out');
      let next = 0;
      for (const packet of packets) {
        expect(packet).toMatchObject({ replyId: 'en-light-is-on-a', rateHz: 24_000, fromSample: next });
        next += packet.lengthSamples;
      }
      expect(next).toBe(corpus.replies.get('en-light-is-on-a')?.lengthSamples);
    });

    it('places the endpoint at the last loud sample of what was received', async () => {
      await toolTurn();
      const clip = corpus.prompts.get('en-light-on-a')!;
      const endpoint = provider.events.find((event) => event.type === 'endpoint')!;
      const truth = 400 * 24 + clip.offsetSample;
      expect(Math.abs(endpoint.offsetAtStreamSample - truth)).toBeLessThan(0.06 * 24_000);
    });

    it('answers as the script of the turn says, whatever the scenario has', async () => {
      await provider.expectTurn({ turnId: 't1', answer: { calls: [], say: { en: 'en-joke' } } });
      const client = await WireClient.open(provider.url);
      client.say(spoken(corpus, 'en-light-on-a'));
      const packet = await eventOf(provider, (event) => event.type === 'audio-out');
      expect(packet).toMatchObject({ replyId: 'en-joke-a' });
      await client.close();
    });

    it('refuses to be asked for words that it has not', async () => {
      const script = { turnId: 't1', answer: { calls: [], say: { en: 'en-no-such-reply' } } };
      await expect(provider.expectTurn(script)).rejects.toMatchObject({ code: 'HIL_CORPUS_UNKNOWN_CLIP' });
    });

    it('saves what it received, bit for bit, after the session has gone', async () => {
      await toolTurn();
      const { sessionId } = provider.events.at(0)!;
      const folder = await mkdtemp(join(tmpdir(), 'earshot-'));
      const path = join(folder, 'received.wav');
      const window = { sessionId: sessionId!, fromHostAtMs: 0, toHostAtMs: systemClock.nowMs(), path };
      const saved = await provider.saveReceived(window);
      const sent = spoken(corpus, 'en-light-on-a');
      expect(saved).toMatchObject({ path, rateHz: 24_000, firstStreamSample: 0, lengthSamples: sent.length });
      const total = saved!.packets.reduce((sum, packet) => sum + packet.lengthSamples, 0);
      expect(total).toBe(sent.length);
      const bytes = await readFile(path);
      expect(bytes.length).toBe(44 + 2 * sent.length);
      const { channels } = readWav(bytes);
      expect(toPcm16(channels[0]!).pcm).toEqual(sent);
    });

    it('has nothing to save of an unknown session', async () => {
      const window = { sessionId: 'sess_none', fromHostAtMs: 0, toHostAtMs: 1e15, path: '/dev/null' };
      await expect(provider.saveReceived(window)).resolves.toBeUndefined();
    });

    it('closes twice without complaint', async () => {
      await provider.close();
      await expect(provider.close()).resolves.toBeUndefined();
    });
  });
}
