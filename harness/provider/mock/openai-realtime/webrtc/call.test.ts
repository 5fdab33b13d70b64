import { readFileSync } from 'node:fs';
import { RtcpSrPacket } from 'werift';
import { readWav } from '../../../../audio';
import { systemClock, type Corpus } from '../../../../ports';
import { scenario, smallCorpus, spoken } from '../../../__fixtures__/small-corpus';
import { eventOf } from '../../../__fixtures__/event-of';
import { LIGHT_TOOL, at } from '../../../__fixtures__/wire-client';
import type { MockProvider } from '../../mock-options';
import { createMockProvider } from '../mock-provider';
import { CallClient } from './__fixtures__/call-client';

// Replies are spoken in real time.
jest.setTimeout(20_000);

/** Correlation of a sound with a reference that begins `delaySamples` into it; 1: the same. */
function likeness(sound: Int16Array, reference: Float32Array, delaySamples: number): number {
  let [product, own, other] = [0, 0, 0];
  for (const [at, sample] of reference.entries()) {
    const heard = (sound[at + delaySamples] ?? 0) / 32_768;
    product += heard * sample;
    own += heard * heard;
    other += sample * sample;
  }
  return product / Math.sqrt(own * other);
}

describe('a call over WebRTC', () => {
  let provider: MockProvider;
  let client: CallClient;
  let corpus: Corpus;
  const url = (path: string): string => new URL(path, provider.url.replace('ws:', 'http:')).href;

  beforeEach(async () => {
    corpus = smallCorpus();
    provider = await createMockProvider({ scenario, corpus, clock: systemClock });
  });
  afterEach(async () => {
    await client.close();
    await provider.close();
  });

  it('hears a prompt that is sent as Opus, calls a function, and says the reply on the track', async () => {
    client = new CallClient({ label: 'esp_channel' });
    const reports: RtcpSrPacket[] = [];
    for (const { onRtcp } of client.peer.dtlsTransports)
      onRtcp.subscribe((packet) => {
        if (packet instanceof RtcpSrPacket) reports.push(packet);
      });
    const response = await client.call(url('/v1/realtime/calls?model=gpt-realtime'));
    expect(response.status).toBe(201);
    await client.next('session.created');
    expect(client.types()[0]).toBe('session.created');
    client.send({ type: 'session.update', session: { type: 'realtime', tools: [LIGHT_TOOL] } });
    await client.next('session.updated');
    await client.say(spoken(corpus, 'en-light-on-a'));
    const called = await client.next('response.function_call_arguments.done');
    expect(called.name).toBe('SetLightState');
    await client.next('response.done');
    expect(client.types()).not.toContain('output_audio_buffer.started');
    const item = { type: 'function_call_output', call_id: called.call_id, output: '{"ok":true}' };
    client.send({ type: 'conversation.item.create', item });
    client.send({ type: 'response.create' });
    const started = await client.next('output_audio_buffer.started');
    const done = await client.next('response.done');
    expect(at(done, 'response', 'id')).toBe(started.response_id);
    expect(client.types()).not.toContain('response.output_audio.delta');
    const stopped = await client.next('output_audio_buffer.stopped');
    expect(stopped.response_id).toBe(started.response_id);

    const sent = provider.events.filter((event) => event.type === 'audio-out');
    const received = await client.packets(sent.length);
    const [first] = received;
    expect(first?.header.marker).toBe(true);
    expect(first?.header.timestamp).toBe(sent[0]?.rtp?.timestamp);
    expect(received.slice(1).some(({ header }) => header.marker)).toBe(false);
    for (const [index, { header }] of received.entries())
      expect((header.timestamp - (first?.header.timestamp ?? 0) + 2 ** 32) % 2 ** 32).toBe(960 * index);

    // The clock of the sound, told with the first packet and each second.
    expect(reports.length).toBeGreaterThan(0);
    const timestamps = received.map(({ header }) => header.timestamp);
    for (const { ssrc, senderInfo } of reports) {
      expect(ssrc).toBe(first?.header.ssrc);
      expect(timestamps).toContain(senderInfo.rtpTimestamp);
    }

    const said = corpus.replies.get(sent[0]?.replyId ?? '');
    const reply = readWav(readFileSync(said?.path ?? '')).channels[0] ?? new Float32Array();
    const delay = Math.round(24 * (sent[0]?.rtp?.codecDelayMs ?? 0));
    expect(likeness(client.heard(), reply, delay)).toBeGreaterThan(0.85);
    expect(likeness(client.heard(), reply, delay + 24)).toBeLessThan(0.7);
  });

  it('stops at once when somebody speaks over a reply, also to a board of PCMA whose packets get lost', async () => {
    client = new CallClient({ codec: 'PCMA' });
    await client.call(url('/v1/realtime/calls?model=gpt-realtime'));
    await client.next('session.created');
    await client.say(spoken(corpus, 'en-joke-a'));
    const started = await client.next('output_audio_buffer.started');
    const heard = await eventOf(provider, ({ type }) => type === 'heard');
    expect(heard).toMatchObject({ promptId: 'en-joke-a' });

    await client.packets(5);
    await client.say(spoken(corpus, 'en-light-off-a', 0), (packet) => packet % 15 === 7);
    const cleared = await client.next('output_audio_buffer.cleared');
    expect(cleared.response_id).toBe(started.response_id);
    const truncated = await client.next('conversation.item.truncated');
    const said = provider.events.filter(
      (event) => event.type === 'audio-out' && event.itemId === truncated.item_id,
    );
    expect(truncated.audio_end_ms).toBe(20 * said.length);
    expect(
      client.received.every(({ header, payload }) => header.payloadType === 8 && payload.length === 160),
    ).toBe(true);
    expect(client.types()).not.toContain('output_audio_buffer.stopped');

    const media = await eventOf(provider, (event) => event.type === 'media' && event.lost > 5);
    if (media.type === 'media') expect(media.concealedMs).toBe(20 * media.lost);

    client.send({ type: 'input_audio_buffer.append', audio: 'AAAA' });
    expect(at(await client.next('error'), 'error', 'code')).toBe('invalid_value');
    client.closeChannel();
    const closed = await eventOf(provider, ({ type }) => type === 'session-closed');
    expect(closed).toMatchObject({ closeCode: 1000, closedBy: 'board' });
  });

  it('takes a large session.update, and ends a call that its client hangs up over HTTP', async () => {
    client = new CallClient({ label: 'oai-events' });
    await client.call(url('/v1/realtime/calls?model=gpt-realtime'));
    await client.next('session.created');
    // A message as large as a session with many tools, which SCTP has to cut.
    const tools = Array.from({ length: 60 }, (_, index) => ({
      ...LIGHT_TOOL,
      name: `Tool${index}`,
      description: 'x'.repeat(300),
    }));
    client.send({ type: 'session.update', session: { type: 'realtime', tools } });
    const updated = await client.next('session.updated');
    expect(at(updated, 'session', 'tools', 59, 'name')).toBe('Tool59');
    const headers = { authorization: 'Bearer sk-test' };
    const answer = await fetch(url(`${client.location}/hangup`), { method: 'POST', headers });
    expect(answer.status).toBe(200);
    const closed = await eventOf(provider, ({ type }) => type === 'session-closed');
    expect(closed).toMatchObject({ closeCode: 1000, reason: 'hangup', closedBy: 'board' });
    await client.channelClosed;
  });
});
