import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isHilError } from '../../errors';
import { readNtpTime } from './sntp-packet';
import { startSntpServer, type SntpServer, type SntpServerOptions } from './sntp-server';

/** 21 November 2026, 06:00:00.250 UTC: 4 004 229 600 s and a quarter after 1900. */
const NOW_MS = Date.UTC(2026, 10, 21, 6, 0, 0, 250);

let server: SntpServer;
let client: Socket;
const open = async (options: SntpServerOptions = {}): Promise<void> => {
  server = await startSntpServer({ unixNowMs: () => NOW_MS, ...options });
};
beforeEach(() => {
  client = createSocket('udp4');
});
afterEach(async () => {
  client.close();
  await server.close();
});

function question(version = 4, mode = 3): Buffer {
  const packet = Buffer.alloc(48);
  packet.writeUInt8((version << 3) | mode, 0);
  packet.write('mytime!!', 40, 'latin1');
  return packet;
}

async function ask(packet = question()): Promise<Buffer> {
  const answered = once(client, 'message');
  client.send(packet, server.port, '127.0.0.1');
  const [datagram] = (await answered) as [Buffer];
  return datagram;
}

it('tells the time in the fields of RFC 4330, and repeats what the client sent', async () => {
  await open();
  const answer = await ask();
  expect(answer).toHaveLength(48);
  expect([...answer.subarray(0, 2)]).toEqual([0b00_100_100, 2]);
  expect(answer.toString('latin1', 24, 32)).toBe('mytime!!');
  for (const offset of [32, 40]) {
    expect(answer.readUInt32BE(offset)).toBe(4_004_229_600);
    expect(answer.readUInt32BE(offset + 4)).toBe(0x4000_0000);
  }
  expect(server.asked).toBe(1);
});

it('answers in the version of the client', async () => {
  await open();
  expect((await ask(question(3))).readUInt8(0)).toBe(0b00_011_100);
});

it('follows its script, the last answer staying', async () => {
  const told: unknown[] = [];
  await open({
    script: [{ kissOfDeath: 'RATE' }, { skewMs: -600_000 }, { skewMs: 1500 }],
    onAsked: (answer) => told.push(answer),
  });
  const kiss = await ask();
  expect(kiss.readUInt8(0) >> 6).toBe(3);
  expect(kiss.readUInt8(1)).toBe(0);
  expect(kiss.toString('latin1', 12, 16)).toBe('RATE');
  expect(kiss.readUInt32BE(40)).toBe(0);
  expect(readNtpTime(await ask(), 40)).toBeCloseTo(NOW_MS - 600_000, 3);
  expect(readNtpTime(await ask(), 40)).toBeCloseTo(NOW_MS + 1500, 3);
  expect(readNtpTime(await ask(), 40)).toBeCloseTo(NOW_MS + 1500, 3);
  expect(told).toHaveLength(4);
});

it('stays silent where the script says so, and where nobody asked for the time', async () => {
  await open({ script: [{ silence: true }, { skewMs: 0 }] });
  client.send(question(4, 4), server.port, '127.0.0.1'); // an answer, not a question
  client.send(question(7), server.port, '127.0.0.1');
  client.send(Buffer.from('hello'), server.port, '127.0.0.1');
  client.send(question(), server.port, '127.0.0.1'); // taken by the silence
  const answer = await ask();
  expect(readNtpTime(answer, 40)).toBeCloseTo(NOW_MS, 3);
  expect(server.asked).toBe(2);
});

it('names the port that somebody else has', async () => {
  await open();
  const second = await startSntpServer({ port: server.port }).catch((error: unknown) => error);
  expect(isHilError(second) && [second.code, second.facts.port]).toEqual([
    'HIL_PROVIDER_PORT_TAKEN',
    server.port,
  ]);
});
