import { ControlServer, type BoardControl } from './control-server';
import { FaultSwitches } from './faults';
import { ControlClient } from './testing/control-client';

describe('ControlServer', () => {
  const done: string[] = [];
  const faults = new FaultSwitches();
  const board: BoardControl = {
    reset: (straps) => void done.push(`reset ${straps?.gpio0}`),
    setFault: (name, on) => faults.set(name, on),
    unplug: () => void done.push('unplug'),
    setPower: (on) => void done.push(`power ${on}`),
    state: () => ({
      boot: 1,
      running: true,
      downloading: false,
      session: 'ready',
      faults: faults.names,
      plugged: true,
      powered: true,
    }),
  };
  const server = new ControlServer(board);
  let client: ControlClient;

  beforeAll(async () => {
    client = await ControlClient.open({ host: '127.0.0.1', port: await server.listen('127.0.0.1') });
  });
  afterAll(async () => {
    client.close();
    await server.close();
  });

  it('does what it is asked and answers with the id', async () => {
    expect(await client.ask({ id: 7, op: 'reset' })).toEqual({ id: 7, ok: true });
    expect(await client.ask({ id: 'b', op: 'reset', gpio0: 'low' })).toEqual({ id: 'b', ok: true });
    expect(await client.ask({ id: 'a', op: 'unplug' })).toEqual({ id: 'a', ok: true });
    expect(await client.ask({ id: 'c', op: 'power', on: false })).toEqual({ id: 'c', ok: true });
    expect(done).toEqual(['reset high', 'reset low', 'unplug', 'power false']);
    expect(await client.ask({ id: 8, op: 'fault', name: 'dead-mic', on: true })).toEqual({ id: 8, ok: true });
    expect(await client.ask({ id: 9, op: 'state' })).toMatchObject({
      ok: true,
      state: { faults: ['dead-mic'] },
    });
  });

  it('tells every client what has happened, and one that comes later what has for good', async () => {
    const own = new ControlServer(board);
    const address = { host: '127.0.0.1', port: await own.listen('127.0.0.1') };
    const early = await ControlClient.open(address);
    await early.ask({ id: 1, op: 'state' });
    const told = { event: 'sound-lost', error: 'pacat ended' } as const;
    const passing = { event: 'sound-xrun', kind: 'underrun' } as const;
    for (const event of [told, passing]) {
      const heard = early.answers.next();
      own.tell(event);
      expect(await heard).toEqual(event);
    }
    const late = await ControlClient.open(address);
    expect(await late.answers.at(0)).toEqual(told);
    expect(await late.ask({ id: 2, op: 'state' })).toMatchObject({ id: 2, ok: true });
    early.close();
    late.close();
    await own.close();
  });

  it('answers each of several requests that arrive in pieces', async () => {
    const answers = [1, 2].map((id) => client.answers.next((answer) => answer['id'] === id));
    for (const byte of Buffer.from('{"id":1,"op":"state"}\r\n\n{"id":2,"op":"state"}\n'))
      client.socket.write(Buffer.of(byte));
    expect(await Promise.all(answers)).toMatchObject([{ ok: true }, { ok: true }]);
  });

  it.each([
    [
      '{"id":3,"op":"fly"}',
      { id: 3, ok: false, error: expect.stringContaining('reset, fault, unplug, power, state') },
    ],
    [
      '{"id":6,"op":"reset","gpio0":0}',
      { id: 6, ok: false, error: expect.stringContaining('"low" or "high"') },
    ],
    ['{"id":7,"op":"power"}', { id: 7, ok: false, error: expect.stringContaining("'on'") }],
    ['{"id":4,"op":"fault","name":"dead-mic"}', { id: 4, ok: false, error: expect.stringContaining("'on'") }],
    [
      '{"id":5,"op":"fault","name":"x","on":true}',
      { id: 5, ok: false, error: expect.stringContaining('dead-mic') },
    ],
    ['{', { id: null, ok: false, error: expect.any(String) }],
    ['[1]', { id: null, ok: false, error: expect.any(String) }],
    ['\x00\xff', { id: null, ok: false, error: expect.any(String) }],
  ])('refuses %j and goes on', async (line, answer) => {
    const next = client.answers.next();
    client.socket.write(`${line}\n`);
    expect(await next).toEqual(answer);
  });

  it('lets a client go whose line never ends', async () => {
    const { port } = client.socket.address() as { port: number };
    expect(port).toBeGreaterThan(0);
    const flooder = await ControlClient.open({ host: '127.0.0.1', port: client.socket.remotePort ?? 0 });
    flooder.socket.write('x'.repeat(200_000));
    await flooder.ended;
    expect(flooder.answers.all).toEqual([{ id: null, ok: false, error: expect.stringContaining('65536') }]);
  });
});
