import { ManualClock } from '../__fixtures__/manual-clock';
import { RecordedConsole } from './recorded-console';

describe('a console whose port was away', () => {
  const openConsole = () => {
    const clock = new ManualClock();
    const console = new RecordedConsole({
      name: 'b1',
      clock,
      write: () => Promise.resolve(),
      baudRate: 115_200,
    });
    const print = (text: string) => console.receive(Buffer.from(text), clock.nowMs());
    const leave = () => console.markGap({ awaySinceHostMs: 1000, hostAtMs: 1700, reason: 'read EIO' });
    return { clock, console, print, leave };
  };
  const gap = {
    code: 'HIL_BOARD_CONSOLE_GAP',
    origin: 'bench',
    message:
      'The serial port of board b1 was away for 700 ms (read EIO), and what the board printed meanwhile is lost.',
  };

  it('closes the unfinished line and glues nothing to it', () => {
    const { console, print, leave } = openConsole();
    print('whole\nLight set');
    leave();
    print(' to OFF\nnext\n');
    expect(console.lines.map(({ text, truncated }) => [text, truncated])).toEqual([
      ['whole', undefined],
      ['Light set', true],
      [' to OFF', undefined],
      ['next', undefined],
    ]);
    expect(console.receivedBytes).toBe('whole\nLight set to OFF\nnext\n'.length);
  });

  it('keeps halves of a character apart, without losing a byte', () => {
    const { console, leave } = openConsole();
    const [first, second] = [Buffer.from('灯').subarray(0, 2), Buffer.from('灯').subarray(2)];
    console.receive(first, 0);
    leave();
    console.receive(Buffer.concat([second, Buffer.from('\n')]), 0);
    expect(console.lines.map(({ text }) => text)).not.toContain('灯');
    expect(console.lines).toHaveLength(2);
    expect(console.garbledBytes).toBe(3);
  });

  it('still finds what comes behind the gap', async () => {
    const { console, print, leave } = openConsole();
    const expected = console.expect(/ready/, { withinMs: 1000 });
    leave();
    print('ready\n');
    await expect(expected).resolves.toMatchObject({ line: { text: 'ready' } });
  });

  it('does not hold against the board what may have come meanwhile', async () => {
    const { clock, console, leave } = openConsole();
    const expected = expect(console.expect(/ready/, { withinMs: 1000 })).rejects.toMatchObject(gap);
    leave();
    clock.advance(1000);
    await expected;
  });

  it('does not take for absent what may have come meanwhile', async () => {
    const { clock, console, leave } = openConsole();
    const none = expect(console.expectNone([/panic/], { forMs: 1000 })).rejects.toMatchObject(gap);
    leave();
    clock.advance(1000);
    await none;
  });

  it('doubts a search that begins ahead of the gap, and none that begins behind it', async () => {
    const { clock, console, print, leave } = openConsole();
    print('one\n');
    leave();
    print('two\n');
    const across = expect(console.expect(/x/, { withinMs: 10, from: 0 })).rejects.toMatchObject(gap);
    const behind = expect(console.expect(/x/, { withinMs: 10, from: 1 })).rejects.toMatchObject({
      code: 'HIL_BOARD_CONSOLE_TIMEOUT',
    });
    clock.advance(10);
    await across;
    await behind;
  });
});
