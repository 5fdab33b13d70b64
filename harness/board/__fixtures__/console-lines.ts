import type { ConsoleLine } from '../../ports';
import { RecordedConsole } from '../console';
import { consoleStream } from './console-stream';
import { ManualClock } from './manual-clock';

/** The lines of one stream in fixtures/consoles, all of them arrived at 0 ms. */
export function consoleLines(file: string): readonly ConsoleLine[] {
  const write = () => Promise.resolve();
  const console = new RecordedConsole({ name: file, clock: new ManualClock(), write, baudRate: 115_200 });
  console.receive(consoleStream(file), 0);
  console.end(new Error('end of the stream'));
  return console.lines;
}
