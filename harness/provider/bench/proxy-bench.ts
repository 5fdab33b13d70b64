import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../ports';
import { launchProvider } from '../process/launch-provider';
import type { ProviderBench } from './provider-bench';
import { quantile } from './quantile';

/** DESIGN section 11: what the proxy may add to a bare forwarder. */
const MORE_THAN_FORWARDER_MS = 1;
/** Each has a p99 of its own on both ways; their median does not feel a second in which the machine was busy. */
const ROUNDS = 15;
/** Of the stub's answer. */
const PIECES = 200;
/** 600 pieces: six of them are beyond the p99. */
const ANSWERS_A_ROUND = 3;

const start = (script: string, ...args: readonly string[]): ChildProcess =>
  fork(join(__dirname, script), args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
const portOf = async (child: ChildProcess): Promise<number> =>
  ((await once(child, 'message')) as [number])[0];

/**
 * What a recording proxy adds to each piece of a streamed answer, from the provider's write to the client's read, beside a
 * forwarder of a few lines: the same provider and client, in turn, so that both meet the same machine.
 */
export async function benchProxy(): Promise<ProviderBench> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
  const stub = start('stub-child.js');
  const upstreamPort = await portOf(stub);
  const forwarder = start('forwarder-child.js', String(upstreamPort));
  const bareUrl = `http://127.0.0.1:${await portOf(forwarder)}`;
  const proxy = await launchProvider({
    launch: () => start('mock-child.js'),
    init: {
      kind: 'proxy',
      protocol: 'deepseek',
      upstreamUrl: `http://127.0.0.1:${upstreamPort}`,
      credentials: { apiKey: 'sk-of-the-bench' },
      cassettePath: join(folder, 'bench.jsonl'),
    },
    clock: systemClock,
  });
  const agent = new Agent({ keepAlive: true, noDelay: true });
  const round = async (url: string): Promise<number[]> => {
    const latencies: number[] = [];
    for (let answer = 0; answer < ANSWERS_A_ROUND; answer++) latencies.push(...(await listen(url, agent)));
    return latencies;
  };
  try {
    // Connections are made and code is compiled.
    await round(bareUrl);
    await round(proxy.url);
    const bare: number[][] = [];
    const proxied: number[][] = [];
    for (let at = 0; at < ROUNDS; at++) {
      // Who comes second may meet another machine: in turn as well.
      const ways = [
        () => round(bareUrl).then((all) => bare.push(all)),
        () => round(proxy.url).then((all) => proxied.push(all)),
      ];
      for (const way of at % 2 === 0 ? ways : ways.reverse()) await way();
    }
    const added = (share: number): number[] =>
      bare.map((one, at) => quantile(proxied[at] ?? [], share) - quantile(one, share));
    const value = quantile(added(0.99), 0.5);
    const allCame = [...bare, ...proxied].every(({ length }) => length === ANSWERS_A_ROUND * PIECES);
    return {
      targets: [
        {
          name: `proxy: what it adds to a piece beyond a bare forwarder, p99, median of ${ROUNDS} rounds`,
          value,
          unit: 'ms',
          bound: MORE_THAN_FORWARDER_MS,
          ok: allCame && value < MORE_THAN_FORWARDER_MS,
        },
      ],
      figures: {
        forwardedMedian: quantile(bare.flat(), 0.5),
        forwardedP99: quantile(bare.flat(), 0.99),
        proxiedMedian: quantile(proxied.flat(), 0.5),
        proxiedP99: quantile(proxied.flat(), 0.99),
        proxyAddsMedian: quantile(added(0.5), 0.5),
        proxyAddsP99LowerQuartile: quantile(added(0.99), 0.25),
        proxyAddsP99UpperQuartile: quantile(added(0.99), 0.75),
      },
    };
  } finally {
    agent.destroy();
    await proxy.close();
    forwarder.disconnect();
    stub.disconnect();
    rmSync(folder, { recursive: true });
  }
}

const question = JSON.stringify({
  model: 'deepseek-chat',
  stream: true,
  messages: [{ role: 'user', content: 'How fast are you?' }],
});

/** Asks, and times every piece of the answer from its write to its arrival here, in ms. */
function listen(url: string, agent: Agent): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-of-the-board' },
      agent,
    });
    call.on('error', reject);
    call.on('response', (response) => {
      const latencies: number[] = [];
      let rest = '';
      response.on('data', (bytes: Buffer) => {
        const nowMs = systemClock.nowMs();
        const frames = (rest + bytes.toString()).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames) {
          const [, writtenAtMs] = /"writtenAtMs":([\d.]+)/.exec(frame) ?? [];
          if (writtenAtMs !== undefined) latencies.push(nowMs - Number(writtenAtMs));
        }
      });
      response.once('error', reject);
      response.once('end', () => resolve(latencies));
    });
    call.end(question);
  });
}
