import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { BoardError, HilError, isHilError } from '../../errors';
import { newRpcAddress } from '../launch-host';
import { HostClient, type RemoteError } from './client';
import { readJsonLines } from './json-lines';
import { serveRpc, type HostHandlers, type RpcServer } from './server';

const refuse = (): never => {
  throw new HilError('HIL_HARNESS_UNEXPECTED', 'not part of this test');
};

const handlers = (own: Partial<HostHandlers>): HostHandlers => ({
  describe: refuse,
  turn: refuse,
  ask: refuse,
  newSession: refuse,
  rest: refuse,
  reset: refuse,
  send: refuse,
  expectLine: refuse,
  boots: refuse,
  lines: refuse,
  suiteStarted: refuse,
  testStarted: refuse,
  testFinished: refuse,
  fileFinished: refuse,
  finding: refuse,
  bound: refuse,
  ...own,
});

describe('host RPC', () => {
  let server: RpcServer | undefined;
  const serve = async (own: Partial<HostHandlers>, recorded = false): Promise<string> => {
    server = await serveRpc(newRpcAddress(), handlers(own), () => recorded);
    return server.address;
  };
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('answers each call with its own result, whatever the order of finishing', async () => {
    const releases: (() => void)[] = [];
    const address = await serve({
      send: ({ command }) =>
        new Promise((resolve) => releases.push(() => resolve({ firstLine: Number(command) }))),
    });
    const client = await HostClient.connect(address);
    const both = Promise.all([client.call('send', { command: '1' }), client.call('send', { command: '2' })]);
    while (releases.length < 2) await new Promise(setImmediate);
    releases[1]?.();
    releases[0]?.();
    expect(await both).toEqual([{ firstLine: 1 }, { firstLine: 2 }]);
    client.close();
  });

  it('rebuilds an error with code, facts and causes, and says whether it was recorded', async () => {
    const cause = new BoardError('HIL_BOARD_PORT_LOST', 'gone', { port: '/dev/ttyUSB0' });
    const address = await serve(
      {
        reset: () => Promise.reject(new BoardError('HIL_BOARD_NO_BOOT', 'silent', { lines: 3 }, { cause })),
      },
      true,
    );
    const client = await HostClient.connect(address);
    const error = (await client.call('reset', {}).catch((thrown: unknown) => thrown)) as RemoteError;
    expect(isHilError(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'HIL_BOARD_NO_BOOT',
      message: 'silent',
      facts: { lines: 3 },
      recorded: true,
    });
    expect(error.cause).toMatchObject({ code: 'HIL_BOARD_PORT_LOST', facts: { port: '/dev/ttyUSB0' } });
    client.close();
  });

  it('rejects what waits, and every later call, when the host goes away', async () => {
    const address = await serve({ reset: () => new Promise(() => undefined) });
    const client = await HostClient.connect(address);
    const waiting = client.call('reset', {}).catch((error: unknown) => error);
    await new Promise(setImmediate);
    await server?.close();
    expect(await waiting).toMatchObject({ code: 'HIL_HOST_DIED' });
    await expect(client.call('reset', {})).rejects.toMatchObject({ code: 'HIL_HOST_DIED' });
  });

  it('waits for what was asked, and for what follows from it, without asking all the time', async () => {
    const asked: string[] = [];
    const releases: (() => void)[] = [];
    const address = await serve({
      send: ({ command }) => {
        asked.push(command);
        return new Promise((resolve) => releases.push(() => resolve({ firstLine: 0 })));
      },
      lines: () => {
        asked.push('lines');
        return Promise.resolve([]);
      },
    });
    const client = await HostClient.connect(address);
    const body = (async () => {
      await client.call('send', { command: 'first' });
      await client.call('send', { command: 'second' });
    })();
    const settled = client.settled();
    while (releases.length < 1) await new Promise(setImmediate);
    for (let n = 0; n < 100; n += 1) await new Promise(setImmediate);
    expect(asked).toEqual(['first']);
    releases[0]?.();
    while (releases.length < 2) await new Promise(setImmediate);
    releases[1]?.();
    await Promise.all([settled, body]);
    expect(asked.filter((name) => name !== 'lines')).toEqual(['first', 'second']);
    expect(asked.length).toBeLessThan(6);
    client.close();
  });

  it('names the address when nobody answers there', async () => {
    await expect(HostClient.connect('/nowhere/host.sock')).rejects.toMatchObject({
      code: 'HIL_HOST_UNREACHABLE',
      facts: { address: '/nowhere/host.sock' },
    });
  });

  it('refuses a method that it does not have, also one of Object', async () => {
    const address = await serve({});
    const client = await HostClient.connect(address);
    await expect(client.call('toString' as never, {} as never)).rejects.toMatchObject({
      message: expect.stringContaining('toString'),
    });
    client.close();
  });

  it('drops a peer that sends no JSON and goes on serving others', async () => {
    const address = await serve({ lines: () => Promise.resolve([]) });
    const bad = connect(address);
    const closed = new Promise((resolve) => bad.once('close', resolve));
    bad.on('error', () => undefined);
    bad.write('not json\n');
    await closed;
    const client = await HostClient.connect(address);
    expect(await client.call('lines', { from: 0 })).toEqual([]);
    client.close();
  });
});

describe('readJsonLines', () => {
  it('reads the same values wherever the stream is cut', () => {
    const text = Buffer.from('{"a":"é"}\n[1,2]\n"灯"\n');
    for (let cut = 0; cut <= text.length; cut += 1) {
      const values: unknown[] = [];
      const stream = new PassThrough();
      readJsonLines(stream, (value) => values.push(value));
      stream.emit('data', text.subarray(0, cut));
      stream.emit('data', text.subarray(cut));
      expect(values).toEqual([{ a: 'é' }, [1, 2], '灯']);
    }
  });
});
