import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { serveStatic } from '@hono/node-server/serve-static';
import { Queue } from 'bullmq';
import type { Hono } from 'hono';
import { Redis } from 'ioredis';
import type { Closable } from '../../errors';
import { connectionTo, type RedisAddress } from '../bullmq';

/** The pages of bull-board, which reads BullMQ's queues and changes nothing in them. */
export interface QueuePages extends Closable {
  readonly app: Hono;
  /** Takes queues up that have come since. */
  refresh(): Promise<void>;
}

export interface QueuePagesOptions {
  readonly redis: RedisAddress;
  readonly prefix: string;
  /** Where the app is mounted. */
  readonly basePath: string;
  readonly onTrouble: (error: Error) => void;
}

/** So many keys are looked at by one question. */
const SCANNED = 1_000;

/** bull-board over the queues of a fleet. What is ordered goes by the fleet's own page, past which a unit would be lost to its job. */
export function openQueuePages({
  redis: address,
  prefix,
  basePath,
  onTrouble,
}: QueuePagesOptions): QueuePages {
  const redis = new Redis(connectionTo(address));
  redis.on('error', onTrouble);
  const serverAdapter = new HonoAdapter(serveStatic);
  serverAdapter.setBasePath(basePath);
  const board = createBullBoard({
    queues: [],
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'Earshot queues',
        miscLinks: [{ text: 'Fleet', url: '/' }],
        hideDocsLink: true,
        // The user of docs/fleet.md may not list clients, and nobody need see where Redis is.
        showWorkers: false,
        hideRedisDetails: true,
        sortQueues: true,
      },
      // readOnlyMode hides the buttons; this is for who asks without them.
      handlerHooks: {
        before: ({ method }) =>
          method === 'get'
            ? undefined
            : { allow: false, status: 403, message: 'The queues are read-only here.' },
      },
    },
  });
  const bull = `${prefix}:bull`;
  const queues = new Map<string, Queue>();
  const names = async (): Promise<readonly string[]> => {
    const found = new Set<string>();
    const head = `${bull}:`;
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `${head}*:meta`, 'COUNT', SCANNED);
      for (const key of keys) found.add(key.slice(head.length, -':meta'.length));
      cursor = next;
    } while (cursor !== '0');
    return [...found];
  };
  return {
    app: serverAdapter.registerPlugin(),
    async refresh() {
      for (const name of await names()) {
        if (queues.has(name)) continue;
        const queue = new Queue(name, { connection: redis, prefix: bull, skipMetasUpdate: true });
        queue.on('error', onTrouble);
        queues.set(name, queue);
        board.addQueue(new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false }));
      }
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      redis.disconnect();
    },
  };
}
