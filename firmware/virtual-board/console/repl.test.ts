import { Crystal } from '../crystal';
import { ManualClock } from '../testing/manual-clock';
import { BoardConsole } from './board-console';
import { Repl, type EspError } from './repl';

function startRepl() {
  let printed = '';
  const uart = { send: (bytes: Buffer) => void (printed += bytes.toString()), cut: () => undefined };
  const ran: (readonly string[])[] = [];
  let finish: ((result: EspError) => void) | undefined;
  const repl = new Repl(new BoardConsole(new Crystal(new ManualClock(), 0), uart), [
    {
      name: 'set',
      hint: '<value>',
      help: 'Sets',
      run(argv, done) {
        ran.push(argv);
        done(argv.length > 1 ? 'ESP_OK' : 'ESP_ERR_INVALID_ARG');
      },
    },
    {
      name: 'slow',
      help: 'Takes its time',
      run(_argv, done) {
        finish = done;
      },
    },
  ]);
  repl.start();
  printed = '';
  const type = (text: string): string => {
    printed = '';
    for (const byte of Buffer.from(text)) repl.input(Uint8Array.of(byte));
    return printed;
  };
  return { type, ran, finish: (result: EspError) => finish?.(result), printed: () => printed };
}

describe('Repl', () => {
  it('echoes byte by byte, runs the line and prompts again', () => {
    const { type, ran } = startRepl();
    expect(Array.from('set 1', type)).toEqual(['s', 'e', 't', ' ', '1']);
    expect(type('\n')).toBe('\r\nesp> ');
    expect(ran).toEqual([['set', '1']]);
  });

  it('takes CR LF as one command and an empty line', () => {
    expect(startRepl().type('set 1\r\n')).toBe('set 1\r\nesp> \r\nesp> ');
  });

  it('erases with backspace and delete, never past the prompt, and ignores other control bytes', () => {
    const { type, ran } = startRepl();
    expect(type('\bsex\x7ft\t\x1b 2')).toBe('sex\b \bt 2');
    type('\n');
    expect(ran).toEqual([['set', '2']]);
  });

  it('says what went wrong', () => {
    const { type } = startRepl();
    expect(type('fly\n')).toBe('fly\r\nUnrecognized command\r\nesp> ');
    expect(type('set\n')).toBe(
      'set\r\nCommand returned non-zero error code: 0x102 (ESP_ERR_INVALID_ARG)\r\nesp> ',
    );
  });

  it('prints help with the doubled carriage returns of esp_console', () => {
    expect(startRepl().type('help\n')).toContain('\nset  <value>\r\r\n  Sets\r\r\n\r\r\nslow  \r\r\n');
  });

  it('ends a line by itself at 1024 bytes', () => {
    const { type, ran } = startRepl();
    const printed = type(`set ${'x'.repeat(1500)}\n`);
    expect(ran).toEqual([['set', 'x'.repeat(1020)]]);
    expect(printed).toContain('Unrecognized command\r\n');
  });

  it('keeps 256 bytes while a command runs and loses the rest', () => {
    const { type, finish, ran, printed } = startRepl();
    type('slow\n');
    expect(type(`set ${'y'.repeat(10_000)}`)).toBe('');
    finish('ESP_OK');
    expect(printed()).toBe(`esp> set ${'y'.repeat(252)}`);
    expect(type('\n')).toBe('\r\nesp> ');
    expect(ran).toEqual([['set', 'y'.repeat(252)]]);
  });

  it('takes UTF-8 that arrives in pieces', () => {
    const { type, ran } = startRepl();
    type('set 灯\n');
    expect(ran).toEqual([['set', '灯']]);
  });
});
