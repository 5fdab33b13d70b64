import type { UnstampedEvent } from '../event-log';
import { SparkTap } from './spark-tap';
import type { Side } from './traffic';

/** What is logged behind the question of a connection that this side closes before the answer is complete. */
function logOf(by: Side): object[] {
  const events: UnstampedEvent[] = [];
  const tap = new SparkTap('r1', (event) => events.push(event));
  const text = [{ role: 'user', content: 'Weather?' }];
  tap.message('board', Buffer.from(JSON.stringify({ payload: { message: { text } } })), false, 1);
  tap.closed(by, 1006, '', 2);
  tap.closed(by, 1006, '', 3);
  return events.slice(1);
}

it('tells a board that leaves from a provider that does', () => {
  expect(logOf('board')).toMatchObject([{ type: 'response-done', status: 'cancelled' }]);
  expect(logOf('provider')).toMatchObject([{ type: 'error', code: 'cut' }, { status: 'failed' }]);
});
