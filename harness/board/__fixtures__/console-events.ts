import type { ConsoleLine } from '../../ports';
import { RecordedConsole } from '../console';
import type { Dialect } from '../dialect';
import type { EventBody } from '../event-body';
import { ManualClock } from './manual-clock';

/** The lines of a stream that came in these chunks, each so many ms after the one before. */
export function linesOf(chunks: readonly Buffer[], chunkEveryMs = 0): readonly ConsoleLine[] {
  const write = () => Promise.resolve();
  const console = new RecordedConsole({ name: 'test', clock: new ManualClock(), write, baudRate: 115_200 });
  chunks.forEach((chunk, index) => console.receive(chunk, index * chunkEveryMs));
  console.end(new Error('end of the stream'));
  return console.lines;
}

/** What a dialect reads from lines. */
export function eventsOf(dialect: Dialect, lines: readonly ConsoleLine[]): readonly EventBody[] {
  const { read } = dialect.createReader();
  return lines.flatMap((line) => [...read(line)]);
}
