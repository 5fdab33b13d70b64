import { fromWireError } from '../errors';
import type { BoardEvent, Clock, DialectPlugin } from '../ports';
import { RecordedConsole } from './console';
import { checkDialect, ownDialect } from './dialect/own';
import { readEvents } from './event-reader';

/** A recording has no time that passes. */
const stillClock: Clock = {
  nowMs: () => 0,
  after: () => () => undefined,
};

/**
 * What a dialect reads from a recorded console, its boots and crashes included: the test of a dialect, without a board.
 * @param recording - Bytes as they came off the serial line, or their text.
 * @returns The events in order; `hostAtMs` is 0, since a recording does not tell when its bytes came.
 * @throws ConfigError `HIL_CONFIG_DIALECT` for a dialect that is not right, and for what its functions throw.
 */
export function replayConsole(dialect: DialectPlugin, recording: Uint8Array | string): readonly BoardEvent[] {
  const events: BoardEvent[] = [];
  const write = () => Promise.resolve();
  const console = new RecordedConsole({ name: dialect.name, clock: stillClock, write, baudRate: 115_200 });
  const stop = readEvents({
    board: dialect.name,
    console,
    dialect: ownDialect(checkDialect(dialect, 'this test')),
    clock: stillClock,
    emit: (event) => events.push(event),
  });
  console.receive(Buffer.from(recording as Uint8Array), 0);
  console.end(new Error('The recording is over.'));
  // A crash at its end is told as well.
  stop();
  for (const event of events) if (event.type === 'reader-failed') throw fromWireError(event.error);
  return events;
}
