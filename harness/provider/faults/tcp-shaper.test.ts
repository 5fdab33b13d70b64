import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Cancel, NetworkShape } from '../../ports';
import { ManualClock } from '../../board/__fixtures__/manual-clock';
import { openTcpShaper, type TcpShaper } from './tcp-shaper';

/** Tells when somebody waits for it. */
class AlarmClock extends ManualClock {
  private tell: ((delayMs: number) => void) | undefined;

  override after(delayMs: number, callback: () => void): Cancel {
    const cancel = super.after(delayMs, callback);
    this.tell?.(delayMs);
    return cancel;
  }

  /** Resolves with the delay that is asked for next. */
  armed(): Promise<number> {
    return new Promise((resolve) => {
      this.tell = resolve;
    });
  }
}

let server: Server;
let shaper: TcpShaper;
let clock: AlarmClock;
let accepted: Promise<Socket>;
const sockets: Socket[] = [];

async function open(shape?: NetworkShape): Promise<{ board: Socket; provider: Socket }> {
  server = createServer({ allowHalfOpen: true });
  accepted = once(server, 'connection').then(([socket]) => socket as Socket);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  clock = new AlarmClock();
  const upstream = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  shaper = await openTcpShaper({ upstream, clock, seed: 1, ...(shape && { shape }) });
  const board = connect({ host: '127.0.0.1', port: shaper.port, allowHalfOpen: true });
  const provider = await accepted;
  for (const socket of [board, provider]) {
    sockets.push(socket);
    socket.on('error', () => undefined);
  }
  return { board, provider };
}
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await shaper.close();
  server.close();
});

/** Whatever error it closes with: `once` would reject with it. */
const closeOf = (socket: Socket): Promise<void> =>
  new Promise((resolve) => void socket.once('close', () => resolve()));

/** The next bytes, as many as that. */
async function read(socket: Socket, length: number): Promise<string> {
  let text = '';
  while (text.length < length) {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    text += bytes.toString('latin1');
  }
  return text;
}

it('passes bytes and ends both ways as they are', async () => {
  const { board, provider } = await open();
  board.write('question');
  expect(await read(provider, 8)).toBe('question');
  provider.write('answer');
  expect(await read(board, 6)).toBe('answer');
  const boardSawEnd = once(board, 'end');
  provider.end();
  await boardSawEnd;
  const providerSawEnd = once(provider, 'end');
  board.end('bye');
  expect(await read(provider, 3)).toBe('bye');
  await providerSawEnd;
});

it('holds bytes for the delay and for the time that they take, in their order', async () => {
  const { board, provider } = await open({ delayMs: 100, bytesPerSecond: 1000 });
  const got: string[] = [];
  board.on('data', (bytes: Buffer) => got.push(bytes.toString()));
  const armed = clock.armed();
  provider.write('12345');
  expect(await armed).toBe(105);
  clock.advance(104);
  expect(got).toEqual([]);
  const arrived = once(board, 'data');
  clock.advance(1);
  await arrived;
  expect(got).toEqual(['12345']);
});

it('keeps the order under jitter', async () => {
  const { board, provider } = await open({ jitterMs: 50 });
  const armed = clock.armed();
  provider.write('a');
  const firstMs = await armed;
  expect(firstMs).toBeGreaterThan(0);
  expect(firstMs).toBeLessThanOrEqual(50);
  const whole = read(board, 2);
  provider.write('b');
  // The second waits for the first, whatever its own jitter is.
  for (let ms = 0; ms < 100; ms += 1) {
    await new Promise(setImmediate);
    clock.advance(1);
  }
  expect(await whole).toBe('ab');
});

it('ends the connection after so many bytes', async () => {
  const { board, provider } = await open({ cut: { afterBytes: 4, how: 'end' } });
  const ended = once(board, 'end');
  const received = read(board, 4);
  provider.write('answer');
  expect(await received).toBe('answ');
  await ended;
});

// A reset right behind data reads as an end in Node (libuv takes a hang-up after a short read for one), so it comes first here.
it('resets the connection', async () => {
  const { board, provider } = await open({ cut: { afterBytes: 0, how: 'reset' } });
  const closed = closeOf(board);
  provider.write('answer');
  await closed;
  expect(board.errored).toMatchObject({ code: 'ECONNRESET' });
  expect(board.bytesRead).toBe(0);
});

it('stalls without ending: neither side hears of it', async () => {
  const { board, provider } = await open({ cut: { afterBytes: 4, how: 'stall' } });
  const received = read(board, 4);
  provider.write('answer');
  expect(await received).toBe('answ');
  const later: string[] = [];
  for (const socket of [board, provider])
    socket.on('data', (bytes: Buffer) => later.push(bytes.toString())).on('end', () => later.push('end'));
  board.write('hello?');
  provider.write('more');
  // Another connection through the same shaper shows that it had time to pass something on.
  const accepting = once(server, 'connection');
  const other = connect(shaper.port, '127.0.0.1');
  sockets.push(other);
  other.write('x');
  const [otherEnd] = (await accepting) as [Socket];
  sockets.push(otherEnd);
  await once(otherEnd, 'data');
  expect(later).toEqual([]);
});

it('leaves the board alone on a half-open link, the provider gone', async () => {
  const { board, provider } = await open({ cut: { afterBytes: 0, how: 'half-open' } });
  const gone = once(provider, 'end');
  provider.resume();
  provider.write('answer');
  await gone;
  const flushed = new Promise<unknown>((resolve) => board.write('hello?', resolve));
  expect(await flushed).toBeFalsy();
  expect([board.readyState, board.bytesRead]).toEqual(['open', 0]);
});

it('changes while connections are open', async () => {
  const { board, provider } = await open();
  provider.write('1');
  expect(await read(board, 1)).toBe('1');
  shaper.reshape({ delayMs: 10 });
  const got = once(board, 'data');
  const armed = clock.armed();
  provider.write('2');
  expect(await armed).toBe(10);
  clock.advance(10);
  await got;
});

it('passes a broken upstream on as a reset', async () => {
  const { board, provider } = await open();
  const closed = closeOf(board);
  provider.resetAndDestroy();
  await closed;
  expect(board.errored).toMatchObject({ code: 'ECONNRESET' });
});
