/** Against MicroPython itself, the port to WebAssembly that the npm package holds, and against boards that misbehave. */
import { createHash } from 'node:crypto';
import { systemClock } from '../../ports';
import { ManualClock } from '../__fixtures__/manual-clock';
import { pythonPort, ScriptedPort } from '../__fixtures__/python-board';
import { describeException, RawRepl, readTraceback, uploadFile } from '.';
import { pythonText } from './upload';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function openPython(options: Parameters<typeof pythonPort>[0] = {}, pieceBytes?: number) {
  const { port, interpreter } = pythonPort(options, pieceBytes);
  closers.push(() => interpreter.close());
  const repl = await RawRepl.open({ transport: port, clock: systemClock });
  closers.push(() => repl.close());
  const evaluated = async (code: string) => (await repl.execute(code)).output.toString().trim();
  return { port, repl, evaluated };
}

/** Lines of code, more than any window holds. */
const longCode = (lines: number) =>
  `total = 0\n${Array.from({ length: lines }, (_, n) => `total += ${n}`).join('\n')}\nprint(total)`;

describe('the raw REPL of MicroPython', () => {
  it.each([Infinity, 1])(
    'runs code and gives back what it printed, its output cut into pieces of %d bytes',
    async (pieceBytes) => {
      const { repl } = await openPython({}, pieceBytes);
      const heard: Buffer[] = [];
      const { output, exception } = await repl.execute("print('天', 1 + 1)\nprint('', end='x')", {
        onOutput: (bytes) => heard.push(bytes),
      });
      expect(output.toString()).toBe('天 2\r\nx');
      expect(Buffer.concat(heard)).toEqual(output);
      expect(exception).toBeUndefined();
      expect(repl.usesRawPaste).toBe(true);
    },
  );

  it('gives back exceptions with their frames, and runs on behind them', async () => {
    const { repl, evaluated } = await openPython();
    const { output, exception } = await repl.execute(
      "print('before')\ndef fails(path):\n    open(path)\nfails('/none')",
    );
    expect(output.toString()).toBe('before\r\n');
    expect(exception).toEqual({
      type: 'OSError',
      // Its port numbers ENOENT as WASI does, and has no names.
      message: '44',
      errno: 44,
      frames: [
        { file: '<stdin>', line: 4, function: '<module>' },
        { file: '<stdin>', line: 3, function: 'fails' },
      ],
    });
    expect((await repl.execute("raise ValueError('one\\ntwo')")).exception).toMatchObject({
      type: 'ValueError',
      message: 'one\ntwo',
    });
    expect((await repl.execute('if:')).exception).toMatchObject({
      type: 'SyntaxError',
      frames: [{ file: '<stdin>', line: 1 }],
    });
    expect(await evaluated('print(6 * 7)')).toBe('42');
  });

  it.each([
    ['raw-paste mode', true],
    ['plain raw mode, where a board refuses raw-paste', false],
  ])('sends code that no buffer holds in %s', async (_, hasRawPaste) => {
    const { repl, evaluated } = await openPython({ hasRawPaste });
    expect(await evaluated(longCode(300))).toBe(String((300 * 299) / 2));
    expect(repl.usesRawPaste).toBe(hasRawPaste);
    expect(await evaluated('')).toBe('');
  });

  it('enters from the prompt, from raw mode and out of a script that runs', async () => {
    const main = 'import time\nprint("looping")\nwhile True:\n    time.sleep(1)\n';
    const { port, repl, evaluated } = await openPython({ files: { '/main.py': main } });
    expect(await evaluated('print(1)')).toBe('1');
    const again = await RawRepl.open({ transport: port, clock: systemClock });
    expect((await again.execute('print(2)')).output.toString()).toBe('2\r\n');
    await again.leave();
    await again.close();
    const third = await RawRepl.open({ transport: port, clock: systemClock });
    expect((await third.execute('print(3)')).output.toString()).toBe('3\r\n');
    await third.close();
    expect(repl.usesRawPaste).toBe(true);
  });

  it('interrupts code, by hand and when its time is up', async () => {
    const { repl, evaluated } = await openPython();
    const endless = "while True:\n    print('on')";
    let isTold = false;
    const { exception } = await repl.execute(endless, {
      onOutput: () => {
        if (!isTold) void repl.interrupt();
        isTold = true;
      },
    });
    expect(exception).toMatchObject({ type: 'KeyboardInterrupt', message: '' });
    await expect(repl.execute(endless, { withinMs: 30 })).rejects.toMatchObject({
      code: 'HIL_BOARD_SCRIPT_TIMEOUT',
      facts: { isInterrupted: true, withinMs: 30 },
    });
    expect(await evaluated('print(5)')).toBe('5');
  });

  it('starts the interpreter anew, without main.py and with it', async () => {
    const { port, repl, evaluated } = await openPython({
      files: { '/boot.py': 'booted = 1', '/main.py': "print('main', booted)" },
    });
    await repl.execute('mine = 1');
    await repl.softReset();
    expect((await repl.execute('mine')).exception).toMatchObject({ type: 'NameError' });
    expect(await evaluated("print(booted, __name__)\nopen('/kept.txt', 'w').close()")).toBe('1 __main__');
    await repl.softReset();
    expect(await evaluated("import os\nprint('kept.txt' in os.listdir('/'))")).toBe('True');

    let heard = '';
    const ran = new Promise<void>((resolve) =>
      port.onBytes((bytes) => {
        heard += bytes.toString();
        if (heard.endsWith('>>> ') && heard.includes('main 1')) resolve();
      }),
    );
    await repl.restart();
    await ran;
    expect(heard).toMatch(
      />>> \r\nMPY: soft reboot\r\nmain 1\r\nMicroPython v1\.26\.0 on [\d-]+; .*\r\nType "help\(\)" for more information\.\r\n>>> $/,
    );
  });

  it('refuses code with bytes that the REPL takes for its own', async () => {
    const { repl } = await openPython();
    await expect(repl.execute("print('天\x04')")).rejects.toMatchObject({
      code: 'HIL_BOARD_SCRIPT_UNSENDABLE',
      facts: { byte: 4, at: 10 },
    });
  });
});

