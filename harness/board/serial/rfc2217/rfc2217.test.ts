import { systemClock, type Clock } from '../../../ports';
import { ManualClock } from '../../__fixtures__/manual-clock';
import { startScriptedServer, type ScriptedServer } from '../../__fixtures__/scripted-server';
import { openSerialPort } from '../open-serial-port';
import type { SerialTransport } from '../serial-transport';
import { rfc2217Address } from './rfc2217-address';

const WILL_COM_PORT = 'fffb2c';
/** What ser2net says to each request: it agrees, and tells the state that was asked for. */
const agreement = { [WILL_COM_PORT]: 'fffd2c' };
const frame = {
  fffa2c0208fff0: 'fffa2c6608fff0',
  fffa2c0301fff0: 'fffa2c6701fff0',
  fffa2c0401fff0: 'fffa2c6801fff0',
};
const baud = (hex: string) => ({ [`fffa2c01${hex}fff0`]: `fffa2c65${hex}fff0` });
const BAUD_115200 = '0001c200';
const BAUD_921600 = '000e1000';
const lines = (...values: readonly number[]) =>
  Object.fromEntries(
    values.map((value) => {
      const hex = value.toString(16).padStart(2, '0');
      return [`fffa2c05${hex}fff0`, `fffa2c69${hex}fff0`];
    }),
  );
const quiet = { ...agreement, ...frame, ...baud(BAUD_115200) };
const answersAll = { ...quiet, ...baud(BAUD_921600), ...lines(1, 8, 9, 11, 12) };

