import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Closable } from '../../errors';
import { systemClock } from '../../ports';
import { makeBenchCa, makeServerCertificate } from '../../provider';
import type { Seat } from '..';
import { hasRedis, RedisServer } from '../__fixtures__/redis-server';
import { serveDashboard } from '../dashboard';
import {
  BullMqQueue,
  reachRedis,
  redisChoice,
  RedisRoll,
  RedisVerdicts,
  saysPasswordInClear,
  type RedisAddress,
} from '.';

const password = 'as-long-as-it-likes';
const named = hasRedis
  ? 'a Redis with TLS and the users of docs/fleet.md'
  : 'a Redis with TLS (skipped without it: apt-get install redis-server)';

/** Lines of the manual, with the password that somebody puts there. */
const usersOfTheManual = (): string =>
  readFileSync(resolve(__dirname, '../../../docs/fleet.md'), 'utf8')
    .split('\n')
    .filter((line) => /^user \w+ /.test(line))
    .join('\n')
    .replaceAll(/>\S+/g, `>${password}`);

(hasRedis ? describe : describe.skip)(named, () => {
  let server: RedisServer;
  let folder: string;
  let caPath: string;
  const uri = (user: string): string => `rediss://${user}@127.0.0.1:${server.port}`;
  const said: Error[] = [];
  const onTrouble = (error: Error): void => void said.push(error);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-tls-'));
    const validity = { from: new Date(Date.now() - 3_600_000), days: 2 };
    const ca = await makeBenchCa('earshot test', validity);
    const { key, cert } = await makeServerCertificate(ca, ['127.0.0.1'], validity);
    const file = (name: string, content: string): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    caPath = file('ca.pem', ca.cert);
    server = await RedisServer.start({
      port: '0',
      'tls-port': 'PORT',
      'tls-auth-clients': 'no',
      'tls-cert-file': file('server.pem', cert),
      'tls-key-file': file('server.key', key),
      aclfile: file('users.acl', `${usersOfTheManual()}\n`),
    });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('lets agents and submitters do all that the queue, the roll and the book need', async () => {
    const redis = await reachRedis({ uri: uri('bench'), caPath, password });
    const queue = await BullMqQueue.open({ redis, onTrouble });
    const roll = await RedisRoll.open({ redis, onTrouble });
    const verdicts = await RedisVerdicts.open({ redis, onTrouble });
    const needs = { boardModel: 'Korvo-2', rig: 'alsa', language: 'en', provider: 'mock' };
    const seat: Seat = {
      board: 'a',
      bench: 'room-1',
      isolation: 'room',
      offer: { boardModel: 'Korvo-2', rig: 'alsa', languages: ['en'], providers: ['mock'] },
    };
    const over = new Promise((end) => queue.onJobOver(end));
    const order = { priority: 'gate', firmwareSha256: 'aa' } as const;
    const piece = { needs, suites: ['boot'], expectedMs: 1_000 };
    const jobId = await queue.submit({ ...order, pieces: [piece, piece] });
    const lost = await queue.claim(seat);
    expect(await queue.heartbeat(lost!)).toBe('held');
    await queue.fail(lost!, 'it fell from the table');
    for (const board of ['b', 'c']) {
      const claim = await queue.claim({ ...seat, board });
      expect(await queue.complete(claim!, { uri: 'file:///one', sha256: 'bb' })).toBe('accepted');
    }
    expect(await over).toMatchObject({ jobId });
    await queue.cancel(await queue.submit({ ...order, notBeforeMs: Date.now() + 60_000, pieces: [piece] }));
    await roll.announce({ bench: 'room-1', host: 'lab', version: '0', boards: [] });
    await roll.order({ kind: 'drain', bench: 'room-1' });
    await roll.onOrder('room-1', () => undefined);
    await roll.leave('room-1');
    await verdicts.record({ jobId, firmwareSha256: 'aa', outcome: 'pass', exitCode: 0, atMs: 1, turns: 1 });
    expect(await verdicts.recent(1)).toHaveLength(1);
    for (const one of [verdicts, roll, queue]) await one.close();
    expect(said).toEqual([]);
  });

  it('lets viewers see all of it, and change nothing', async () => {
    const [bench, viewer] = await Promise.all(
      ['bench', 'viewer'].map((user) => reachRedis({ uri: uri(user), caPath, password })),
    );
    const heard: Error[] = [];
    const opened: Closable[] = [];
    const keep = <T extends Closable>(part: T): T => {
      opened.push(part);
      return part;
    };
    const common = { prefix: 'earshot:viewed', onTrouble: (error: Error) => void heard.push(error) };
    const open = async (redis: RedisAddress) => ({
      queue: keep(await BullMqQueue.open({ ...common, redis })),
      roll: keep(await RedisRoll.open({ ...common, redis })),
    });
    try {
      const [own, seen] = [await open(bench!), await open(viewer!)];
      const needs = { boardModel: 'Korvo-2', rig: 'alsa', language: 'en', provider: 'live:x' };
      const piece = { needs, suites: ['boot'], expectedMs: 1_000 };
      const order = { priority: 'gate', firmwareSha256: 'aa', pieces: [piece] } as const;
      const jobId = await own.queue.submit(order);
      await own.queue.limit('live:x', { atOnce: 1 });
      const seat = {
        ...{ board: 'a', bench: 'room-1' },
        offer: { boardModel: 'Korvo-2', rig: 'alsa', languages: ['en'], providers: ['live:x'] },
      };
      expect(await own.queue.claim(seat)).toBeDefined();
      await own.roll.announce({ bench: 'room-1', host: 'lab', version: '0', boards: [] });

      expect(await seen.queue.status()).toMatchObject([{ jobId, running: 1 }]);
      expect(await seen.queue.job(jobId)).toMatchObject({ jobId, isOver: false });
      expect(await seen.queue.providers()).toMatchObject([{ provider: 'live:x', running: 1 }]);
      expect(await seen.roll.benches()).toMatchObject([{ bench: 'room-1' }]);
      const token = 'the-token-of-this-test';
      const options = { ...common, redis: viewer!, host: '127.0.0.1', port: 0, token, clock: systemClock };
      const { url } = keep(await serveDashboard(options));
      expect(await (await fetch(url)).text()).toContain(jobId);
      const queues = (await (await fetch(`${url}queues/api/queues`)).json()) as {
        readonly queues: readonly { readonly counts: Readonly<Record<string, number>> }[];
      };
      expect(queues.queues).toMatchObject([{ counts: { active: 1 } }]);

      const refused = { code: 'HIL_FLEET_QUEUE_REFUSED', message: expect.stringContaining('user viewer') };
      await expect(seen.queue.submit({ ...order, firmwareSha256: 'bb' })).rejects.toMatchObject(refused);
      await expect(seen.queue.cancel(jobId)).rejects.toMatchObject(refused);
      await expect(seen.queue.limit('live:x', undefined)).rejects.toMatchObject(refused);
      await expect(seen.roll.order({ kind: 'drain', bench: 'room-1' })).rejects.toMatchObject(refused);
      const body = JSON.stringify({ order: 'drain', bench: 'room-1' });
      const headers = { authorization: `Bearer ${token}`, 'content-length': String(body.length) };
      const answer = await fetch(`${url}orders`, { method: 'POST', body, headers });
      expect([answer.status, await answer.json()]).toMatchObject([403, { why: 'not-allowed' }]);
      expect(await own.queue.status()).toMatchObject([{ jobId, running: 1 }]);
      expect(heard).toEqual([]);
    } finally {
      for (const part of opened.reverse()) await part.close();
    }
  });

  it.each([
    [
      'a wrong password',
      () => ({ uri: uri('bench'), caPath, password: 'guessed-one' }),
      'REFUSED',
      /WRONGPASS/,
    ],
    ['nobody', () => ({ uri: uri('').replace('@', ''), caPath }), 'REFUSED', /NOAUTH/],
    [
      'an authority that it was not signed by',
      () => ({ uri: uri('bench'), password }),
      'UNREACHABLE',
      /certificate/,
    ],
    [
      'a way without TLS',
      () => ({ uri: uri('bench').replace('rediss', 'redis'), password }),
      'UNREACHABLE',
      /with TLS is at rediss:/,
    ],
  ])('says at once what is wrong with %s, and no password', async (_, choice, code, message) => {
    const thrown: unknown = await reachRedis(choice()).catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      code: `HIL_FLEET_QUEUE_${code}`,
      message: expect.stringMatching(message),
    });
    expect(JSON.stringify(thrown) + String(thrown)).not.toMatch(/guessed-one|as-long-as/);
  });
});

