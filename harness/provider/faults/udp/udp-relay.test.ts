import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { cleanup } from 'node-datachannel';
import { systemClock, type NetworkFacts } from '../../../ports';
import { openCall, type WebRtcCall } from './__fixtures__/webrtc-call';
import { factsOf } from './link-log';
import { UdpNetwork } from './udp-network';

const nextTurnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.each([
  ['IPv4', '127.0.0.1'],
  ['IPv6', '::1'],
])('a call of two WebRTC stacks over %s', (family, address) => {
  let network: UdpNetwork;
  let call: WebRtcCall;
  /** Of the next packet, one a number. */
  let next = 1;
  let sinceMs = 0;

  beforeAll(async () => {
    network = new UdpNetwork({ clock: systemClock, shape: {}, seed: 11, mockHost: address });
    call = await openCall(network.open(), address);
  });
  afterAll(async () => {
    await call.close();
    await network.close();
    cleanup();
  });
  beforeEach(() => {
    sinceMs = systemClock.nowMs();
  });

  const facts = (): NetworkFacts => {
    const seen = network.facts(sinceMs);
    return seen ?? { up: factsOf([]), down: factsOf([]) };
  };

  /** Sends packets of sound both ways, then one that a clean network carries: when that is there, all are that will ever be. */
  async function speak(count: number): Promise<{ readonly atBoard: number[]; readonly atMock: number[] }> {
    const first = next;
    for (let n = 1; n <= count; n++) {
      call.fromBoard(next);
      call.fromMock(next);
      next += 1;
      // A socket's buffer holds some hundred packets: what it has no room for is lost before the network sees it.
      while (n % 50 === 0 && (facts().up.audioSent < n || facts().down.audioSent < n))
        await nextTurnOfTheLoop();
    }
    network.reshape({});
    call.fromBoard(next);
    call.fromMock(next);
    await call.bothHave(next);
    next += 1;
    const ofThese = (all: readonly number[]): number[] =>
      all.filter((n) => n >= first).map((n) => n - first + 1);
    return { atBoard: ofThese(call.atBoard), atMock: ofThese(call.atMock) };
  }

  it('passes the relay whole, and all of it is seen', async () => {
    const { atBoard, atMock } = await speak(50);
    const all = Array.from({ length: 51 }, (_, n) => n + 1);
    expect(atMock).toEqual(all);
    expect(atBoard).toEqual(all);
    expect(await call.echoed(['one', 'two'])).toEqual(['one', 'two']);
    const seen = { audioSent: 51, audioLost: 0, lost: 0, bursts: [] };
    expect(facts()).toMatchObject({ up: seen, down: seen });
  });

  it('has no other way: nothing arrives while it is cut, and all goes on when it is not', async () => {
    network.reshape({ cut: { afterBytes: 0, how: 'stall' } });
    const { atBoard, atMock } = await speak(100);
    expect(atMock).toEqual([101]);
    expect(atBoard).toEqual([101]);
    expect(facts()).toMatchObject({ up: { audioLost: 100 }, down: { audioLost: 100 } });
    expect(await call.echoed(['still there'])).toEqual(['still there']);
  });

  if (family === 'IPv6') return;

  it('loses sound as it is told and counts, each way of its own, and what is sent again arrives', async () => {
    network.reshape({ loss: { rate: 0.05, burst: 2 }, down: { loss: { rate: 0.2 } } });
    const texts = Array.from({ length: 40 }, (_, n) => `text ${n}`);
    // Data channels are SCTP, which sends again what was lost, in order.
    expect(await call.echoed(texts)).toEqual(texts);
    const { atBoard, atMock } = await speak(300);
    const { up, down } = facts();
    expect(up.audioSent).toBe(301);
    expect(atMock).toHaveLength(301 - up.audioLost);
    expect(atBoard).toHaveLength(301 - down.audioLost);
    expect(up.audioLost).toBeGreaterThan(0);
    expect(down.audioLost).toBeGreaterThan(up.audioLost);
    expect(up.bursts.reduce((sum, { audioPackets }) => sum + audioPackets, 0)).toBe(up.audioLost);
  });

  it('hands sound that comes twice on: libsrtp takes one of two, werift both', async () => {
    network.reshape({ duplicate: { rate: 1 } });
    const { atBoard, atMock } = await speak(50);
    expect([atBoard.length, atMock.length]).toEqual([101, 51]);
    expect(facts().up.duplicated).toBeGreaterThanOrEqual(50);
  });
});

describe('what a relay does with addresses', () => {
  const sockets: Socket[] = [];
  let network: UdpNetwork;

  beforeEach(() => {
    network = new UdpNetwork({ clock: systemClock, shape: {}, seed: 1 });
  });
  afterEach(async () => {
    await network.close();
    for (const socket of sockets.splice(0)) socket.close();
  });

  async function openSocket(): Promise<Socket> {
    const socket = createSocket('udp4');
    sockets.push(socket);
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return socket;
  }
  const offering = (...ports: readonly number[]): string =>
    ports.map((port, n) => `a=candidate:${n} 1 udp 1 127.0.0.1 ${port} typ host\r\n`).join('');
  const portsIn = (sdp: string): number[] =>
    [...sdp.matchAll(/127\.0\.0\.1 (\d+) typ host/g)].map(([, port]) => Number(port));
  const received = async (socket: Socket) => {
    const [datagram, from] = (await once(socket, 'message')) as [Buffer, { readonly port: number }];
    return { text: datagram.toString(), fromPort: from.port };
  };

  it('answers who spoke, from where he spoke to, though nobody told of him', async () => {
    const [stranger, mock] = [await openSocket(), await openSocket()];
    const path = network.open();
    // A browser's names are no addresses: the mock is told of nobody.
    expect(await path.remote('a=candidate:1 1 udp 1 0a1b.local 5000 typ host\r\n')).toBe('');
    const [relayPort] = portsIn(await path.local(offering(mock.address().port)));
    stranger.send('hello', relayPort, '127.0.0.1');
    const heard = await received(mock);
    expect(heard.text).toBe('hello');
    expect(heard.fromPort).not.toBe(stranger.address().port);
    mock.send('and you', heard.fromPort, '127.0.0.1');
    expect(await received(stranger)).toEqual({ text: 'and you', fromPort: relayPort });
  });

  it('keeps two places of one side apart', async () => {
    const [one, other, mock] = [await openSocket(), await openSocket(), await openSocket()];
    const path = network.open();
    const shown = portsIn(await path.remote(offering(one.address().port, other.address().port)));
    const [relayPort] = portsIn(await path.local(offering(mock.address().port)));
    expect(new Set(shown).size).toBe(2);
    other.send('other', relayPort, '127.0.0.1');
    expect(await received(mock)).toEqual({ text: 'other', fromPort: shown[1] });
    mock.send('to one', shown[0], '127.0.0.1');
    expect(await received(one)).toEqual({ text: 'to one', fromPort: relayPort });
  });

  it('gives a side eight places and no more', async () => {
    const ports = Array.from({ length: 20 }, (_, n) => 40_000 + n);
    expect(portsIn(await network.open().remote(offering(...ports)))).toHaveLength(8);
  });

  it('is silent once it is closed', async () => {
    const [board, mock] = [await openSocket(), await openSocket()];
    const path = network.open();
    await path.remote(offering(board.address().port));
    const [relayPort = 0] = portsIn(await path.local(offering(mock.address().port)));
    path.close();
    // The port is free again.
    const next = createSocket('udp4');
    sockets.push(next);
    next.bind(relayPort, '127.0.0.1');
    await once(next, 'listening');
    expect(network.facts()).toBeUndefined();
  });
});
