/** Answers that no well-behaved service gives, from a socket that a test holds. */
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { systemClock } from '../../../ports';
import type { LiveEvent } from '../live-event';
import { openLiveClient } from '../open-live-client';

let server: WebSocketServer;
afterEach(
  () =>
    new Promise<void>((resolve) => {
      for (const socket of server.clients) socket.terminate();
      server.close(() => resolve());
    }),
);

const created = { type: 'session.created', session: {} };

/** A service that opens a session and answers `response.create` as the test says. */
async function client(
  answer: (socket: WebSocket) => void,
  hear?: (socket: WebSocket, packets: number) => void,
) {
  const received: Record<string, unknown>[] = [];
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  server.on('connection', (socket) => {
    socket.send(JSON.stringify(created));
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as Record<string, unknown>;
      received.push(message);
      if (message.type === 'response.create') answer(socket);
      if (message.type === 'input_audio_buffer.append')
        hear?.(socket, received.filter(({ type }) => type === message.type).length);
    });
  });
  const { port } = server.address() as AddressInfo;
  const asked = openLiveClient('openai-realtime', {
    url: `ws://127.0.0.1:${port}/v1/realtime`,
    credentials: { apiKey: 'sk-bench-0123456789' },
    clock: systemClock,
    limits: { attempts: 1 },
  });
  return { asked, received };
}

const send =
  (...events: readonly object[]) =>
  (socket: WebSocket): void =>
    events.forEach((event) => socket.send(JSON.stringify(event)));
const done = (status: string, status_details: object | null = null): object => ({
  type: 'response.done',
  response: { status, status_details, usage: { total_tokens: 3, input_tokens: 1, output_tokens: 2 } },
});
const transcript = { type: 'response.output_audio_transcript.delta', delta: 'Hi', obfuscation: 'xyz' };
const audio = { type: 'response.output_audio.delta', delta: Buffer.alloc(960).toString('base64') };
const question = { text: 'Hello', stream: true };

it('sets the session up, adds the history, then asks; unknown events and fields do not matter', async () => {
  const { asked, received } = await client(
    send({ type: 'response.created' }, { type: 'some.new.event' }, transcript, audio, done('completed')),
  );
  const history = [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'b' },
  ] as const;
  await expect(asked.ask({ ...question, history })).resolves.toMatchObject({
    text: 'Hi',
    audioMs: 20,
    usage: { promptTokens: 1, answerTokens: 2 },
  });
  expect(received.map(({ type }) => type)).toEqual([
    'session.update',
    'conversation.item.create',
    'conversation.item.create',
    'conversation.item.create',
    'response.create',
  ]);
  expect(received[0]).toMatchObject({
    session: { type: 'realtime', instructions: 'Be short.', audio: { input: { turn_detection: null } } },
  });
  expect(received[2]).toMatchObject({
    item: { role: 'assistant', content: [{ type: 'output_text', text: 'b' }] },
  });
});

const failed = (code: string): object =>
  done('failed', { type: 'failed', error: { type: 'x', code, message: 'No.' } });
it.each<[string, (socket: WebSocket) => void, string]>([
  ['failed by a quota', send(failed('insufficient_quota')), 'HIL_PROVIDER_QUOTA'],
  ['failed by a limit', send(failed('rate_limit_exceeded')), 'HIL_PROVIDER_LIMITED'],
  [
    'blocked',
    send(transcript, done('incomplete', { type: 'incomplete', reason: 'content_filter' })),
    'HIL_PROVIDER_REFUSED',
  ],
  [
    'cancelled',
    send(audio, done('cancelled', { type: 'cancelled', reason: 'turn_detected' })),
    'HIL_PROVIDER_MALFORMED',
  ],
  ['empty', send(done('completed')), 'HIL_PROVIDER_MALFORMED'],
  ['without a response', send({ type: 'response.done' }), 'HIL_PROVIDER_MALFORMED'],
  ['without a delta', send({ type: 'response.output_audio.delta' }), 'HIL_PROVIDER_MALFORMED'],
  ['no JSON', (socket) => socket.send('Hi'), 'HIL_PROVIDER_MALFORMED'],
  ['binary', (socket) => socket.send(Buffer.from(JSON.stringify(audio))), 'HIL_PROVIDER_MALFORMED'],
  [
    'an error event',
    send({
      type: 'error',
      error: { type: 'invalid_request_error', code: 'unknown_parameter', message: 'No.' },
    }),
    'HIL_PROVIDER_REFUSED',
  ],
  ['cut', (socket) => socket.terminate(), 'HIL_PROVIDER_CUT'],
  [
    'closed because the session is old',
    (socket) => socket.close(1001, 'session_expired'),
    'HIL_PROVIDER_CUT',
  ],
])('refuses an answer that is %s', async (_, answer, code) => {
  const { asked } = await client(answer);
  await expect(asked.ask(question)).rejects.toMatchObject({ code });
});

it('speaks on behind a pause that the service takes for the end, and leaves aside what it answers to that', async () => {
  const stopped = { type: 'input_audio_buffer.speech_stopped' };
  const started = { type: 'input_audio_buffer.speech_started' };
  const created = (id: string): object => ({ type: 'response.created', response: { id } });
  const says = (response_id: string, delta: string): object => ({ ...transcript, response_id, delta });
  const ended = (id: string, status: string): object => ({
    type: 'response.done',
    response: { id, status, status_details: { reason: 'turn_detected' } },
  });
  const events: LiveEvent['type'][] = [];
  const { asked: spoken, received } = await client(
    () => undefined,
    (socket, packets) => {
      if (packets === 1) send(stopped, created('r1'), says('r1', 'No'), ended('r1', 'cancelled'))(socket);
      if (packets === 2) send(stopped, created('r2'), says('r2', 'No'))(socket);
      // The third packet is the last of the speech; the fourth left once the client knew that.
      if (packets === 4) {
        send(
          ended('r2', 'completed'),
          created('r3'),
          started,
          says('r3', 'No'),
          ended('r3', 'cancelled'),
        )(socket);
        send(stopped, created('r4'), says('r4', 'Hi'), ended('r4', 'completed'))(socket);
      }
    },
  );
  const clip = { samples: new Float32Array(1_440), rateHz: 24_000 };
  const answer = await spoken.ask(
    { ...question, speech: { clip, offsetSample: 1_439 } },
    { onEvent: ({ type }) => events.push(type) },
  );
  expect(answer.text).toBe('Hi');
  expect(events).toEqual(['connected', 'request', 'first-token', 'token', 'done']);
  expect(received.filter(({ type }) => type === 'input_audio_buffer.append').length).toBeGreaterThanOrEqual(
    4,
  );
});