it('says that nobody answers', async () => {
  await expect(reachRedis({ uri: 'redis://127.0.0.1:1' })).rejects.toMatchObject({
    code: 'HIL_FLEET_QUEUE_UNREACHABLE',
    message: expect.stringContaining('127.0.0.1:1 that answers: connect ECONNREFUSED'),
  });
});

it('takes no password in an address, no certificate that is not used, and none that is not there', () => {
  expect(() => redisChoice({ uri: 'rediss://me:hunter2@lab' })).toThrow(/EARSHOT_REDIS_PASSWORD/);
  expect(() => redisChoice({ uri: 'rediss://me:hunter2@lab' })).not.toThrow(/hunter2/);
  expect(() => redisChoice({ uri: 'redis://lab', caPath: __filename })).toThrow(/rediss:/);
  expect(() => redisChoice({ uri: 'rediss://lab', caPath: '/nowhere.pem' })).toThrow(/nowhere.pem/);
});

it.each([
  ['redis://lab', true],
  ['redis://10.0.0.5', true],
  ['rediss://lab', false],
  ['redis://127.0.0.1', false],
  ['redis://localhost', false],
  ['redis://[::1]', false],
])('knows who hears the password of %s', (uri, isHeard) => {
  expect(saysPasswordInClear(redisChoice({ uri, password }))).toBe(isHeard);
  expect(saysPasswordInClear(redisChoice({ uri }))).toBe(false);
});
