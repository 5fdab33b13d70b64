/** Spoiled messages to the mock of OpenAI Realtime. */
import WebSocket from 'ws';
import { systemClock } from '../../ports';
import { openMock } from '../../provider';
import { scenario, smallCorpus } from '../../provider/__fixtures__/small-corpus';
import { fuzzWebSocket } from './fuzz-websocket';

const samples = [
  {
    type: 'session.update',
    event_id: 'e1',
    session: {
      type: 'realtime',
      output_modalities: ['audio'],
      audio: { input: { turn_detection: { type: 'server_vad', silence_duration_ms: 200 } } },
      tools: [{ type: 'function', name: 'SetLightState', description: '', parameters: { type: 'object' } }],
    },
  },
  { type: 'input_audio_buffer.append', audio: Buffer.alloc(960).toString('base64') },
  { type: 'input_audio_buffer.commit' },
  {
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Turn on the light' }] },
  },
  { type: 'conversation.item.truncate', item_id: 'item_1', content_index: 0, audio_end_ms: 10 },
  { type: 'response.create', response: { instructions: 'Say hello.' } },
  { type: 'response.cancel' },
];

it('openai-realtime answers or closes on 1 000 spoiled messages', async () => {
  const provider = await openMock('openai-realtime', { scenario, corpus: smallCorpus(), clock: systemClock });
  try {
    const connect = (): WebSocket =>
      new WebSocket(provider.url, { headers: { authorization: 'Bearer sk-test' } });
    const report = await fuzzWebSocket({
      provider,
      connect,
      samples,
      messages: 1000,
      seed: 1,
      clock: systemClock,
    });
    expect(report).toMatchObject({ hung: 0, failed: 0, unserved: 0, unhandledRejections: 0 });
    expect(report.answered.alive! + report.closed).toBe(1000);
    expect(report.answered.alive).toBeGreaterThan(500);
  } finally {
    await provider.close();
  }
});