describe('uploading to MicroPython', () => {
  const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7919) & 0xff));
  const sha256 = createHash('sha256').update(bytes).digest('hex');

  it('writes a file, whatever is in it, hashes it there, and leaves it alone the second time', async () => {
    const { repl, evaluated, port } = await openPython();
    const steps: number[] = [];
    const upload = { path: '/lib/天/data.bin', bytes, onProgress: (sent: number) => steps.push(sent) };
    expect(await uploadFile(repl, upload)).toEqual({
      path: upload.path,
      sizeBytes: 5_000,
      sha256,
      isWritten: true,
    });
    expect(steps).toEqual([1024, 2048, 3072, 4096, 5000]);
    expect(
      await evaluated(
        `import hashlib, binascii, os\nprint(binascii.hexlify(hashlib.sha256(open('/lib/天/data.bin', 'rb').read()).digest()).decode(), os.listdir('/lib/天'))`,
      ),
    ).toBe(`${sha256} ['data.bin']`);
    const written = port.written.length;
    expect(await uploadFile(repl, { path: upload.path, bytes })).toMatchObject({ isWritten: false });
    expect(Buffer.concat(port.written.slice(written)).toString()).not.toContain('a2b_base64');
    expect(await uploadFile(repl, { path: upload.path, bytes: Buffer.of() })).toMatchObject({
      isWritten: true,
      sizeBytes: 0,
    });
    expect(await evaluated("print(os.stat('/lib/天/data.bin')[6])")).toBe('0');
  });

  it('keeps the old file where the new one arrived wrong', async () => {
    const { repl, evaluated } = await openPython();
    await repl.execute("open('/a.txt', 'w').write('old')");
    // A flash that reads other bytes than were written.
    await repl.execute(
      'import builtins\n_real = open\ndef open(path, mode="r"):\n    return _real("/a.txt" if path.endswith(".part") and mode == "rb" else path, mode)',
    );
    await expect(uploadFile(repl, { path: '/a.txt', bytes })).rejects.toMatchObject({
      code: 'HIL_BOARD_UPLOAD_FAILED',
      message: expect.stringContaining(`was sent with ${sha256}`) as string,
    });
    expect(
      await evaluated("import os\nprint(_real('/a.txt').read(), os.listdir('/').count('a.txt.part'))"),
    ).toBe('old 0');
  });

  it('says what the board raised', async () => {
    const { repl } = await openPython();
    await repl.execute("open('/file', 'w').close()");
    await expect(uploadFile(repl, { path: '/file/below.py', bytes })).rejects.toMatchObject({
      code: 'HIL_BOARD_UPLOAD_FAILED',
      message: expect.stringMatching(/below\.py of 5000 bytes: OSError: \d+ \(<stdin>, line 2\)/) as string,
    });
  });
});

