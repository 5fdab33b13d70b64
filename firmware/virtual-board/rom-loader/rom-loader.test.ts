import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import {
  buildMerged,
  buildTable,
  describeApp,
  someApp,
  someBootloader,
  someTable,
} from '../../../harness/board/esp32s3/image/__fixtures__/build-image';
import { seededUniform } from '../../../harness/units';
import { FaultSwitches } from '../faults';
import { ManualClock } from '../testing/manual-clock';
import { bootFromFlash } from './boot-from-flash';
import { FlashMemory } from './flash-memory';
import { RomLoader } from './rom-loader';
import { slipFrame, SlipReader } from './slip';

const hex = (digits: string): Buffer => Buffer.from(digits.replace(/\s/g, ''), 'hex');
const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32LE(value >>> 0, 4 * index));
  return bytes;
};
const noise = (length: number, seed = 1): Buffer => {
  const uniform = seededUniform(seed);
  return Buffer.from(Array.from({ length }, () => Math.floor(uniform() * 256)));
};
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const flashes: FlashMemory[] = [];
afterEach(() => flashes.splice(0).forEach((flash) => flash.close()));

function openLoader(faultNames: readonly string[] = []) {
  const flash = new FlashMemory(4 << 20);
  flashes.push(flash);
  const faults = new FaultSwitches();
  for (const name of faultNames) faults.set(name, true);
  const clock = new ManualClock();
  const sent: Buffer[] = [];
  const rates: number[] = [];
  const exits: string[] = [];
  const loader = new RomLoader({
    flash,
    faults,
    clock,
    send: (bytes) => void sent.push(bytes),
    setBaudRate: (rate) => void rates.push(rate),
    reenumerate: () => undefined,
    restart: (exit) => void exits.push(exit),
  });
  let taken = 0;
  /** What the loader sends for these bytes, as it is on the wire. */
  const wire = async (bytes: Buffer): Promise<Buffer> => {
    loader.receive(bytes);
    // Inflating is done on a thread, so a turn of the event loop is not always enough.
    for (let turns = 0; turns < 100 && sent.length === taken; turns++) await settled();
    const answer = Buffer.concat(sent.slice(taken));
    taken = sent.length;
    return answer;
  };
  const command = async (op: number, data: Buffer = Buffer.alloc(0), checksum = 0) => {
    const head = Buffer.from([0, op, data.length & 0xff, data.length >> 8]);
    const [frame = Buffer.alloc(0)] = new SlipReader(1 << 16).push(
      await wire(slipFrame(Buffer.concat([head, words(checksum), data]))),
    );
    return { op: frame[1], value: frame.readUInt32LE(4), rest: frame.subarray(8) };
  };
  const block = (op: number, payload: Buffer, number = 0) =>
    command(
      op,
      Buffer.concat([words(payload.length, number, 0, 0), payload]),
      payload.reduce((sum, byte) => sum ^ byte, 0xef),
    );
  const runStub = async () => {
    const code = noise(64);
    await command(0x05, words(code.length, 1, 0x1800, 0x40378000));
    await block(0x07, code);
    const head = Buffer.from([0, 0x06, 8, 0]);
    return wire(slipFrame(Buffer.concat([head, words(0, 0, 0x40378010)])));
  };
  return { loader, flash, faults, clock, wire, command, block, runStub, rates, exits };
}

const ok = Buffer.alloc(4);

