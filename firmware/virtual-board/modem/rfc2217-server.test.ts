import { connect, type Socket } from 'node:net';
import type { ModemLines } from './modem-lines';
import { Rfc2217Server } from './rfc2217-server';

/** A client that speaks in hex. */
class RawClient {
  private heard = '';
  private waiting: (() => void)[] = [];
  readonly closed: Promise<void>;

  private constructor(readonly socket: Socket) {
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      this.heard += bytes.toString('hex');
      for (const check of this.waiting.splice(0)) check();
    });
  }

  static open(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    return new Promise((resolve) => socket.once('connect', () => resolve(new RawClient(socket))));
  }

  /** Says this, and gives back the next so many bytes that come. */
  async ask(hex: string, answerBytes: number): Promise<string> {
    this.socket.write(Buffer.from(hex, 'hex'));
    return this.hear(answerBytes);
  }

  hear(byteCount: number): Promise<string> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.heard.length < byteCount * 2) {
          this.waiting.push(check);
          return;
        }
        resolve(this.heard.slice(0, byteCount * 2));
        this.heard = this.heard.slice(byteCount * 2);
      };
      check();
    });
  }
}

describe('Rfc2217Server', () => {
  let server: Rfc2217Server;
  let port: number;
  let client: RawClient;
  let lines: readonly ModemLines[];
  let typed = '';
  let onHangUp: () => void = () => undefined;

  beforeEach(async () => {
    // The server before this one may still be hanging up.
    const ofThisTest: ModemLines[] = [];
    lines = ofThisTest;
    typed = '';
    onHangUp = () => undefined;
    server = new Rfc2217Server({
      wiring: {
        set: (state) => {
          ofThisTest.push(state);
          if (lines === ofThisTest && !state.dtr && !state.rts) onHangUp();
        },
      },
      input: (bytes) => {
        typed += bytes.toString('hex');
      },
    });
    port = await server.listen('127.0.0.1', 0);
    client = await RawClient.open(port);
  });
  afterEach(() => server.close());

  it('agrees to binary, suppress go-ahead and the com port, and to nothing else', async () => {
    expect(await client.ask('fffb2cfffb00fffd00fffd03fffb03fffb18fffd01', 21)).toBe(
      'fffd2cfffd00fffb00fffb03fffd03fffe18fffc01',
    );
  });

  it.each([
    ['baud 115200', 'fffa2c010001c200fff0', 'fffa2c650001c200fff0'],
    ['the present rate', 'fffa2c0100000000fff0', 'fffa2c650001c200fff0'],
    ['a rate that a CP2102N has not', 'fffa2c0100ffffffff000000fff0', 'fffa2c650001c200fff0'],
    ['8 data bits', 'fffa2c0208fff0', 'fffa2c6608fff0'],
    ['DTR on', 'fffa2c0508fff0', 'fffa2c6908fff0'],
    ['RTS off', 'fffa2c050cfff0', 'fffa2c690cfff0'],
    ['whether DTR is on, as it is since the port was opened', 'fffa2c0507fff0', 'fffa2c6908fff0'],
    ['flow control, of which there is none', 'fffa2c0500fff0', 'fffa2c6901fff0'],
    ['a purge', 'fffa2c0c03fff0', 'fffa2c7003fff0'],
    ['its name', 'fffa2c00fff0', `fffa2c64${Buffer.from('earshot virtual board').toString('hex')}fff0`],
  ])('answers when it is asked for %s', async (_name, request, answer) => {
    expect(await client.ask(request, answer.length / 2)).toBe(answer);
  });

  it('asserts both lines when it is opened, and lets DTR go before RTS when it is left', async () => {
    // One answer proves that the connection was accepted.
    await client.ask('fffa2c0507fff0', 7);
    const hungUp = new Promise<void>((resolve) => {
      onHangUp = resolve;
    });
    client.socket.destroy();
    await hungUp;
    expect(lines).toEqual([
      { dtr: true, rts: true },
      { dtr: false, rts: true },
      { dtr: false, rts: false },
    ]);
  });

  it('carries every byte value both ways, wherever a message is cut', async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    const onWire = Buffer.concat([all, Buffer.of(255)]);
    // Not before it was accepted: what is printed with nobody there is lost.
    const isThere = await client.ask('fffa2c0507fff0', 7);
    expect(isThere).toBe('fffa2c6908fff0');
    server.write(all);
    expect(await client.hear(257)).toBe(onWire.toString('hex'));
    for (const byte of Buffer.concat([onWire, Buffer.from('fffa2c0507fff0', 'hex')]))
      client.socket.write(Buffer.of(byte));
    await client.hear(7);
    expect(typed).toBe(all.toString('hex'));
  });

  it('tells a second client that the port is in use', async () => {
    await client.ask('fffa2c0507fff0', 7);
    const second = await RawClient.open(port);
    expect(Buffer.from(await second.hear(21), 'hex').toString()).toBe('Port already in use\r\n');
    await second.closed;
  });

  it('cuts its client off when the cable is pulled, and lets nobody in again', async () => {
    await client.ask('fffa2c0507fff0', 7);
    server.unplug();
    await client.closed;
    const late = await RawClient.open(port);
    await late.closed;
  });
});