describe('a board that does not do its part', () => {
  const clock = new ManualClock();

  /** Lets time pass until a promise settles. */
  async function settled<T>(promise: Promise<T>): Promise<T> {
    const state = { isOver: false };
    const over = promise.finally(() => (state.isOver = true));
    over.catch(() => undefined);
    while (!state.isOver) {
      clock.advance(50);
      await new Promise(setImmediate);
    }
    return over;
  }

  const greeting = 'raw REPL; CTRL-B to exit\r\n>';
  /** Enters raw mode as a board does, and leaves the rest to the test. */
  const entering = (rest: (text: string, port: ScriptedPort) => void) =>
    new ScriptedPort((bytes, port) => {
      const text = bytes.toString('latin1');
      const word = /^print\('(earshot-\w+)'\)/.exec(text)?.[1];
      if (word !== undefined) port.print(`OK${word}\r\n\x04\x04>`);
      else if (text.endsWith('\r\x01')) port.print(`\r\n>>> \r\n${greeting}`);
      else rest(text, port);
    });
  const opened = (port: ScriptedPort) => settled(RawRepl.open({ transport: port, clock }));

  it('has no REPL', async () => {
    const port = new ScriptedPort((_, itself) => itself.print('I (1) wifi: beacon\r\n'));
    await expect(opened(port)).rejects.toMatchObject({
      code: 'HIL_BOARD_REPL_SILENT',
      message: 'The board on scripted did not enter its raw REPL; it last printed "I (1) wifi: beacon".',
    });
    await expect(opened(new ScriptedPort(() => undefined))).rejects.toThrow('it printed nothing');
  });

  it('is interrupted late, and greets as often as it was asked', async () => {
    let asked = 0;
    const port = entering((text, itself) => {
      if (text === '\x05A\x01') itself.print('R\x00');
      else if (text.endsWith('\x04')) itself.print('OKlate\r\n\x04\x04>');
    });
    const print = port.print.bind(port);
    port.print = (text) => {
      if (text.toString().endsWith(greeting) && ++asked < 4) return;
      print(asked === 4 && text.toString().endsWith(greeting) ? greeting.repeat(4) : text);
    };
    const repl = await opened(port);
    expect((await settled(repl.execute('x'))).output.toString()).toBe('late\r\n');
    expect(asked).toBe(4);
  });

  it('is too old for raw-paste mode', async () => {
    const port = entering((text, itself) => {
      if (text === '\x05A\x01') itself.print(greeting);
      else if (text === '\x04') itself.print('OKold\r\n\x04\x04>');
    });
    const repl = await opened(port);
    expect((await settled(repl.execute(longCode(100)))).output.toString()).toBe('old\r\n');
    expect(repl.usesRawPaste).toBe(false);
    // In parts that a UART's buffer holds.
    expect(Math.max(...port.written.map(({ length }) => length))).toBe(256);
  });

  it('grants its window in turns, and never gets a byte more', async () => {
    let credit = 0;
    let received = 0;
    const port = entering((text, itself) => {
      if (text === '\x05A\x01') {
        credit = 64;
        itself.print(Buffer.of(0x52, 1, 32, 0, 1));
        return;
      }
      if (text === '\x04') {
        itself.print('\x04done\r\n\x04\x04>');
        return;
      }
      credit -= text.length;
      received += text.length;
      expect(credit).toBeGreaterThanOrEqual(0);
      for (; credit <= 32; credit += 32) setImmediate(() => itself.print('\x01'));
    });
    const repl = await opened(port);
    const code = longCode(200);
    expect((await settled(repl.execute(code))).output.toString()).toBe('done\r\n');
    expect(received).toBe(code.length);
  });

  it('finds an error in the code before all of it was sent', async () => {
    const error =
      'Traceback (most recent call last):\r\n  File "<stdin>", line 1\r\nSyntaxError: invalid syntax\r\n';
    let ends = 0;
    const port = entering((text, itself) => {
      if (text === '\x05A\x01') itself.print(Buffer.of(0x52, 1, 16, 0));
      else if (text === '\x04') {
        ends += 1;
        itself.print(`\x04${error}\x04>`);
      } else itself.print('\x04');
    });
    const repl = await opened(port);
    expect((await settled(repl.execute(longCode(50)))).exception).toMatchObject({
      type: 'SyntaxError',
      message: 'invalid syntax',
    });
    expect(ends).toBe(1);
  });

  it('stops granting', async () => {
    const port = entering((text, itself) => {
      if (text === '\x05A\x01') itself.print(Buffer.of(0x52, 1, 16, 0));
    });
    const repl = await opened(port);
    await expect(settled(repl.execute(longCode(50)))).rejects.toMatchObject({
      code: 'HIL_BOARD_REPL_SILENT',
      message: expect.stringContaining('did not take code in raw-paste mode') as string,
    });
  });

  it('cannot be interrupted', async () => {
    const port = entering((text, itself) => {
      if (text === '\x05A\x01') itself.print(Buffer.of(0x52, 1, 128, 0, 1));
      else if (text === '\x04') itself.print('\x04at it');
    });
    const repl = await opened(port);
    await expect(settled(repl.execute('x', { withinMs: 100 }))).rejects.toMatchObject({
      message:
        'The script on scripted did not end within 100 ms and last printed "at it"; it could not be interrupted.',
    });
  });

  it('goes away', async () => {
    const port = entering((text, itself) => {
      if (text === '\x05A\x01') itself.vanish();
    });
    const repl = await opened(port);
    await expect(settled(repl.execute('x'))).rejects.toMatchObject({ code: 'HIL_BOARD_PORT_LOST' });
  });
});

