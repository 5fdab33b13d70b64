import { seededUniform } from '../../../units';
import { consoleStream } from '../../__fixtures__/console-stream';
import { CrashLogReader } from '.';
import { coreDumpOf, printedDump } from './__fixtures__/core-dump';

const random = seededUniform(3);
const core = Buffer.from(Array.from({ length: 1000 }, () => Math.floor(random() * 256)));
const boot = 'ESP-ROM:esp32s3-20210327\r\n';

function dumpsIn(log: string | Buffer) {
  const reader = new CrashLogReader();
  reader.push(Buffer.from(log));
  reader.end();
  return reader.coreDumps;
}

it.each(['crc32', 'sha256'] as const)('reads a core dump with a %s, byte for byte', (checksum) => {
  const dump = coreDumpOf(core, checksum);
  const [found, ...others] = dumpsIn(`Rebooting...\r\n${printedDump(dump)}Rebooting...\r\n`);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ problem: undefined, lineNumber: 3 + Math.ceil(dump.length / 48) });
  expect(found!.bytes.equals(dump)).toBe(true);
});

it.each(['crc32', 'sha256'] as const)('knows a changed byte by the %s', (checksum) => {
  const dump = coreDumpOf(core, checksum);
  dump[500]! ^= 1;
  expect(dumpsIn(printedDump(dump))[0]!.problem).toMatch(/^its (CRC-32|SHA-256) is wrong$/);
});

it('says what is wrong with one that lost a line, was garbled or cut', () => {
  const dump = coreDumpOf(core, 'sha256');
  const lines = printedDump(dump).split('\r\n');
  const problem = (text: string) => dumpsIn(text)[0]!.problem;
  expect(problem([...lines.slice(0, 5), ...lines.slice(6)].join('\r\n'))).toBe(
    'it has 1008 bytes and says 1056',
  );
  expect(problem(lines.map((line, index) => (index === 5 ? `${line}\ufffd` : line)).join('\r\n'))).toBe(
    '1 of its lines are no base64',
  );
  expect(problem(lines.slice(0, 9).join('\r\n'))).toBe('it breaks off before its end');
  // The next boot may print another one.
  const twice = dumpsIn(`${lines.slice(0, 9).join('\r\n')}\r\n${boot}${printedDump(dump)}`);
  expect(twice.map((each) => each.problem)).toEqual(['it breaks off before its end', undefined]);
  expect(problem(`${lines[0] ?? ''}\r\n${lines.at(-2) ?? ''}\r\n`)).toBe(
    'it has 0 bytes, less than its header',
  );
});

it('finds none in a crash without one', () => {
  expect(dumpsIn(consoleStream('panic-reboot.txt'))).toEqual([]);
  expect(dumpsIn(consoleStream('panics/core-dump-uart.txt'))).toHaveLength(1);
});
