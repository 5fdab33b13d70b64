import { setImmediate as nextTurn } from 'node:timers/promises';
import { cleanup } from 'node-datachannel';
import { Event, type RTCDtlsTransport, type RTCIceTransport } from 'werift';
import { seededUniform } from '../../../harness/units';
import { LossyCall, type Passing, type Way } from '../testing/lossy-call';
import { repairDtls } from './dtls-repairs';

const HEADER_BYTES = 13;
const HANDSHAKE = 22;
const CERTIFICATE = 11;
const isDtls = ([first = 0]: Buffer): boolean => first >= 20 && first <= 63;

const recordsOf = (datagram: Buffer): Buffer[] => {
  const length = HEADER_BYTES + datagram.readUInt16BE(11);
  return [
    datagram.subarray(0, length),
    ...(datagram.length > length ? recordsOf(datagram.subarray(length)) : []),
  ];
};
const isCertificate = (record: Buffer): boolean =>
  record[0] === HANDSHAKE && record.readUInt16BE(3) === 0 && record[HEADER_BYTES] === CERTIFICATE;
/** The client's answer to the server's certificate, its own ahead. */
const isAnswer = (datagram: Buffer, way: Way): boolean =>
  way === 'down' && isDtls(datagram) && recordsOf(datagram).some(isCertificate);

/** A ClientHello of 40 bytes, the first of a handshake or the one that shows its cookie. */
function greeting(number: number): Buffer {
  const record = Buffer.alloc(HEADER_BYTES + 12 + 40, number);
  record.set([
    HANDSHAKE,
    0xfe,
    0xfd,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    number,
    0,
    52,
    1,
    0,
    0,
    40,
    0,
    number,
    0,
    0,
    0,
    0,
    0,
    40,
  ]);
  return record;
}

describe('the DTLS server of a board', () => {
  const calls: LossyCall[] = [];
  async function call(pass: Passing): Promise<LossyCall> {
    const started = await LossyCall.start(pass);
    calls.push(started);
    return started;
  }
  afterEach(() => {
    for (const open of calls.splice(0)) open.close();
  });
  afterAll(() => cleanup());

  it('takes messages that come in datagrams of their own, the last first and each twice', async () => {
    const { begun } = await call((datagram, way) => {
      if (!isAnswer(datagram, way)) return [datagram];
      const turned = recordsOf(datagram).reverse();
      return [...turned, ...turned];
    });
    expect(await begun).toBe('open');
  });

  it('waits for a certificate that was lost, and proves itself to who repeats the whole', async () => {
    let seen = 0;
    const { begun } = await call((datagram, way) => {
      if (!isAnswer(datagram, way)) return [datagram];
      seen += 1;
      return seen === 1 ? recordsOf(datagram).filter((record) => !isCertificate(record)) : [datagram];
    });
    expect(await begun).toBe('open');
    expect(seen).toBe(2);
  });

  it('numbers no two records alike, as whoever receives them would drop the second', async () => {
    const numbers: number[] = [];
    const started = await call((datagram, way) => {
      if (way === 'up' && isDtls(datagram))
        for (const record of recordsOf(datagram))
          if (record.readUInt16BE(3) === 1) numbers.push(record.readUIntBE(5, 6));
      return [datagram];
    });
    await started.begun;
    const texts = Array.from({ length: 12 }, (_, n) => `text ${n}`);
    expect(await started.echo(texts)).toEqual(texts);
    expect(numbers.length).toBeGreaterThan(12);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('begins calls on networks that lose a tenth, each another tenth', async () => {
    const begun = Array.from({ length: 6 }, async (_, n) => {
      const random = { up: seededUniform(2 * n), down: seededUniform(2 * n + 1) };
      const started = await call((datagram, way) => (random[way]() < 0.1 ? [] : [datagram]));
      return started.begun;
    });
    expect(await Promise.all(begun)).toEqual(begun.map(() => 'open'));
  });

  it('reads a greeting that is the next callback of the turn in which the handshake begins to listen', async () => {
    const taken: Buffer[] = [];
    const onData = new Event<[Buffer]>();
    const onStateChange = new Event<[string]>();
    const socket = { onData: (datagram: Buffer) => taken.push(datagram) };
    const dtls = { onStateChange, dtls: undefined as unknown };
    repairDtls({
      ice: { connection: { onData } } as unknown as RTCIceTransport,
      dtls: dtls as unknown as RTCDtlsTransport,
      isOver: () => false,
    });
    const listen = (): void => {
      onStateChange.execute('connecting');
      dtls.dtls = { transport: { socket } };
      onData.subscribe((datagram) => socket.onData(datagram));
    };
    const [first, second] = [greeting(0), greeting(1)];
    // Timers that are due together are callbacks of one turn.
    await new Promise<void>((resolve) => {
      setTimeout(listen, 1);
      setTimeout(() => {
        onData.execute(first);
        resolve();
      }, 1);
    });
    await nextTurn();
    onData.execute(second);
    expect(taken).toEqual([first, second]);
  });
});