describe('readTraceback', () => {
  it('reads none where there is none', () => {
    expect(readTraceback('hello')).toBeUndefined();
    expect(readTraceback('')).toBeUndefined();
  });

  it('finds it behind what was printed before, and takes the number of an OSError', () => {
    const read = readTraceback(
      'on\r\nTraceback (most recent call last):\r\n  File "main.py", line 9, in <module>\r\n  File "requests/__init__.py", line 52, in request\r\nOSError: -202\r\n',
    );
    expect(read).toMatchObject({ type: 'OSError', message: '-202', frames: [{ line: 9 }, { line: 52 }] });
    expect(read && describeException(read)).toBe('OSError: -202 (requests/__init__.py, line 52)');
    expect(
      readTraceback(
        'Traceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\nOSError: [Errno 28] ENOSPC\r\n',
      ),
    ).toMatchObject({ message: '[Errno 28] ENOSPC', errno: 28 });
  });
});

describe('pythonText', () => {
  it('is a literal that Python reads as the text', async () => {
    const { evaluated } = await openPython();
    const text = '\'天"\\n\u0000\x04🙂/é';
    expect(await evaluated(`print([hex(ord(c)) for c in ${pythonText(text)}])`)).toBe(
      `[${Array.from(text, (one) => `'0x${one.codePointAt(0)?.toString(16)}'`).join(', ')}]`,
    );
  });
});