describe('RomLoader', () => {
  // The frames of device.md 5.1, as real esptool and a loader exchanged them.
  it.each([
    [
      'SYNC',
      `c0 00 08 24 00 00 00 00 00 07 07 12 20 ${'55'.repeat(32)} c0`,
      'c0 01 08 04 00 07 07 12 20 00 00 00 00 c0'.repeat(8),
    ],
    [
      'READ_REG of the wafer revision',
      'c0 00 0a 04 00 00 00 00 00 50 70 00 60 c0',
      'c0 01 0a 04 00 00 00 08 03 00 00 00 00 c0',
    ],
    [
      'GET_SECURITY_INFO',
      'c0 00 14 00 00 00 00 00 00 c0',
      'c0 01 14 18 00 00000000 00000000 00 00000000000000 09000000 00000000 00000000 c0',
    ],
    ['an unknown command', 'c0 00 99 00 00 00 00 00 00 c0', 'c0 01 99 04 00 00 00 00 00 01 05 00 00 c0'],
  ])('answers %s', async (_name, request, answer) => {
    const expected = hex(answer).toString('hex');
    expect((await openLoader().wire(hex(request))).toString('hex')).toBe(expected);
  });

  it('takes a block whose bytes need escaping, with the checksum of device.md', async () => {
    const { command, wire, flash } = openLoader();
    await command(0x0d, words(0, 0));
    await command(0x02, words(4, 1, 4, 0x1000, 0));
    const answer = await wire(
      hex('c0 00 03 14 00 f7 00 00 00 04000000 00000000 0000000000000000 db dc db dd 01 02 c0'),
    );
    expect(answer.toString('hex')).toBe('c0010304000000000000000000c0');
    expect(flash.read(0x1000, 5)).toEqual(hex('c0db0102ff'));
  });

  it('knows a block whose checksum is wrong, and takes it when it comes again', async () => {
    const { command, block, flash } = openLoader();
    await command(0x0d, words(0, 0));
    await command(0x02, words(4, 1, 4, 0, 0));
    expect((await command(0x03, words(4, 0, 0, 0, 0x04030201), 0)).rest).toEqual(hex('01070000'));
    expect((await block(0x03, hex('01020304'))).rest).toEqual(ok);
    expect(flash.read(0, 4)).toEqual(hex('01020304'));
  });

  it('does not reach the flash before SPI_ATTACH said how', async () => {
    const { command } = openLoader();
    expect((await command(0x02, words(4, 1, 4, 0, 0))).rest).toEqual(hex('01060000'));
    expect((await command(0x13, words(0, 16, 0, 0))).rest).toEqual(hex('01060000'));
  });

  it('gives the MD5 as the ROM does, in digits, and as the stub does, in bytes', async () => {
    const { command, runStub } = openLoader();
    const digest = createHash('md5').update(Buffer.alloc(0x2000, 0xff)).digest();
    await command(0x0d, words(0, 0));
    const digits = Buffer.from(digest.toString('hex'));
    expect((await command(0x13, words(0, 0x2000, 0, 0))).rest).toEqual(Buffer.concat([digits, ok]));
    await runStub();
    expect((await command(0x13, words(0, 0x2000, 0, 0))).rest).toEqual(
      Buffer.concat([digest, Buffer.alloc(2)]),
    );
  });

  it('greets as the stub once one was uploaded, and answers a SYNC as it', async () => {
    const { runStub, command } = openLoader();
    expect((await runStub()).toString('hex')).toBe('c0010604000000000000000000c0c04f484149c0');
    expect(await command(0x08, Buffer.alloc(36))).toMatchObject({ op: 8, value: 0, rest: Buffer.alloc(2) });
    expect((await command(0x99)).rest).toEqual(hex('01ff'));
  });

  it('hangs when it is told to run what was not uploaded', async () => {
    const { command, wire } = openLoader();
    await command(0x06, words(0, 0x40378000));
    expect(await wire(hex('c0 00 14 00 00 00 00 00 00 c0'))).toEqual(Buffer.alloc(0));
  });

  it('writes a deflated image over an old one, split anywhere', async () => {
    const { runStub, command, block, flash } = openLoader();
    await runStub();
    flash.program(0, Buffer.alloc(0x8000));
    const image = Buffer.concat([noise(20_000), Buffer.alloc(30_000, 0x11)]);
    const packed = deflateSync(image);
    await command(0x10, words(image.length, 9, 0x4000, 0));
    for (let at = 0; at < packed.length; at += 3001)
      expect((await block(0x11, packed.subarray(at, at + 3001))).rest).toEqual(Buffer.alloc(2));
    expect(flash.read(0, image.length).equals(image)).toBe(true);
    expect(flash.read(image.length, 1)).toEqual(hex('ff'));
    expect((await block(0x11, Buffer.from('no zlib'))).rest).toEqual(hex('01c7'));
  });

  const readCommand = (at: number, sizeBytes: number): Buffer =>
    slipFrame(Buffer.concat([Buffer.from([0, 0xd2, 16, 0]), words(0, at, sizeBytes, 0x1000, 64)]));

  it('sends flash contents a block at a time, each once the one before is confirmed, and their MD5 at the end', async () => {
    const { runStub, flash, wire } = openLoader();
    await runStub();
    const contents = noise(0x2800);
    flash.program(0x3000, contents);
    const frames = new SlipReader(1 << 16);
    const first = frames.push(await wire(readCommand(0x3000, 0x2800)));
    expect(first.map(({ length }) => length)).toEqual([10, 0x1000]);
    const second = frames.push(await wire(slipFrame(words(0x1000))));
    const third = frames.push(await wire(slipFrame(words(0x2000))));
    expect([...second, ...third].map(({ length }) => length)).toEqual([0x1000, 0x800]);
    const [digest] = frames.push(await wire(slipFrame(words(0x2800))));
    expect(digest).toEqual(createHash('md5').update(contents).digest());
    expect(Buffer.concat([...first.slice(1), ...second, ...third]).equals(contents)).toBe(true);
  });

  it('ends a reading at whatever is no confirmation, so that a host which gave up is answered again', async () => {
    const { runStub, flash, wire, command } = openLoader();
    await runStub();
    const frames = new SlipReader(1 << 16);
    frames.push(await wire(readCommand(0, 0x2000)));
    const sync = hex(`c0 00 08 24 00 00 00 00 00 07 07 12 20 ${'55'.repeat(32)} c0`);
    const [digest] = frames.push(await wire(sync));
    expect(digest).toEqual(createHash('md5').update(flash.read(0, 0x1000)).digest());
    expect((await command(0x08, Buffer.alloc(36))).op).toBe(8);
  });

  it('reads the identity of its flash through SPI registers', async () => {
    const { command } = openLoader();
    await command(0x09, words(0x60002020, 0x7000009f, 0xffffffff, 0));
    await command(0x09, words(0x60002000, 1 << 18, 0xffffffff, 0));
    expect((await command(0x0a, words(0x60002000))).value).toBe(0);
    expect((await command(0x0a, words(0x60002058))).value).toBe(0x1640c8);
  });

  it('lets its watchdog restart the chip, once it was unlocked', async () => {
    const { command, exits } = openLoader();
    const enable = words(0x60008098, 0x80000000 | (5 << 28) | (1 << 8) | 2, 0xffffffff, 0);
    await command(0x09, enable);
    expect(exits).toEqual([]);
    await command(0x09, words(0x600080b0, 0x50d83aa1, 0xffffffff, 0));
    await Promise.race([command(0x09, enable), settled()]);
    expect(exits).toEqual(['watchdog']);
  });

  it('changes its rate after it has answered, and passes over what is no frame', async () => {
    const { command, rates, wire } = openLoader();
    expect((await command(0x0f, words(921_600, 0))).rest).toEqual(ok);
    expect(rates).toEqual([921_600]);
    expect(await wire(Buffer.concat([Buffer.from('start\r\n'), hex('c0 dbaa c0 c0 01 02 c0')]))).toEqual(
      Buffer.alloc(0),
    );
    expect((await command(0x14)).op).toBe(0x14);
  });

  it('has faults: lost replies, a wrong MD5, a slow erase, noise before SYNC, a line that garbles high rates', async () => {
    const lossy = openLoader(['loader-lost-replies']);
    const answers: boolean[] = [];
    const ask = async () => answers.push((await lossy.wire(hex('c0001400000000000000c0'))).length > 0);
    for (let count = 0; count < 20; count++) await ask();
    await lossy.command(0x0f, words(230_400, 0));
    for (let count = 0; count < 20; count++) await ask();
    expect(answers).toEqual(Array.from({ length: 40 }, (_, index) => index !== 39));

    const wrong = openLoader(['loader-bad-md5']);
    await wrong.command(0x0d, words(0, 0));
    const right = createHash('md5').update(Buffer.alloc(16, 0xff)).digest('hex');
    expect((await wrong.command(0x13, words(0, 16, 0, 0))).rest.toString('latin1', 0, 32)).not.toBe(right);

    const slow = openLoader(['loader-slow-erase']);
    await slow.command(0x0d, words(0, 0));
    const begun = slow.command(0x02, words(4, 1, 4, 0, 0));
    await settled();
    slow.clock.advance(1999);
    slow.clock.advance(1);
    expect((await begun).rest).toEqual(ok);

    const noisy = openLoader(['loader-noise']);
    const sync = hex(`c0 00 08 24 00 00 00 00 00 07 07 12 20 ${'55'.repeat(32)} c0`);
    const heard = [await noisy.wire(sync), await noisy.wire(sync), await noisy.wire(sync)];
    expect(heard.map((bytes) => bytes[0])).toEqual([0x45, 0x45, 0xc0]);

    const bad = openLoader(['loader-bad-line']);
    await bad.command(0x0f, words(921_600, 0));
    expect((await bad.wire(hex('c0001400000000000000c0')))[0]).toBe(0xc0 ^ 0x55);
  });
});

