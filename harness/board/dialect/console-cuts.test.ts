/** Bytes come off the line in any pieces, and resets cut lines anywhere: what a dialect reads must not depend on either. */
import { eventsOf, linesOf } from '../__fixtures__/console-events';
import { consoleStream } from '../__fixtures__/console-stream';
import { rawLines } from '../__fixtures__/raw-lines';
import { LineAssembler, type AssembledLine } from '../console/line-assembler';
import type { EventBody } from '../event-body';
import { dialectByName } from './dialect-registry';

const streams = [
  ['openai-demo', 'openai-demo-g1.txt'],
  ['openai-demo', 'openai-demo-g0.txt'],
  ['openai-demo', 'openai-demo-b2.txt'],
  ['openai-demo', 'openai-demo-b1.txt'],
  ['openai-demo-beta', 'openai-demo-b0.txt'],
  ['realtime-embedded-sdk', 'realtime-embedded-sdk.txt'],
] as const;

const textsOf = (chunks: readonly Buffer[]): string[] => {
  const lines: AssembledLine[] = [];
  const assembler = new LineAssembler((line) => lines.push(line));
  for (const chunk of chunks) assembler.push(chunk, 0);
  assembler.end();
  return lines.map(({ text }) => text);
};

/** An event that a cut line may have made of the one that was to come: less of its text, or no whole arguments. */
function isCutFrom(event: EventBody, whole: EventBody | undefined): boolean {
  if (event.type !== whole?.type) return false;
  if (event.type === 'function-call' && whole.type === 'function-call')
    return event.arguments === undefined && whole.name.startsWith(event.name);
  if (event.type === 'transcript' && whole.type === 'transcript') return whole.text.startsWith(event.text);
  if (event.type === 'complaint' && whole.type === 'complaint') return whole.text.startsWith(event.text);
  return JSON.stringify(event) === JSON.stringify(whole);
}

describe.each(streams)('%s: %s', (name, file) => {
  const dialect = dialectByName(name);
  const bytes = consoleStream(file);
  const whole = eventsOf(dialect, linesOf([bytes]));

  it('reads the same when it comes byte by byte', () => {
    const single = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
    expect(eventsOf(dialect, linesOf(single))).toEqual(whole);
  });

  // Between two lines the assembler holds nothing, so each line can be cut by itself.
  it('gives the same lines wherever two chunks meet', () => {
    const differing = rawLines(bytes).flatMap((line) => {
      const expected = textsOf([line]).join('\n');
      return Array.from(line, (_, cut) => textsOf([line.subarray(0, cut), line.subarray(cut)]).join('\n'))
        .filter((text) => text !== expected)
        .map(() => line.toString());
    });
    expect(differing).toEqual([]);
  });

  it('reads nothing that was not printed when a reset cuts it, and the next boot as if it were the first', () => {
    const next = consoleStream('openai-demo-g1.txt');
    const first = eventsOf(dialect, linesOf([next]));
    for (let cut = 1; cut < bytes.length; cut += 97) {
      const lines = linesOf([bytes.subarray(0, cut), next]);
      const boot = lines.findIndex(({ byteOffset }) => byteOffset >= cut);
      const { read } = dialect.createReader();
      const before = lines.slice(0, boot).flatMap((line) => [...read(line)]);
      const after = lines.slice(boot).flatMap((line) => [...read(line)]);
      expect(after).toEqual(first);
      const last = before.at(-1);
      const kept = last !== undefined && isCutFrom(last, whole[before.length - 1]) ? -1 : before.length;
      expect(before.slice(0, kept)).toEqual(whole.slice(0, before.slice(0, kept).length));
    }
  });
});
