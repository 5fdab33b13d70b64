import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { FirmwareDialect } from '../dialect/application';
import { textBoard } from '../start-up';
import { identityOf } from '../firmware-identity';
import { Arrivals } from '../testing/expectations';
import { TextBench } from '../testing/text-bench';
import { TimeSync } from './time-sync';

const dialect: FirmwareDialect = {
  identity: identityOf('clock', '1'),
  startUp: textBoard,
  access: { schemes: [], credentials: {}, model: '' },
  start: (services) => {
    const sync = new TimeSync(services, true);
    return {
      commands: [],
      session: 'none',
      networkUp: () => sync.start(() => services.console.print('on\n')),
      networkDown: () => sync.stop(),
      cut: () => sync.stop(),
    };
  },
};

/** 21 November 2026, 06:00:00.5 UTC in NTP time: 2 208 988 800 s later than in Unix time. */
const NTP_SECONDS = Date.UTC(2026, 10, 21, 6) / 1000 + 2_208_988_800;

function answerTo(request: Buffer): Buffer {
  const answer = Buffer.alloc(48);
  answer[0] = 0x24;
  answer[1] = 2;
  request.copy(answer, 24, 40, 48);
  for (const offset of [32, 40]) {
    answer.writeUInt32BE(NTP_SECONDS, offset);
    answer.writeUInt32BE(0x8000_0000, offset + 4);
  }
  return answer;
}

describe('TimeSync', () => {
  const asked = new Arrivals<{ readonly request: Buffer; readonly from: RemoteInfo }>();
  let server: Socket;
  let bench: TextBench;

  beforeEach(async () => {
    asked.all.length = 0;
    server = createSocket('udp4', (request, from) => asked.add({ request, from }));
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
    bench = new TextBench(dialect, { url: 'http://x', ntpServer: `127.0.0.1:${server.address().port}` });
  });
  afterEach(() => {
    bench.close();
    server.close();
  });

  const start = async (): Promise<Buffer> => {
    const arrived = asked.next();
    bench.networkUp();
    return (await arrived).request;
  };
  const send = (packet: Buffer): void => server.send(packet, asked.all.at(-1)!.from.port, '127.0.0.1');
  const waiting = (n: number) => `Waiting for system time to sync... (${n}/10)\r\n`;

  it('asks as a client of version 4, in 1970, and takes the answer', async () => {
    const request = await start();
    expect([request.length, request[0], request.readUInt32BE(40)]).toEqual([48, 0x23, 2_208_988_800]);
    send(answerTo(request));
    await bench.expect(/on\r\n/);
    expect(bench.text).toBe(`${waiting(1)}I (0) SNTP: Time synchronized: 2026-11-21 06:00:00\r\non\r\n`);
    expect(bench.wallClock.unixMs()).toBeCloseTo(Date.UTC(2026, 10, 21, 6) + 500, 0);
  });

  it('asks every 2 s, ten times, and goes on in 1970', async () => {
    await start();
    bench.clock.advance(19_999);
    expect(bench.text).toBe([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(waiting).join(''));
    bench.clock.advance(1);
    expect(bench.text).toMatch(/\(10\/10\)\r\nW \(20000\) SNTP: Time not synchronized, going on\r\non\r\n$/);
    expect(bench.wallClock.unixMs()).toBe(20_000);
  });

  it('counts a kiss of death as no answer, and asks again unless it was told to leave', async () => {
    const kiss = answerTo(await start());
    kiss[1] = 0;
    kiss.write('RATE', 12, 'latin1');
    send(kiss);
    await bench.expect(/\(1\/10\)\r\nI \(0\) SNTP: Kiss of death: RATE\r\n$/);
    const again = asked.next();
    bench.clock.advance(2_000);
    const deny = answerTo((await again).request);
    deny[1] = 0;
    deny.write('DENY', 12, 'latin1');
    send(deny);
    await bench.expect(/\(2\/10\)\r\nI \(2000\) SNTP: Kiss of death: DENY\r\n$/);
    bench.clock.advance(18_000);
    expect(bench.text).toMatch(/going on\r\non\r\n$/);
    expect(asked.all).toHaveLength(2);
  });

  it.each([
    ['short', (packet: Buffer) => packet.subarray(0, 47)],
    ['a client', (packet: Buffer) => Buffer.concat([Buffer.of(0x23), packet.subarray(1)])],
    ['without a time of its own', (packet: Buffer) => Buffer.concat([Buffer.of(0xe4), packet.subarray(1)])],
    ['of stratum 16', (packet: Buffer) => Buffer.concat([Buffer.of(0x24, 16), packet.subarray(2)])],
    [
      'for somebody else',
      (packet: Buffer) => Buffer.concat([packet.subarray(0, 31), Buffer.of(9), packet.subarray(32)]),
    ],
    ['empty', (packet: Buffer) => Buffer.concat([packet.subarray(0, 40), Buffer.alloc(8)])],
  ])('does not believe a packet that is %s', async (_what, spoil) => {
    const good = answerTo(await start());
    send(spoil(good));
    const later = Buffer.from(good);
    later.writeUInt32BE(NTP_SECONDS + 3600, 32);
    later.writeUInt32BE(NTP_SECONDS + 3600, 40);
    send(later);
    await bench.expect(/Time synchronized: 2026-11-21 07:00:00/);
  });

  it('never asks when it was built without SNTP', () => {
    bench.faults.set('no-sntp', true);
    bench.networkUp();
    expect(bench.text).toBe('on\r\n');
  });
});
