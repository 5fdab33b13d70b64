import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Interpreter } from '../../../firmware/virtual-board/testing/python/interpreter';
import { openTestPty, type TestPty } from '../../board/__fixtures__/test-pty';
import { putCommand, resetCommand, runCommand, type ReplTerminal } from './micropython';

/** MicroPython itself behind a pseudo-terminal, which the commands open as they open a board's. */
let pty: TestPty;
let interpreter: Interpreter;
let folder: string;
let printed: string;
beforeEach(() => {
  pty = openTestPty();
  printed = '';
  interpreter = new Interpreter({ onOutput: (bytes) => pty.write(bytes) });
  pty.onTyped((bytes) => interpreter.type(bytes));
  folder = mkdtempSync(join(tmpdir(), 'earshot-micropython-'));
});
afterEach(() => {
  interpreter.close();
  pty.close();
  rmSync(folder, { recursive: true });
});

let complained = '';
/** A terminal at which Ctrl-C is pressed once this has been printed. */
function terminalWith(typed = '', interruptAt?: string): ReplTerminal {
  let interrupt: () => void = () => undefined;
  complained = '';
  return {
    input: Readable.from([Buffer.from(typed)]),
    print: (text) => {
      const before = printed;
      printed += text;
      if (interruptAt !== undefined && !before.includes(interruptAt) && printed.includes(interruptAt))
        interrupt();
    },
    complain: (text) => (complained += text),
    onInterrupt: (listener) => {
      interrupt = listener;
      return () => (interrupt = () => undefined);
    },
  };
}

const on = () => ({ port: pty.path, baudRate: 115_200, json: false });
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const run = (code: string, change: object = {}, terminal = terminalWith(code)) =>
  runCommand({ ...on(), script: undefined, timeout: undefined, ...change }, terminal);
const shown = (): unknown => JSON.parse(printed);

describe('earshot micropython', () => {
  it('puts files into a folder, leaves them alone the second time, and starts them anew', async () => {
    const files = [file('main.py', "print('it runs', 6 * 7)"), file('a.txt', '天')];
    const put = { ...on(), files, folder: '/', path: undefined };
    expect(await putCommand(put, terminalWith())).toBe(0);
    expect(printed).toMatch(
      /^\/main\.py: written, 23 bytes, SHA-256 [0-9a-f]{64}\n\/a\.txt: written, 3 bytes, .*\n$/,
    );
    printed = '';
    expect(await putCommand({ ...put, json: true }, terminalWith())).toBe(0);
    expect(shown()).toMatchObject({
      schema: 'earshot/micropython-put@1',
      port: pty.path,
      files: [
        { path: '/main.py', isWritten: false },
        { path: '/a.txt', sizeBytes: 3 },
      ],
    });
    printed = '';
    expect(await resetCommand(on(), terminalWith())).toBe(0);
    expect(printed).toBe(`The interpreter on ${pty.path} starts anew and runs main.py.\n`);
    expect(await run("print(open('/a.txt').read())")).toBe(0);
    expect(printed).toMatch(/天\n$/);
  });

  it('puts one file under another name', async () => {
    const put = { ...on(), files: [file('a.py', 'x = 1')], folder: '/', path: '/lib/b.py' };
    expect(await putCommand(put, terminalWith())).toBe(0);
    expect(printed).toMatch(/^\/lib\/b\.py: written/);
    await expect(
      putCommand({ ...put, files: [...put.files, ...put.files] }, terminalWith()),
    ).rejects.toMatchObject({ code: 'HIL_CONFIG_USAGE' });
  });

  it('runs a script and shows what it prints; an exception is the failure of the board', async () => {
    expect(await run('', { script: file('probe.py', "print('一\\n二')\nopen('/none')") })).toBe(1);
    expect(printed).toBe('一\n二\n');
    expect(complained).toBe('  <stdin>, line 2, in <module>\nOSError: 44 (<stdin>, line 2)\n');
    printed = '';
    expect(await run('1 / 0', { json: true })).toBe(1);
    expect(shown()).toMatchObject({
      schema: 'earshot/micropython-run@1',
      script: 'standard input',
      output: '',
      exception: { type: 'ZeroDivisionError', frames: [{ file: '<stdin>', line: 1, function: '<module>' }] },
    });
  });

  it('interrupts a script at Ctrl-C, and when its time is up', async () => {
    const endless = "import time\nwhile True:\n    print('on')\n    time.sleep(1)";
    expect(await run('', {}, terminalWith(endless, 'on'))).toBe(130);
    expect(complained).toMatch(/KeyboardInterrupt/);
    await expect(run(endless, { timeout: '50ms' })).rejects.toMatchObject({
      code: 'HIL_BOARD_SCRIPT_TIMEOUT',
    });
    expect(await run("print('again')")).toBe(0);
  });

  it.each([
    ['a script that is not there', { script: '/no/such.py' }, 'HIL_CONFIG_FILE_MISSING'],
    ['a time without a unit', { timeout: '30' }, 'HIL_CONFIG_USAGE'],
    ['a port that is not there', { port: '/dev/none' }, 'HIL_BOARD_PORT_MISSING'],
  ])('refuses %s', async (_, change, code) => {
    await expect(run('', change)).rejects.toMatchObject({ code });
  });
});
