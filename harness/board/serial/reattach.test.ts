import { mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BoardError } from '../../errors';
import { systemClock } from '../../ports';
import { ManualClock } from '../__fixtures__/manual-clock';
import { openTestPty, type TestPty } from '../__fixtures__/test-pty';
import type { SerialPortDescription } from './list-ports';
import { openReattaching } from './open-reattaching';
import { ReattachingTransport, type PortGap } from './reattaching-transport';
import { watchDevice } from './same-device';
import type { ModemLines, SerialTransport } from './serial-transport';

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** A port in memory that a test takes away. */
class FakePort implements SerialTransport {
  readonly done: string[] = [];
  private listener: (bytes: Buffer, hostAtMs: number) => void = () => undefined;
  private lose: (error: Error) => void = () => undefined;
  constructor(readonly path: string) {}
  onBytes(listener: (bytes: Buffer, hostAtMs: number) => void) {
    this.listener = listener;
    return () => undefined;
  }
  onLost(listener: (error: Error) => void) {
    this.lose = listener;
    return () => undefined;
  }
  write(bytes: Buffer) {
    this.done.push(`write ${bytes.toString()}`);
    return Promise.resolve();
  }
  setModemLines({ dtr, rts }: ModemLines) {
    this.done.push(`lines ${Number(dtr)},${Number(rts)}`);
    return Promise.resolve(true);
  }
  setBaudRate(baudRate: number) {
    this.done.push(`baud ${baudRate}`);
    return Promise.resolve();
  }
  close() {
    this.done.push('close');
    return Promise.resolve();
  }
  print(text: string) {
    this.listener(Buffer.from(text), 0);
  }
  vanish() {
    const cause = new Error('read EIO');
    this.lose(new BoardError('HIL_BOARD_PORT_LOST', `Serial port ${this.path} has gone.`, {}, { cause }));
  }
}

/** A port that comes back as what `next` holds at that time. */
function openFake(withinMs = 5000) {
  const clock = new ManualClock(1000);
  const first = new FakePort('/dev/ttyACM0');
  const bench: { next: FakePort | undefined } = { next: undefined };
  const reopen = () =>
    bench.next === undefined
      ? Promise.reject(new BoardError('HIL_BOARD_PORT_MISSING', 'Serial port A is not there.', {}))
      : Promise.resolve(bench.next);
  const transport = new ReattachingTransport(first, { clock, withinMs, reopen });
  const told: string[] = [];
  const gaps: PortGap[] = [];
  transport.onBytes((bytes) => told.push(bytes.toString()));
  transport.onGap((gap) => {
    gaps.push(gap);
    told.push('gap');
  });
  transport.onLost((error) => told.push(`lost: ${error.message}`));
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      await tick();
      clock.advance(100);
      await tick();
    }
  };
  return { clock, first, bench, transport, told, gaps, pass };
}

