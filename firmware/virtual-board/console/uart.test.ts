import { ManualClock } from '../testing/manual-clock';
import { UartTransmitter } from './uart';

function startUart() {
  const clock = new ManualClock();
  let wire = '';
  const uart = new UartTransmitter(clock, 115_200, (bytes) => void (wire += bytes.toString()));
  return { clock, uart, wire: () => wire };
}

describe('UartTransmitter', () => {
  it('takes 86.8 µs for a byte', () => {
    const { clock, uart, wire } = startUart();
    uart.send(Buffer.from('x'.repeat(1152)));
    clock.advance(10);
    expect(wire().length).toBe(115);
    clock.advance(91);
    expect(wire().length).toBe(1152);
  });

  it('cuts a line in the middle at a reset, and goes on with what comes after', () => {
    const { clock, uart, wire } = startUart();
    uart.send(Buffer.from('I (10) a: a long line of a task\r\n'));
    clock.advance(1);
    uart.cut();
    clock.advance(100);
    expect(wire()).toBe('I (10) a: a'.slice(0, wire().length));
    uart.send(Buffer.from('ESP-ROM'));
    clock.advance(5);
    expect(wire()).toMatch(/^I \(10\) a:?.{0,3}ESP-ROM$/);
  });

  it('lets the 128 bytes of the hardware FIFO leave before a panic', () => {
    const { clock, uart, wire } = startUart();
    uart.send(Buffer.from('y'.repeat(1000)));
    uart.cut(128);
    uart.send(Buffer.from('Guru'));
    clock.advance(100);
    expect(wire()).toBe(`${'y'.repeat(128)}Guru`);
  });

  it('holds 64 KiB and no more', () => {
    const { clock, uart, wire } = startUart();
    for (let n = 0; n < 100; n++) uart.send(Buffer.alloc(4096, 'z'));
    clock.advance(60_000);
    expect(wire().length).toBe(65_536);
  });

  it('keeps the order of bytes through many turns of its ring', () => {
    const { clock, uart, wire } = startUart();
    let sent = '';
    for (let n = 0; n < 400; n++) {
      const line = `${n} ${'.'.repeat(n % 700)}\r\n`;
      sent += line;
      uart.send(Buffer.from(line));
      clock.advance(50);
    }
    clock.advance(1_000);
    expect(wire()).toBe(sent);
  });

  it('takes a flood of single bytes in time that grows with the bytes alone', () => {
    const { uart } = startUart();
    const byte = Buffer.from('x');
    const startedAtMs = performance.now();
    for (let n = 0; n < 2_000_000; n++) uart.send(byte);
    expect(performance.now() - startedAtMs).toBeLessThan(4_000);
  });
});

describe('a character of several bytes', () => {
  it('is always cut by the end of a piece, and complete in the end', () => {
    const clock = new ManualClock();
    const pieces: Buffer[] = [];
    const uart = new UartTransmitter(clock, 115_200, (bytes) => void pieces.push(bytes));
    uart.send(Buffer.from('回答: 今天的天气很好\r\n'));
    clock.advance(20);
    expect(Buffer.concat(pieces).toString()).toBe('回答: 今天的天气很好\r\n');
    const cut = pieces.filter((piece) => piece.toString().endsWith('\ufffd'));
    expect(cut.length).toBe(pieces.length - 1);
  });
});
