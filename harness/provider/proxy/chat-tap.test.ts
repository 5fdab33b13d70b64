import type { UnstampedEvent } from '../event-log';
import { chatWords } from '../live/chat/chat-codec';
import { ChatTap } from './chat-tap';
import type { HttpTraffic } from './traffic';

const head = { role: 'user', content: 'Weather?' };
const frame = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: finish }] })}\n\n`;

/** What is logged behind the request of an exchange that ends so. */
function logOf(status: number, body: string, how: Parameters<HttpTraffic['ended']>[0]): object[] {
  const events: UnstampedEvent[] = [];
  const tap = new ChatTap('r1', { ...chatWords, streamsByDefault: false }, (event) => events.push(event));
  const asked = Buffer.from(JSON.stringify({ model: 'm', stream: true, messages: [head] }));
  tap.asked({ method: 'POST', path: '/', headers: {}, body: asked, hostAtMs: 1 });
  if (status > 0) tap.answered(status);
  if (body !== '') tap.body(Buffer.from(body), 2);
  tap.ended(how, 3);
  return events.slice(1);
}

const sunny = { type: 'text-out', text: 'Sunny' };
const completed = { type: 'response-done', status: 'completed' };
const cancelled = { type: 'response-done', status: 'cancelled' };
const failed = { type: 'response-done', status: 'failed' };

it.each(['cut-by-board', 'cut-by-provider'] as const)(
  'takes an answer for whole that is %s behind its last word',
  (how) => {
    for (const last of [`${frame('Sunny')}data: [DONE]\n\n`, frame('Sunny', 'stop')])
      expect(logOf(200, last, how)).toMatchObject([{ type: 'first-token' }, sunny, completed]);
  },
);

it('tells a board that leaves from a provider that does', () => {
  expect(logOf(0, '', 'cut-by-board')).toMatchObject([cancelled]);
  expect(logOf(200, frame('Sun'), 'cut-by-board')).toMatchObject([{ type: 'first-token' }, cancelled]);
  const cut = { type: 'error', code: 'cut' };
  expect(logOf(200, frame('Sun'), 'cut-by-provider')).toMatchObject([{ type: 'first-token' }, cut, failed]);
});

it('keeps the error that a board has read of nothing but the status', () => {
  const refused = { type: 'error', code: '401', httpStatus: 401 };
  expect(logOf(401, '', 'cut-by-board')).toMatchObject([refused, failed]);
});