describe('ReattachingTransport', () => {
  it('tells of the gap before what the device prints once it is back', async () => {
    const { first, bench, told, gaps, transport, pass } = openFake();
    first.print('one');
    first.vanish();
    await pass(700);
    bench.next = new FakePort('/dev/ttyACM1');
    await pass(100);
    bench.next.print('two');
    expect(told).toEqual(['one', 'gap', 'two']);
    expect(gaps).toEqual([{ awaySinceHostMs: 1000, hostAtMs: 1800, reason: 'read EIO' }]);
    expect(transport.path).toBe('/dev/ttyACM1');
    expect(transport.gapCount).toBe(1);
  });

  it('does what was asked for meanwhile when the device is back, at the rate that was set', async () => {
    const { first, bench, transport, pass } = openFake();
    await transport.setBaudRate(921_600);
    first.vanish();
    const asked = Promise.all([
      transport.write(Buffer.from('x')),
      transport.setModemLines({ dtr: false, rts: true }),
    ]);
    await pass(300);
    bench.next = new FakePort('/dev/ttyACM0');
    await pass(100);
    await asked;
    expect(bench.next.done).toEqual(['baud 921600', 'write x', 'lines 0,1']);
  });

  it('gives a rate to the port that comes back when the one before went as it was asked', async () => {
    const { first, bench, transport, pass } = openFake();
    jest.spyOn(first, 'setBaudRate').mockImplementation(() => {
      first.vanish();
      return Promise.reject(new BoardError('HIL_BOARD_PORT_LOST', 'Serial port /dev/ttyACM0 has gone.', {}));
    });
    const asked = transport.setBaudRate(921_600);
    bench.next = new FakePort('/dev/ttyACM0');
    await pass(300);
    await asked;
    expect(bench.next.done).toEqual(['baud 921600']);
  });

  it('is lost when the device is not back in time, with what stood in the way', async () => {
    const { first, transport, told, pass } = openFake(500);
    first.vanish();
    const write = expect(transport.write(Buffer.from('x'))).rejects.toMatchObject({
      code: 'HIL_BOARD_PORT_LOST',
    });
    await pass(700);
    await write;
    const message =
      'Serial port /dev/ttyACM0 has gone: read EIO; the device did not come back within 500 ms. Serial port A is not there.';
    expect(told).toEqual([`lost: ${message}`]);
    transport.onLost((error) => told.push(error.message));
    expect(told).toHaveLength(2);
  });

  it('goes through a second loss as through the first', async () => {
    const { first, bench, told, pass } = openFake();
    first.vanish();
    const second = (bench.next = new FakePort('/dev/ttyACM1'));
    await pass(100);
    bench.next = new FakePort('/dev/ttyACM0');
    second.vanish();
    await pass(100);
    bench.next.print('three');
    expect(told).toEqual(['gap', 'gap', 'three']);
  });

  it('takes lines for set that took the device away, and does not set them again', async () => {
    const { first, bench, transport, pass } = openFake();
    const back = (bench.next = new FakePort('/dev/ttyACM1'));
    await transport.setModemLines({ dtr: false, rts: false });
    Object.assign(first, {
      setModemLines: () => {
        first.vanish();
        return Promise.reject(new BoardError('HIL_BOARD_PORT_LOST', 'Serial port has gone.', {}));
      },
    });
    const reset = transport.setModemLines({ dtr: false, rts: true });
    await pass(200);
    expect(await reset).toBe(true);
    expect(await transport.setModemLines({ dtr: false, rts: true })).toBe(true);
    expect(await transport.setModemLines({ dtr: false, rts: false })).toBe(true);
    expect(await transport.setModemLines({ dtr: false, rts: true })).toBe(true);
    expect(back.done).toEqual(['lines 0,0', 'lines 0,1']);
  });

  it('does not take a port for one with lines that goes before it said that it has none', async () => {
    const { first, bench, transport, pass } = openFake();
    const back = (bench.next = new FakePort('/dev/pts/9'));
    Object.assign(back, { setModemLines: () => Promise.resolve(false) });
    Object.assign(first, {
      setModemLines: () => {
        first.vanish();
        return Promise.reject(new BoardError('HIL_BOARD_PORT_LOST', 'Serial port has gone.', {}));
      },
    });
    const asked = transport.setModemLines({ dtr: false, rts: false });
    await pass(200);
    expect(await asked).toBe(false);
    expect(await transport.setModemLines({ dtr: false, rts: true })).toBe(false);
  });

  it('hands each byte on once, however often those who listen came and went', async () => {
    const { first, bench, transport, pass } = openFake();
    const heard: string[] = [];
    const listeners = new Set<(bytes: Buffer) => void>();
    const printing = (bytes: string) => listeners.forEach((listener) => listener(Buffer.from(bytes)));
    bench.next = Object.assign(new FakePort('/dev/ttyACM1'), {
      onBytes: (listener: (bytes: Buffer) => void) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    });
    first.vanish();
    await pass(200);
    for (let times = 0; times < 3; times += 1) transport.onBytes(() => undefined)();
    const cancel = transport.onBytes((bytes) => heard.push(bytes.toString()));
    printing('a');
    cancel();
    transport.onBytes((bytes) => heard.push(bytes.toString()));
    printing('b');
    expect(heard).toEqual(['a', 'b']);
    expect(listeners.size).toBe(1);
  });

  it('waits as long as its power is being switched, and its whole time from then on', async () => {
    const { first, bench, told, transport, pass } = openFake(500);
    let isOn = (): void => undefined;
    const switching = transport.patiently(() => new Promise<void>((resolve) => (isOn = resolve)));
    first.vanish();
    await pass(3000);
    isOn();
    await switching;
    await pass(300);
    bench.next = new FakePort('/dev/ttyACM0');
    await pass(100);
    expect(told).toEqual(['gap']);
  });

  it('says nothing of a loss while it is closed, and looks no more', async () => {
    const { first, bench, told, transport, pass, clock } = openFake();
    first.vanish();
    await pass(100);
    await transport.close();
    bench.next = new FakePort('/dev/ttyACM0');
    await pass(1000);
    expect([told, bench.next.done, clock.pendingCount]).toEqual([[], [], 0]);
    await expect(transport.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'HIL_BOARD_PORT_LOST' });
  });
});