describe('SlipReader', () => {
  it('finds the same frames wherever the stream is cut', () => {
    const payloads = [hex('c0dbc0'), hex('00'), noise(200), hex('dbdc')];
    const stream = Buffer.concat(payloads.map((payload) => slipFrame(payload)));
    for (let cut = 0; cut <= stream.length; cut++) {
      const reader = new SlipReader(256);
      expect([...reader.push(stream.subarray(0, cut)), ...reader.push(stream.subarray(cut))]).toEqual(
        payloads,
      );
    }
  });

  it('drops a frame that is too long and goes on with the next', () => {
    const reader = new SlipReader(8);
    expect(reader.push(Buffer.concat([slipFrame(noise(9)), slipFrame(hex('0102'))]))).toEqual([hex('0102')]);
  });
});

describe('bootFromFlash', () => {
  const buildWith = (constants: string): unknown => {
    const flash = new FlashMemory(4 << 20);
    flashes.push(flash);
    const app = someApp(Buffer.concat([describeApp(), Buffer.from(constants.padEnd(64, '\0'))]));
    const table = buildTable(someTable);
    flash.program(0, buildMerged({ 0: someBootloader(), 0x8000: table, 0x10000: app }));
    const boot = bootFromFlash(flash);
    return boot.state === 'runs' ? boot.identity.build : boot;
  };

  it.each([
    ['', undefined],
    ['virtual-board:dma-descriptors=14\0', { dmaDescriptors: 14 }],
    ['virtual-board:fault=lost-answer\0', { fault: 'lost-answer' }],
    ['virtual-board:fault=dead-dog\0virtual-board:dma-descriptors=65\0', undefined],
    // Cut off: nothing says where the name ends.
    [`virtual-board:fault=dead-mic${'-'.repeat(40)}`, undefined],
  ])('finds in the constants %j how the image was built', (constants, expected) => {
    expect(buildWith(constants)).toEqual(expected);
  });
});

describe('FlashMemory', () => {
  const open = (sizeBytes = 1 << 20): FlashMemory => {
    const flash = new FlashMemory(sizeBytes);
    flashes.push(flash);
    return flash;
  };

  it('is erased where nobody wrote, between two writes and behind the last', () => {
    const flash = open();
    expect(flash.isBlank).toBe(true);
    flash.program(0x5000, hex('01'));
    expect([0, 0x4fff, 0x5000, 0x5001, 0xfffff].map((at) => flash.read(at, 1)[0])).toEqual([
      255, 255, 1, 255, 255,
    ]);
  });

  it('clears bits when it is programmed and sets none, until the sector is erased', () => {
    const flash = open();
    flash.program(0x1ffe, hex('0ff0 0f'));
    flash.program(0x1ffe, hex('f1ff'));
    expect(flash.read(0x1ffe, 3)).toEqual(hex('01f00f'));
    flash.erase(0x1fff, 1);
    expect(flash.read(0x1ffe, 3)).toEqual(hex('ffff0f'));
    flash.erase(0, 1 << 20);
    expect(flash.isBlank).toBe(true);
  });
});
