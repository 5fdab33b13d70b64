import { systemClock } from '../../../ports';
import {
  answers,
  streams,
  stubService,
  type StubAnswer,
  type StubService,
} from '../../__fixtures__/stub-service';
import type { LiveEvent } from '../live-event';
import { openLiveClient } from '../open-live-client';

let service: StubService | undefined;
afterEach(async () => {
  await service?.close();
});

async function client(answer: StubAnswer) {
  service = await stubService(answer);
  return openLiveClient('ollama', {
    url: `${service.url}/api/generate`,
    clock: systemClock,
    limits: { attempts: 1 },
  });
}

const line = (fields: object): string =>
  `${JSON.stringify({ model: 'm', created_at: '2026-01-01T00:00:00.1Z', done: false, ...fields })}\n`;
const last = line({
  response: '',
  done: true,
  done_reason: 'stop',
  total_duration: 5_043_500_667,
  load_duration: 5_025_959,
  prompt_eval_count: 26,
  eval_count: 290,
});
const ndjson = 'application/x-ndjson';

it('streams lines, thoughts apart, and counts in nanoseconds', async () => {
  const text = [
    line({ response: '', thinking: '想' }),
    line({ response: '你' }),
    line({ response: '好' }),
    last,
  ];
  const asked = await client(streams(text.join(''), ndjson));
  const events: LiveEvent[] = [];
  const answer = await asked.ask({ text: 'Hi', stream: true }, { onEvent: (event) => events.push(event) });
  expect(answer).toMatchObject({
    text: '你好',
    reasoning: '想',
    finishReason: 'stop',
    usage: { promptTokens: 26, answerTokens: 290, totalTokens: 316, loadMs: 5.025959 },
  });
  expect(events.flatMap((event) => (event.type === 'first-token' ? event.kind : []))).toEqual([
    'reasoning',
    'answer',
  ]);
  expect(service?.requests[0]).toMatchObject({
    path: '/api/generate',
    json: { model: 'deepseek-coder', prompt: 'Hi', stream: true },
  });
});

it('reads the answer in one body', async () => {
  const body = { model: 'm', response: 'Hi there', done: true, done_reason: 'stop', eval_count: 2 };
  const asked = await client(answers(200, body));
  await expect(asked.ask({ text: 'Hi', stream: false })).resolves.toMatchObject({ text: 'Hi there' });
});

it('chats where functions or a history go with the question', async () => {
  const call = { function: { name: 'OpenDoor', arguments: { open: true } } };
  const asked = await client(
    streams(
      line({ message: { role: 'assistant', content: '', tool_calls: [call] } }) +
        line({ message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' }),
      ndjson,
    ),
  );
  const tools = [{ name: 'OpenDoor', parameters: { type: 'object' } }];
  const { calls } = await asked.ask({ text: 'Open', tools, stream: true });
  expect(calls).toEqual([{ callId: 'OpenDoor-0', name: 'OpenDoor', arguments: { open: true } }]);
  expect(service?.requests[0]).toMatchObject({
    path: '/api/chat',
    json: {
      messages: [{ role: 'user', content: 'Open' }],
      tools: [{ type: 'function', function: tools[0] }],
    },
  });
});

it.each<[string, StubAnswer, string, string]>([
  [
    'an unknown model',
    answers(404, { error: "model 'm' not found" }),
    'HIL_PROVIDER_REFUSED',
    "404 from ollama: model 'm' not found.",
  ],
  [
    'a full queue',
    answers(503, { error: 'server busy, please try again.' }),
    'HIL_PROVIDER_LIMITED',
    '503 from ollama: server busy, please try again.',
  ],
  [
    'an error line behind the first',
    streams(`${line({ response: 'H' })}{"error":"model runner died"}\n`, ndjson),
    'HIL_PROVIDER_REFUSED',
    'ollama: model runner died.',
  ],
  [
    'a stream without its last line',
    streams(line({ response: 'H' }), ndjson),
    'HIL_PROVIDER_CUT',
    'ollama: the stream ended before the answer was complete.',
  ],
  [
    'an empty prompt, which only loads',
    streams(line({ response: '', done: true, done_reason: 'load' }), ndjson),
    'HIL_PROVIDER_MALFORMED',
    'ollama: the answer is empty (finished by "load"); expected text or a function call.',
  ],
])('tells of %s', async (_, answer, code, message) => {
  const asked = await client(answer);
  await expect(asked.ask({ text: 'Hi', stream: true })).rejects.toMatchObject({ code, message });
});