describe('watchDevice', () => {
  const nameless = {
    path: '/dev/ttyACM0',
    vendorId: '303a',
    productId: '1001',
    location: '1-2',
    usbInterface: 0,
  };
  const board = { ...nameless, serialNumber: '7C:DF:A1:00:11:22' };
  const watch = async (known: SerialPortDescription) => {
    const ports: SerialPortDescription[] = [known];
    const device = await watchDevice(known.path, () => Promise.resolve(ports));
    return { ports, device };
  };

  it('knows a device by its serial number, under another path and in another socket', async () => {
    const { ports, device } = await watch(board);
    ports.splice(0, 1, { ...board, path: '/dev/ttyACM1', location: '1-3' });
    await expect(device?.find()).resolves.toBe('/dev/ttyACM1');
  });

  it.each([
    ['another board that took its path', { serialNumber: '7C:DF:A1:00:11:23' }],
    ['the same chip on its way, before its firmware emulates the port', { productId: '0009' }],
    ['another port of the same device', { usbInterface: 2 }],
  ])('does not take %s for it', async (_, other) => {
    const { ports, device } = await watch(board);
    ports.splice(0, 1, { ...board, ...other });
    await expect(device?.find()).rejects.toMatchObject({ code: 'HIL_BOARD_PORT_MISSING' });
  });

  it('knows a device without a serial number by its socket', async () => {
    const { ports, device } = await watch(nameless);
    ports.splice(0, 1, { ...nameless, path: '/dev/ttyACM1' });
    await expect(device?.find()).resolves.toBe('/dev/ttyACM1');
    ports.splice(0, 1, { ...nameless, location: '1-3' });
    await expect(device?.find()).rejects.toMatchObject({ code: 'HIL_BOARD_PORT_MISSING' });
  });

  it('cannot know a pseudo-terminal again by its own path, which the next one gets', async () => {
    expect(await watchDevice('/dev/pts/4711')).toBeUndefined();
  });

  it('takes a server by its address', async () => {
    const device = await watchDevice('rfc2217://bench-pi:2217');
    await expect(device?.find()).resolves.toBe('rfc2217://bench-pi:2217');
  });
});

describe('a port behind a link', () => {
  let folder: string;
  let link: string;
  let pty: TestPty;
  const closers: (() => unknown)[] = [];

  const plugIn = (): void => {
    const plugged = openTestPty();
    pty = plugged;
    closers.push(() => plugged.close());
    symlinkSync(pty.path, `${link}.new`);
    renameSync(`${link}.new`, link);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-reattach-'));
    link = join(folder, 'board');
    plugIn();
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    rmSync(folder, { recursive: true });
  });

  const open = async (withinMs: number) => {
    const options = { path: link, baudRate: 115_200, clock: systemClock, withinMs };
    const transport = await openReattaching(options);
    if (transport === undefined) throw new Error('not known again');
    closers.push(() => transport.close());
    return transport;
  };
  const heard = (transport: SerialTransport): Promise<string> =>
    new Promise((resolve) => transport.onBytes((bytes) => resolve(bytes.toString())));

  it('is opened again when the link leads to another terminal, and carries on both ways', async () => {
    const transport = await open(20_000);
    const before = heard(transport);
    pty.write(Buffer.from('before'));
    expect(await before).toBe('before');
    const gap = new Promise<PortGap>((resolve) => transport.onGap(resolve));
    const old = pty;
    // The new one exists before the old one has gone, so that it gets a number of its own.
    plugIn();
    old.close();
    expect((await gap).reason).not.toBe('');
    const after = heard(transport);
    pty.write(Buffer.from('after'));
    expect(await after).toBe('after');
    const typed = new Promise<string>((resolve) => pty.onTyped((bytes) => resolve(bytes.toString())));
    await transport.write(Buffer.from('start'));
    expect(await typed).toBe('start');
  });

  it('is lost while the link is as it was, whoever has the terminal it leads to by now', async () => {
    const transport = await open(300);
    const lost = new Promise<Error>((resolve) => transport.onLost(resolve));
    pty.close();
    const stranger = openTestPty();
    closers.push(() => stranger.close());
    expect(await lost).toMatchObject({
      code: 'HIL_BOARD_PORT_LOST',
      message: expect.stringContaining('did not come back within 300 ms') as string,
    });
  });
});
