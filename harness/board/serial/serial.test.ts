import { SerialPort } from 'serialport';
import { systemClock, type Clock } from '../../ports';
import { ManualClock } from '../__fixtures__/manual-clock';
import { openTestPty, type TestPty } from '../__fixtures__/test-pty';
import { idleLines } from './idle-lines';
import { openSerialPort } from './open-serial-port';
import { modemResetLine } from './reset-line';
import type { ModemLines, SerialTransport } from './serial-transport';

const openPort = (path: string, clock: Clock = systemClock) =>
  openSerialPort({ path, baudRate: 115_200, clock });

describe('openSerialPort', () => {
  let pty: TestPty;
  const opened: SerialTransport[] = [];
  const open = async (clock?: Clock) => {
    const transport = await openPort(pty.path, clock);
    opened.push(transport);
    return transport;
  };

  beforeEach(() => {
    pty = openTestPty();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((transport) => transport.close()));
    pty.close();
  });

  it('hands on bytes with the instant of their arrival', async () => {
    const transport = await open();
    const beforeMs = systemClock.nowMs();
    const arrival = new Promise<{ text: string; hostAtMs: number }>((resolve) => {
      transport.onBytes((bytes, hostAtMs) => resolve({ text: bytes.toString(), hostAtMs }));
    });
    pty.write(Buffer.from('esp> '));
    const { text, hostAtMs } = await arrival;
    expect(text).toBe('esp> ');
    expect(hostAtMs).toBeGreaterThanOrEqual(beforeMs);
    expect(hostAtMs).toBeLessThanOrEqual(systemClock.nowMs());
  });

  it('keeps what arrives before somebody listens', async () => {
    const transport = await open();
    pty.write(Buffer.from('ESP-ROM'));
    await transport.setModemLines({ dtr: false, rts: false });
    const arrival = new Promise<string>((resolve) => transport.onBytes((bytes) => resolve(bytes.toString())));
    expect(await arrival).toBe('ESP-ROM');
  });

  it('writes to the board', async () => {
    const transport = await open();
    const typed = new Promise<string>((resolve) => pty.onTyped((bytes) => resolve(bytes.toString())));
    await transport.write(Buffer.from('start\n'));
    expect(await typed).toBe('start\n');
  });

  it('names ports that exist when one is missing', async () => {
    const missing = '/dev/pts/99999';
    await expect(openPort(missing)).rejects.toMatchObject({
      code: 'HIL_BOARD_PORT_MISSING',
      facts: { port: missing, existing: expect.arrayContaining([expect.stringMatching('^/dev/')]) },
    });
  });

  it('names the process that holds a port', async () => {
    await open();
    await expect(openPort(pty.path)).rejects.toMatchObject({
      code: 'HIL_BOARD_PORT_BUSY',
      message: `Serial port ${pty.path} is held by process ${process.pid}.`,
      facts: { holderPid: process.pid },
    });
  });

  it('does not keep a port whose modem lines it could not let go', async () => {
    const set = jest.spyOn(SerialPort.prototype, 'set').mockImplementation((_lines, callback) => {
      callback?.(new Error('Input/output error'));
    });
    await expect(open()).rejects.toMatchObject({ code: 'HIL_BOARD_PORT_FAILED' });
    set.mockRestore();
    await open();
  });

  it('fails with the cause when a path is no serial port', async () => {
    await expect(openPort('/dev/null')).rejects.toMatchObject({ code: 'HIL_BOARD_PORT_FAILED' });
  });

  it('reports a lost port once, and to those who ask later', async () => {
    const transport = await open();
    const reports: Error[] = [];
    const lost = new Promise<Error>((resolve) => {
      transport.onLost(resolve);
      transport.onLost((error) => void reports.push(error));
    });
    pty.close();
    expect(await lost).toMatchObject({ code: 'HIL_BOARD_PORT_LOST' });
    await expect(transport.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'HIL_BOARD_PORT_LOST' });
    transport.onLost((error) => void reports.push(error));
    await transport.close();
    await transport.close();
    expect(reports).toEqual([await lost, await lost]);
  });

  it('notices by its heartbeat a hang-up that the driver missed', async () => {
    const clock = new ManualClock();
    const transport = await open(clock);
    const lost = new Promise<Error>((resolve) => transport.onLost(resolve));
    pty.close();
    clock.advance(1000);
    expect(await lost).toMatchObject({ code: 'HIL_BOARD_PORT_LOST' });
  });

  it('does not report its own close, and refuses to write afterwards', async () => {
    const transport = await open();
    const reports: Error[] = [];
    transport.onLost((error) => void reports.push(error));
    await transport.close();
    await transport.close();
    expect(reports).toEqual([]);
    await expect(transport.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'HIL_BOARD_PORT_LOST' });
  });

  it('fails a write that its own close cut short', async () => {
    // The clock stands still, so that nothing but the close can end the write.
    const transport = await open(new ManualClock());
    const write = transport.write(Buffer.alloc(1 << 20));
    const outcome = expect(write).rejects.toMatchObject({ code: 'HIL_BOARD_PORT_LOST' });
    await transport.close();
    await outcome;
  });

  it('never has the driver wait twice, nor takes more, while it waits for what a board does not take', async () => {
    const clock = new ManualClock();
    const transport = await open(clock);
    const drains: (() => void)[] = [];
    const drain = jest.spyOn(SerialPort.prototype, 'drain');
    const isDraining = new Promise<void>((resolve) => {
      drain.mockImplementation((callback) => {
        drains.push(() => callback?.(null));
        resolve();
      });
    });
    const untaken = { code: 'HIL_BOARD_PORT_FAILED', facts: { port: pty.path, untakenBytes: 2 } };
    const writes = [transport.write(Buffer.from('a\n')), transport.write(Buffer.from('b\n'))];
    const outcomes = Promise.all(writes.map((write) => expect(write).rejects.toMatchObject(untaken)));
    const typed = new Promise<void>((resolve) => {
      pty.onTyped((bytes) => bytes.includes('b') && resolve());
    });
    await Promise.all([isDraining, typed]);
    clock.advance(5_000);
    await outcomes;
    await expect(transport.write(Buffer.from('c\n'))).rejects.toMatchObject(untaken);
    expect(drains).toHaveLength(1);

    drain.mockRestore();
    drains[0]?.();
    await transport.write(Buffer.from('d\n'));
  });

  it('changes its rate in place, again and again, and goes on', async () => {
    const transport = await open();
    const typed = new Promise<string>((resolve) => pty.onTyped((bytes) => resolve(bytes.toString())));
    const update = jest.spyOn(SerialPort.prototype, 'update');
    await transport.setBaudRate(921_600);
    await transport.setBaudRate(115_200);
    expect(update.mock.calls.map(([options]) => options)).toEqual([
      { baudRate: 921_600 },
      { baudRate: 115_200 },
    ]);
    update.mockRestore();
    await transport.write(Buffer.from('start\n'));
    expect(await typed).toBe('start\n');
  });

  it('names the rate that a port does not take', async () => {
    const transport = await open();
    const update = jest
      .spyOn(SerialPort.prototype, 'update')
      .mockImplementation((_options, callback) => callback?.(new Error('Invalid argument')));
    await expect(transport.setBaudRate(123_457)).rejects.toMatchObject({
      code: 'HIL_BOARD_PORT_FAILED',
      message: `Serial port ${pty.path} did not take 123457 baud: Invalid argument.`,
    });
    update.mockRestore();
    await transport.close();
    await expect(transport.setBaudRate(115_200)).rejects.toMatchObject({ code: 'HIL_BOARD_PORT_LOST' });
  });

  it('has gone where its driver has let it go before it says so', async () => {
    const transport = await open();
    const isOpen = jest.spyOn(SerialPort.prototype, 'isOpen', 'get').mockReturnValue(false);
    const update = jest
      .spyOn(SerialPort.prototype, 'update')
      .mockImplementation((_options, callback) => callback?.(new Error('Port is not open')));
    const lost = new Promise<Error>((resolve) => transport.onLost(resolve));
    await expect(transport.setBaudRate(115_200)).rejects.toMatchObject({
      code: 'HIL_BOARD_PORT_LOST',
      message: `Serial port ${pty.path} has gone: Port is not open.`,
    });
    update.mockRestore();
    isOpen.mockRestore();
    expect(await lost).toMatchObject({ code: 'HIL_BOARD_PORT_LOST' });
    await transport.close();
  });

  it('says that a pseudo-terminal has no modem lines', async () => {
    const transport = await open();
    expect(await transport.setModemLines({ dtr: false, rts: false })).toBe(false);
    await expect(modemResetLine(transport, systemClock).reset()).rejects.toMatchObject({
      code: 'HIL_BOARD_PORT_FAILED',
    });
  });
});

describe('idleLines', () => {
  it.each([undefined, 'usb-serial-jtag'] as const)('pulls no pin of %s', (usb) => {
    expect(idleLines(usb)).toEqual({ dtr: false, rts: false });
  });

  it('tells an emulated port that somebody reads, since it writes over what nobody does', () => {
    expect(idleLines('tiny-usb')).toEqual({ dtr: true, rts: true });
  });
});

describe('modemResetLine', () => {
  it('pulls EN by RTS for 100 ms and leaves DTR released', async () => {
    const clock = new ManualClock();
    const steps: (ModemLines & { atMs: number })[] = [];
    const transport = {
      path: '/dev/ttyUSB0',
      setModemLines: (lines: ModemLines) => {
        steps.push({ ...lines, atMs: clock.nowMs() });
        return Promise.resolve(true);
      },
    } as unknown as SerialTransport;
    const reset = modemResetLine(transport, clock).reset();
    await new Promise((resolve) => process.nextTick(resolve));
    clock.advance(100);
    await reset;
    expect(steps).toEqual([
      { dtr: false, rts: true, atMs: 0 },
      { dtr: false, rts: false, atMs: 100 },
    ]);
  });
});
