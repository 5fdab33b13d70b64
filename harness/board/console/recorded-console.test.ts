import { isHilError } from '../../errors';
import { ManualClock } from '../__fixtures__/manual-clock';
import { consoleStream } from '../__fixtures__/console-stream';
import { PARTIAL_QUIET_MS, RecordedConsole } from './recorded-console';

function openConsole(keepLines = 1000, keepCharacters = 1 << 20) {
  const clock = new ManualClock();
  const written: Buffer[] = [];
  const write = (bytes: Buffer) => {
    written.push(bytes);
    return Promise.resolve();
  };
  const console = new RecordedConsole({
    name: 'korvo-1',
    clock,
    write,
    baudRate: 115_200,
    keepLines,
    keepCharacters,
  });
  const print = (text: string) => console.receive(Buffer.from(text), clock.nowMs());
  return { console, clock, written, print };
}

const settled = () => new Promise<void>((resolve) => process.nextTick(resolve));

describe('RecordedConsole', () => {
  it('matches a line that comes later', async () => {
    const { console, print } = openConsole();
    const match = console.expect(/got ip:(\S+)/, { withinMs: 1000 });
    print('I (3360) NETWORK: got ip:192.168.7.31\r\n');
    expect(await match).toMatchObject({
      line: { index: 0, deviceAtMs: 3360, boot: 0 },
      groups: ['got ip:192.168.7.31', '192.168.7.31'],
    });
  });

  it('matches a line that already passed, from the cursor on', async () => {
    const { console, print } = openConsole();
    print('Light set to ON\n');
    const cursor = console.cursor();
    print('Light set to OFF\n');
    const match = await console.expect(/Light set to/, { withinMs: 1000, from: cursor });
    expect(match.line.text).toBe('Light set to OFF');
  });

  it('does not count lines before the cursor by default', async () => {
    const { console, clock, print } = openConsole();
    print('ready\n');
    const match = console.expect(/ready/, { withinMs: 1000 });
    clock.advance(1000);
    await expect(match).rejects.toMatchObject({ code: 'HIL_BOARD_CONSOLE_TIMEOUT' });
  });

  it('tells pattern, tail and byte count when nothing came', async () => {
    const { console, clock, print } = openConsole();
    print('I (1) a: b\nesp> ');
    const match = console.expect(/session/, { withinMs: 500, from: 0 });
    clock.advance(500);
    const error: unknown = await match.catch((thrown: unknown) => thrown);
    expect(isHilError(error) && error.facts).toMatchObject({
      pattern: '/session/',
      withinMs: 500,
      receivedBytes: 16,
      tail: 'I (1) a: b\n',
    });
    expect(isHilError(error) && error.message).toContain('korvo-1');
    expect(clock.pendingCount).toBe(0);
  });

  it('matches a prompt once the line has been quiet', async () => {
    const { console, clock, print } = openConsole();
    const match = console.expect(/esp> $/, { withinMs: 1000 });
    print('\x1b[0;32mesp> \x1b[0m');
    clock.advance(PARTIAL_QUIET_MS);
    expect(await match).toMatchObject({ line: { index: 0, text: '' }, groups: ['esp> '] });
  });

  it('matches a prompt that a log line has joined', async () => {
    const { console, print } = openConsole();
    const match = console.expect(/esp> /, { withinMs: 1000 });
    print('esp> I (1790) wifi:x\r\n');
    expect((await match).line.text).toBe('I (1790) wifi:x');
  });

  it('matches a global pattern the same way every time', async () => {
    const { console, print } = openConsole();
    const pattern = /on/g;
    print('light on\nlight on\n');
    await console.expect(pattern, { withinMs: 1, from: 0 });
    expect((await console.expect(pattern, { withinMs: 1, from: 1 })).line.index).toBe(1);
  });

  it('serves many expectations at once, each with its first line', async () => {
    const { console, print } = openConsole();
    const matches = Array.from({ length: 50 }, (_, n) =>
      console.expect(new RegExp(`^line ${n}$`), { withinMs: 1000 }),
    );
    for (let n = 49; n >= 0; n -= 1) print(`line ${n}\n`);
    expect((await Promise.all(matches)).map(({ line }) => line.index)).toEqual(
      Array.from({ length: 50 }, (_, n) => 49 - n),
    );
  });

  it('keeps the newest lines and their indices', async () => {
    const { console, print } = openConsole(100);
    for (let n = 0; n < 1000; n += 1) print(`esp> line ${n}\n`);
    expect(console.lines.length).toBeLessThanOrEqual(110);
    expect(console.lines.at(-1)).toMatchObject({ index: 999, text: 'line 999' });
    expect((await console.expect(/line 995/, { withinMs: 1, from: 0 })).line.index).toBe(995);
  });

  it('keeps so much text and no more, however long the lines are', () => {
    const { console, print } = openConsole(1000, 10_000);
    for (let n = 0; n < 500; n += 1) print(`${n} ${'x'.repeat(996)}\n`);
    const kept = console.lines.reduce((sum, { text }) => sum + text.length, 0);
    expect(kept).toBeLessThanOrEqual(11_000);
    expect(kept).toBeGreaterThan(8000);
    expect(console.lines.at(-1)?.index).toBe(499);
    expect(console.cursor()).toBe(500);
  });

  it('keeps so many lines of a flood that nobody listens to, with the right indices', () => {
    const { console, print } = openConsole(1000);
    const flood = Array.from({ length: 70 }, (_, line) => `I (${line}) flood: line ${line}\r\n`).join('');
    for (let chunk = 0; chunk < 100; chunk += 1) print(flood);
    expect(console.cursor()).toBe(7000);
    expect(console.lines.length).toBeGreaterThanOrEqual(1000 - 70);
    expect(console.lines.length).toBeLessThanOrEqual(1100);
    const [first] = console.lines;
    expect(first?.index).toBe(7000 - console.lines.length);
    expect(first?.text).toBe(`I (${(first?.index ?? 0) % 70}) flood: line ${(first?.index ?? 0) % 70}`);
    expect(console.lines.at(-1)).toMatchObject({
      index: 6999,
      text: 'I (69) flood: line 69',
      deviceAtMs: 69,
    });
  });

  it('finds in a flood what is waited for, and what had passed', async () => {
    const { console, print } = openConsole();
    const flood = 'I (10) flood: a\r\nI (20) flood: b\r\n'.repeat(50);
    const next = console.expect(/needle (\d)/, { withinMs: 1000 });
    print(flood);
    print(`${flood}I (30) flood: needle 1\r\n${flood}`);
    expect((await next).line).toMatchObject({ index: 200, deviceAtMs: 30 });
    expect((await console.expect(/needle/, { withinMs: 1, from: 0 })).line.index).toBe(200);
  });

  it('answers where the cursor is and never the status query', async () => {
    const { console, written } = openConsole();
    for (const byte of consoleStream('colours-and-nuls.bin')) console.receive(Buffer.from([byte]), 0);
    console.receive(consoleStream('boot-realtime-ws.bin'), 0);
    await settled();
    expect(written.map(String)).toEqual(['\x1b[1;80R', '\x1b[1;80R']);
  });

  it('hands on raw bytes before any work, and lines in order', () => {
    const { console, print } = openConsole();
    const seen: string[] = [];
    console.onBytes((bytes) => void seen.push(`bytes ${bytes.length}`));
    const cancel = console.onLine((line) => void seen.push(line.text));
    print('a\nb\n');
    cancel();
    print('c\n');
    expect(seen).toEqual(['bytes 4', 'a', 'b', 'bytes 2']);
  });

  it('sends one line feed and never more than 64 bytes at once', async () => {
    const { console, clock, written } = openConsole();
    const sent = console.send(`text "${'x'.repeat(150)}"\r\n`);
    const next = console.send('stop');
    for (let step = 0; step < 20; step += 1) {
      await settled();
      clock.advance(3);
    }
    await Promise.all([sent, next]);
    expect(written.map((chunk) => chunk.length)).toEqual([64, 64, 30, 5]);
    expect(Buffer.concat(written).toString()).toBe(`text "${'x'.repeat(150)}"\nstop\n`);
  });

  it('fails what waits when the port goes, and still finds what was recorded', async () => {
    const { console, print } = openConsole();
    print('seen\nhalf');
    const match = console.expect(/never/, { withinMs: 1000 });
    console.end(new Error('gone'));
    await expect(match).rejects.toThrow('gone');
    await expect(console.expect(/never/, { withinMs: 1000 })).rejects.toThrow('gone');
    await expect(console.send('start')).rejects.toThrow('gone');
    expect((await console.expect(/seen/, { withinMs: 1, from: 0 })).line.index).toBe(0);
    expect(console.lines.at(-1)).toMatchObject({ text: 'half', truncated: true });
  });

  describe('with several patterns', () => {
    const within = { withinMs: 1000 };

    it('takes any of them, the first that its line matches', async () => {
      const { console, print } = openConsole();
      const any = console.expectAny([/never/, /set to/, /Light/], within);
      print('Board: Init board.\nLight set to ON\n');
      expect(await any).toMatchObject({ which: 1, line: { index: 1 }, groups: ['set to'] });
    });

    it('takes all of them in any order, and says which are missing', async () => {
      const { console, clock, print } = openConsole();
      const colours = [/Red set to (\d+)/, /Green set to (\d+)/, /Blue set to (\d+)/];
      print('Blue set to 3\nRed set to 1\n');
      const all = console.expectAll(colours, { ...within, from: 0 });
      const late = console.expectAll(colours, { ...within, from: 1 });
      print('Green set to 2\n');
      expect((await all).map(({ groups }) => groups[1])).toEqual(['1', '2', '3']);
      clock.advance(1000);
      await expect(late).rejects.toThrow('printed nothing that matches /Blue set to (\\d+)/ within 1000 ms');
    });

    it('takes a sequence behind one another, in one line or several, and says how far it came', async () => {
      const { console, clock, print } = openConsole();
      const sequence = console.expectSequence([/a/, /b/, /^Light/, /on$/], within);
      const backwards = console.expectSequence([/Light/, /ab/], within);
      print('ba\nab\nLight is on\n');
      expect((await sequence).map(({ line }) => line.index)).toEqual([0, 1, 2, 2]);
      clock.advance(1000);
      await expect(backwards).rejects.toThrow('nothing that matches /ab/ behind "Light is on"');
    });

    it('takes in a sequence the line that lands behind a prompt', async () => {
      const { console, clock, print } = openConsole();
      const sequence = console.expectSequence([/esp> $/, /^Light set/], within);
      print('esp> ');
      clock.advance(PARTIAL_QUIET_MS);
      print('Light set to ON\r\n');
      expect((await sequence).map(({ line }) => line.index)).toEqual([0, 0]);
    });

    it('fails at once by what must not come, in what is recorded and in what comes', async () => {
      const { console, print, clock } = openConsole();
      print('E (1) AUD: no memory\n');
      const never = [/no memory/];
      await expect(console.expect(/ready/, { ...within, from: 0, never })).rejects.toMatchObject({
        code: 'HIL_BOARD_CONSOLE_FORBIDDEN',
        facts: { pattern: '/no memory/', line: 'E (1) AUD: no memory', lineIndex: 0 },
      });
      const later = console.expect(/memory/, { ...within, never });
      print('E (2) AUD: no memory\n');
      await expect(later).rejects.toMatchObject({ code: 'HIL_BOARD_CONSOLE_FORBIDDEN' });
      expect(clock.pendingCount).toBe(0);
    });

    it('holds what must not come only until what was waited for', async () => {
      const { console, print } = openConsole();
      print('ready\nno memory\n');
      const match = await console.expect(/ready/, { ...within, from: 0, never: [/no memory/] });
      expect(match.line.index).toBe(0);
    });

    it('waits for none of them, and is over with the first that comes', async () => {
      const { console, clock, print } = openConsole();
      const quiet = console.expectNone([/Rebooting/, /abort/], { forMs: 500 });
      print('Light set to ON\n');
      clock.advance(500);
      await quiet;
      const broken = console.expectNone([/Rebooting/, /abort/], { forMs: 500 });
      print('abort() was called at PC 0x4200abcd on core 0\n');
      await expect(broken).rejects.toMatchObject({ code: 'HIL_BOARD_CONSOLE_FORBIDDEN' });
      const lost = console.expectNone([/Rebooting/], { forMs: 500 });
      console.end(new Error('gone'));
      await expect(lost).rejects.toThrow('gone');
    });
  });

  it('blames the bench for what cannot be read, as a wrong baud rate leaves it, and not for a glitch', async () => {
    const { console, clock, print } = openConsole();
    const waited = console.expect(/Calling app_main/, { withinMs: 1000 });
    console.receive(consoleStream('wrong-rate.bin'), 0);
    clock.advance(1000);
    await expect(waited).rejects.toMatchObject({ code: 'HIL_BOARD_CONSOLE_GARBLED', origin: 'bench' });
    // Only what came since counts.
    const from = console.cursor();
    print(`\n${'I (1000) main: at work\r\n'.repeat(20)}`);
    const later = console.expect(/Calling app_main/, { withinMs: 1000, from: from + 1 });
    clock.advance(1000);
    await expect(later).rejects.toMatchObject({ code: 'HIL_BOARD_CONSOLE_TIMEOUT', origin: 'board' });
  });

  it('says how much of what came is no text', async () => {
    const { console, clock } = openConsole();
    console.receive(consoleStream('binary-log.bin'), 0);
    const match = console.expect(/ready/, { withinMs: 1 });
    clock.advance(1);
    await expect(match).rejects.toThrow(
      `${console.garbledBytes} of its ${console.receivedBytes} bytes are no text`,
    );
    expect(console.garbledBytes / console.receivedBytes).toBeGreaterThan(0.4);
    expect(console.lines.at(-1)?.garbledBytes).toBeGreaterThan(5);
  });
});
