import { BoardError } from '../../errors';
import { ManualClock } from '../__fixtures__/manual-clock';
import { EchoCheck } from './echo-check';
import { RecordedConsole } from './recorded-console';

/** A board that answers each line that is typed with what `echo` makes of it. */
function typing(echo: (line: string) => string) {
  const clock = new ManualClock();
  const typed: string[] = [];
  let pending = '';
  const console: RecordedConsole = new RecordedConsole({
    name: 'korvo-1',
    clock,
    baudRate: 115_200,
    write: (bytes) => {
      pending += bytes.toString();
      if (!pending.endsWith('\n')) return Promise.resolve();
      const line = pending.trim();
      pending = '';
      if (line !== '') typed.push(line);
      return new Promise((resolve) => {
        console.receive(Buffer.from(echo(line)), clock.nowMs());
        resolve();
      });
    },
  });
  const check = new EchoCheck('korvo-1', console);
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  /** What becomes of a command; time passes until it is known. */
  const outcome = async (sent: Promise<unknown>): Promise<unknown> => {
    let result: unknown;
    const known = sent.then(
      (echo) => (result = echo),
      (thrown: unknown) => (result = thrown),
    );
    for (let step = 0; step < 200 && result === undefined; step += 1) {
      await settle();
      clock.advance(50);
    }
    return known;
  };
  const send = (command: string): Promise<unknown> => outcome(check.send(command));
  const print = (text: string) => console.receive(Buffer.from(text), clock.nowMs());
  return { send, begin: (command: string) => check.send(command), outcome, settle, print, typed };
}

const repl = (line: string): string => `${line}\r\nesp> `;

describe('a command that is typed', () => {
  it('is echoed by a board that reads its console', async () => {
    const { send, typed } = typing(repl);
    expect([await send('start'), await send('stop')]).toEqual(['echoed', 'echoed']);
    expect(typed).toEqual(['start', 'stop']);
  });

  it('shows by no echo of the first one that nothing is read on this connector, and none is typed any more', async () => {
    const { send, print, typed } = typing(() => 'I (5000) main: at work\r\n');
    print('esp> ');
    expect(await send('start')).toMatchObject({
      code: 'HIL_BOARD_CONSOLE_OUTPUT_ONLY',
      origin: 'bench',
    });
    expect(await send('stop')).toMatchObject({ code: 'HIL_BOARD_CONSOLE_OUTPUT_ONLY' });
    expect(typed).toEqual(['start']);
  });

  it('is lost to a board that hangs over it, whose console had answered an empty line', async () => {
    const { send, print, typed } = typing((line) => (line === '' ? repl(line) : ''));
    print('esp> ');
    expect(await send('start')).toBe('unechoed');
    expect(await send('stop')).toBe('unechoed');
    expect(typed).toEqual(['start', 'stop']);
  });

  it('is refused by a console whose port takes nothing, but for one that was read before', async () => {
    const untaken = new BoardError('HIL_BOARD_PORT_FAILED', 'not taken', { port: '/dev/b', untakenBytes: 6 });
    let isTaken = false;
    const of = typing((line) => {
      if (!isTaken) throw untaken;
      return repl(line);
    });
    expect(await of.send('start')).toMatchObject({
      code: 'HIL_BOARD_CONSOLE_OUTPUT_ONLY',
      message: expect.stringMatching(/connector: the port did not take an empty line\.$/) as string,
    });
    isTaken = true;
    expect(await of.send('stop')).toMatchObject({
      message: expect.stringMatching(/"stop" was not typed\.$/) as string,
    });
    let isHung = false;
    const hanging = typing((line) => {
      if (isHung) throw untaken;
      return repl(line);
    });
    expect(await hanging.send('start')).toBe('echoed');
    isHung = true;
    expect(await hanging.send('stop')).toBe(untaken);
  });

  it('is not taken for read because a prompt stands there, or comes with a boot', async () => {
    const idle = typing(() => '');
    idle.print('esp> ');
    expect(await idle.send('start')).toMatchObject({
      code: 'HIL_BOARD_CONSOLE_OUTPUT_ONLY',
      message: expect.stringContaining('nor anything else printed') as string,
    });
    let isBooting = true;
    const booting = typing(() => {
      const printed = isBooting ? '\r\nESP-ROM:esp32s3-20210327\r\nesp> ' : '';
      isBooting = false;
      return printed;
    });
    expect(await booting.send('start')).toBe('unechoed');
    expect(await booting.send('start')).toMatchObject({ code: 'HIL_BOARD_CONSOLE_OUTPUT_ONLY' });
  });

  it('says nothing of the connector when the board restarted over it', async () => {
    const banner = 'ESP-ROM:esp32s3-20210327\r\nrst:0x3 (RTC_SW_SYS_RST),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\n';
    let isCrashing = true;
    const { send, print } = typing((line) => (isCrashing ? banner : repl(line)));
    print('ESP-ROM:esp32s3-20210327\r\nesp> ');
    expect(await send('start')).toBe('unechoed');
    isCrashing = false;
    expect(await send('start')).toBe('echoed');
  });

  it('is told without its arguments, which may be a password', async () => {
    const { send } = typing(() => '');
    const refused = await send('wifi home hunter2');
    expect(refused).toMatchObject({ message: expect.stringContaining('"wifi …"') as string });
    expect(JSON.stringify([refused, (refused as Error).message])).not.toContain('hunter2');
  });

  it('may be lost to a board that is busy, which echoed before', async () => {
    let isBusy = false;
    const { send } = typing((line) => (isBusy ? '' : repl(line)));
    await send('i');
    isBusy = true;
    expect(await send('start')).toBe('unechoed');
  });

  it('is told to be garbled when its echo is nearly what was typed', async () => {
    const { send } = typing((line) => repl(line.replace('n', '\u00ee')));
    expect(await send('no-such-command')).toMatchObject({
      code: 'HIL_BOARD_CONSOLE_GARBLED',
      origin: 'bench',
      facts: { wrong: 1, typedCharacters: 15 },
    });
  });

  it('waits for the prompt when the receive ring may not hold it, and not for ever', async () => {
    const { send, begin, outcome, settle, print, typed } = typing((line) => `${line}\r\n`);
    const long = (letter: string) => `text "${letter.repeat(300)}"`;
    await send('i');
    const waiting = begin(long('a'));
    await settle();
    expect(typed).toEqual(['i']);
    print('esp> ');
    expect(await outcome(waiting)).toBe('echoed');
    // No prompt comes of that one, and the next is typed all the same.
    expect(await send(long('b'))).toBe('echoed');
    expect(typed).toHaveLength(3);
  });
});