describe('a port behind an RFC 2217 server', () => {
  let server: ScriptedServer;
  const opened: SerialTransport[] = [];
  const serve = async (answers: Readonly<Record<string, string>>) => {
    server = await startScriptedServer(answers);
  };
  const open = async (clock: Clock = systemClock, query = '') => {
    const path = `rfc2217://127.0.0.1:${server.port}${query}`;
    const transport = await openSerialPort({ path, baudRate: 115_200, clock });
    opened.push(transport);
    return transport;
  };
  /** What the client sent since a mark. */
  const sentSince = (mark: number) => server.received.slice(mark);

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((transport) => transport.close()));
    await server.close();
  });

  it('agrees on the option, sets 115200 8N1 without flow control, and lets RTS go before DTR', async () => {
    await serve(answersAll);
    await open();
    expect(server.received).toBe(
      'fffb2cfffb00fffd00fffd03fffb03' +
        'fffa2c010001c200fff0' +
        'fffa2c0208fff0fffa2c0301fff0fffa2c0401fff0fffa2c0501fff0' +
        'fffa2c050cfff0fffa2c0509fff0',
    );
  });

  it('carries bytes both ways as they are, IAC doubled on the wire', async () => {
    await serve(answersAll);
    const transport = await open();
    const mark = server.received.length;
    await transport.write(Buffer.from('c0ff00ffc0', 'hex'));
    await server.sent('c0ffff00ffffc0');
    expect(sentSince(mark)).toBe('c0ffff00ffffc0');
    const beforeMs = systemClock.nowMs();
    const arrived = new Promise<{ hex: string; hostAtMs: number }>((resolve) => {
      let hex = '';
      transport.onBytes((bytes, hostAtMs) => {
        hex += bytes.toString('hex');
        if (hex.length >= 6) resolve({ hex, hostAtMs });
      });
    });
    server.say(Buffer.from('41ffff42', 'hex'));
    const { hex, hostAtMs } = await arrived;
    expect(hex).toBe('41ff42');
    expect(hostAtMs).toBeGreaterThanOrEqual(beforeMs);
    expect(hostAtMs).toBeLessThanOrEqual(systemClock.nowMs());
  });

  it('keeps what the board prints before somebody listens', async () => {
    await serve({ ...answersAll, fffa2c050cfff0: `${Buffer.from('ESP-ROM').toString('hex')}fffa2c690cfff0` });
    const transport = await open();
    const heard: string[] = [];
    transport.onBytes((bytes) => void heard.push(bytes.toString()));
    expect(heard).toEqual(['ESP-ROM']);
  });

  it('goes from line to line through both or none asserted, never through RTS alone', async () => {
    await serve(answersAll);
    const transport = await open();
    const step = async (dtr: boolean, rts: boolean) => {
      const mark = server.received.length;
      expect(await transport.setModemLines({ dtr, rts })).toBe(true);
      return sentSince(mark);
    };
    const [dtrOn, dtrOff, rtsOn, rtsOff] = [8, 9, 11, 12].map(
      (value) => `fffa2c05${value.toString(16).padStart(2, '0')}fff0`,
    ) as [string, string, string, string];
    expect(await step(true, true)).toBe(dtrOn + rtsOn);
    expect(await step(false, true)).toBe(dtrOff);
    expect(await step(true, false)).toBe(dtrOn + rtsOff);
    expect(await step(false, true)).toBe(rtsOn + dtrOff);
    expect(await step(false, false)).toBe(rtsOff);
    expect(await step(false, false)).toBe('');
    await step(true, true);
    expect(await step(false, false)).toBe(rtsOff + dtrOff);
  });

  it('says that a server which answers with another state has no such line', async () => {
    await serve({ ...answersAll, fffa2c050bfff0: 'fffa2c690cfff0' });
    const transport = await open();
    expect(await transport.setModemLines({ dtr: false, rts: true })).toBe(false);
  });

  it('waits once for answers about its lines from a server that gives none, and not again', async () => {
    await serve({ ...quiet, ...lines(1) });
    const clock = new ManualClock();
    const opening = open(clock);
    await server.sent('fffa2c050cfff0');
    clock.advance(3000);
    await opening;
    const transport = opened[0] as SerialTransport;
    expect(await transport.setModemLines({ dtr: false, rts: true })).toBe(true);
    await server.sent('fffa2c050bfff0');
    expect(server.received).toMatch(/fffa2c050bfff0$/);
  });

  it('leaves the lines alone at opening, and waits for no answer, where the address says so', async () => {
    await serve(quiet);
    const transport = await open(new ManualClock(), '?ign_set_control');
    expect(server.received).not.toContain('fffa2c0509fff0');
    expect(await transport.setModemLines({ dtr: false, rts: false })).toBe(true);
    await server.sent('fffa2c050cfff0fffa2c0509fff0');
  });

  it('changes the rate in place, and refuses a server that takes another', async () => {
    await serve({ ...answersAll, fffa2c01002dc6c0fff0: 'fffa2c65000e1000fff0' });
    const transport = await open();
    await transport.setBaudRate(921_600);
    await expect(transport.setBaudRate(3_000_000)).rejects.toMatchObject({
      code: 'HIL_BOARD_PORT_FAILED',
      message: `Serial port ${transport.path} took 921600 baud instead of 3000000.`,
    });
  });

  it('holds its bytes back while the server says so', async () => {
    await serve(answersAll);
    const transport = await open();
    const suspended = new Promise<void>((resolve) => transport.onBytes(() => resolve()));
    server.say(Buffer.from('fffa2c6cfff041', 'hex'));
    await suspended;
    const mark = server.received.length;
    const write = transport.write(Buffer.from('x'));
    // Goes past a write that is held back: once the answer is there, the byte would be too.
    await transport.setBaudRate(921_600);
    expect(sentSince(mark)).toBe('fffa2c01000e1000fff0');
    server.say(Buffer.from('fffa2c6dfff0', 'hex'));
    await write;
    await server.sent('78');
    expect(sentSince(mark)).toBe('fffa2c01000e1000fff078');
  });

  it('says no to what it does not know, and answers no agreement again', async () => {
    await serve(answersAll);
    await open();
    const mark = server.received.length;
    server.say(Buffer.from('fffb01fffd18fffb00fffd00fffd2c', 'hex'));
    await server.sent('fffe01fffc18');
    expect(sentSince(mark)).toBe('fffe01fffc18');
  });

  it.each([
    ['is telnet and no more', { [WILL_COM_PORT]: 'fffe2c' }, 'HIL_BOARD_PORT_FAILED', /does not agree/],
    ['does not answer', {}, 'HIL_BOARD_PORT_FAILED', /it said nothing/],
  ])('refuses a server that %s', async (_name, answers, code, message) => {
    await serve(answers);
    const clock = new ManualClock();
    const opening = open(clock);
    const refused = expect(opening).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await server.sent(WILL_COM_PORT);
    clock.advance(3000);
    await refused;
  });

  it('says that a port is held when its server says so', async () => {
    await serve({});
    server.greeting = Buffer.from('Port already in use\r\n');
    server.hangsUp = true;
    await expect(open()).rejects.toMatchObject({
      code: 'HIL_BOARD_PORT_BUSY',
      message: expect.stringContaining('"Port already in use"'),
    });
  });

  it('names the address where nothing answers', async () => {
    await serve({});
    await server.close();
    await expect(open()).rejects.toMatchObject({
      code: 'HIL_BOARD_SERVER_UNREACHABLE',
      message: expect.stringContaining(`127.0.0.1:${server.port}`),
    });
  });

  it('reports a cut connection once, and fails what is under way', async () => {
    await serve(answersAll);
    const transport = await open();
    const reports: Error[] = [];
    const lost = new Promise<Error>((resolve) => transport.onLost(resolve));
    transport.onLost((error) => void reports.push(error));
    server.cut();
    expect(await lost).toMatchObject({ code: 'HIL_BOARD_PORT_LOST' });
    await expect(transport.write(Buffer.from('x'))).rejects.toBe(await lost);
    await expect(transport.setModemLines({ dtr: false, rts: true })).rejects.toBe(await lost);
    await transport.close();
    expect(reports).toEqual([await lost]);
  });

  it('asks a silent server for its rate, and counts it as gone after 6 s without a word', async () => {
    await serve(answersAll);
    const clock = new ManualClock();
    const transport = await open(clock);
    const lost = new Promise<Error>((resolve) => transport.onLost(resolve));
    clock.advance(2000);
    await server.sent('fffa2c0100000000fff0');
    clock.advance(3999);
    expect(await transport.setModemLines({ dtr: true, rts: false })).toBe(true);
    clock.advance(8000);
    expect((await lost).message).toContain('has been silent for');
  });

  it('does not report its own close', async () => {
    await serve(answersAll);
    const transport = await open();
    const reports: Error[] = [];
    transport.onLost((error) => void reports.push(error));
    await transport.close();
    await transport.close();
    expect(reports).toEqual([]);
    await expect(transport.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'HIL_BOARD_PORT_LOST' });
  });
});

describe('rfc2217Address', () => {
  it.each([
    ['rfc2217://bench-pi:4000', { host: 'bench-pi', port: 4000, ignoresControl: false }],
    ['rfc2217://10.0.0.2', { host: '10.0.0.2', port: 2217, ignoresControl: false }],
    ['rfc2217://[::1]:2217?ign_set_control', { host: '::1', port: 2217, ignoresControl: true }],
  ])('reads %s', (path, address) => expect(rfc2217Address(path)).toEqual(address));

  it.each(['rfc2217://', 'rfc2217://host:99999', 'rfc2217://host?logging=debug'])('refuses %s', (path) => {
    expect(() => rfc2217Address(path)).toThrow(/is no address of an RFC 2217 server/);
  });
});
