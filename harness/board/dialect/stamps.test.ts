import { eventsOf, linesOf } from '../__fixtures__/console-events';
import { consoleStream } from '../__fixtures__/console-stream';
import { dialectByName } from './dialect-registry';

describe.each([
  ['openai-demo', 'openai-demo-g1.txt'],
  ['idf-chat', 'idf-chat.txt'],
  ['spark-chat', 'text-chat.txt'],
] as const)('%s', (name, file) => {
  const dialect = dialectByName(name);
  const printed = consoleStream(file).toString();
  const read = (text: string) => eventsOf(dialect, linesOf([Buffer.from(text)]));

  it.each(['12:34:56.789', '25-12-31 23:59:59.999', '125-12-31 23:59:59.999', '1735689599123'])(
    'reads a log with stamps like (%s) as it reads one with milliseconds since boot',
    (stamp) => {
      const events = read(printed);
      expect(events.length).toBeGreaterThan(4);
      expect(read(printed.replace(/^((?:esp> )*[EWIDV]) \(\d+\)/gm, `$1 (${stamp})`))).toEqual(events);
    },
  );
});
