import { fastClock } from '../testing/fast-clock';
import { ManualClock } from '../testing/manual-clock';
import { Terminal } from '../testing/terminal';
import { SerialPort } from './serial-port';

describe('SerialPort', () => {
  it('is raw from birth: carries every byte both ways and echoes none', async () => {
    const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    let received = Buffer.alloc(0);
    let complete: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (complete = resolve));
    const serial = new SerialPort(fastClock(1), (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (received.length === 256) complete();
    });
    const terminal = await Terminal.open(serial.path);
    serial.write(everyByte);
    await terminal.expect(/\xff/);
    terminal.port.write(everyByte);
    await arrived;
    expect(received).toEqual(everyByte);
    expect(Buffer.from(terminal.text, 'latin1')).toEqual(everyByte);
    await terminal.close();
    serial.unplug();
  });

  it('neither hangs nor grows when nobody reads, and works again when somebody does', async () => {
    const clock = new ManualClock();
    const serial = new SerialPort(clock, () => undefined);
    const line = Buffer.from(`${'x'.repeat(1022)}\r\n`);
    for (let n = 0; n < 200; n++) serial.write(line);
    expect(serial.droppedBytes).toBeGreaterThan(100_000);
    clock.advance(60);
    const before = serial.droppedBytes;
    serial.write(line);
    // Given up: dropped at once and whole, nothing waits any more.
    expect(serial.droppedBytes - before).toBe(line.length);
    const terminal = await Terminal.open(serial.path);
    serial.write(Buffer.from('here\r\n'));
    await terminal.expect(/^here\r\n$/);
    await terminal.close();
    serial.unplug();
  });

  it('vanishes when it is unplugged, once and for all', async () => {
    const serial = new SerialPort(new ManualClock(), () => undefined);
    serial.unplug();
    serial.unplug();
    serial.write(Buffer.from('into the void'));
    await expect(Terminal.open(serial.path)).rejects.toThrow(/cannot open/);
  });
});
