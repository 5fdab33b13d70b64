import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Debian's package, which CI installs. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A Redis of the test's own on loopback, which keeps what it has across a restart. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly further: Readonly<Record<string, string>>,
  ) {}

  /** @param further - Settings beside ours, or in place of them; `PORT` in a value is its port. */
  static async start(further: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-redis-'));
    const server = new RedisServer(await freePort(), folder, further);
    await server.up();
    return server;
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  /** Resolves once it takes connections. */
  async up(): Promise<void> {
    const settings = {
      bind: '127.0.0.1',
      port: this.port,
      dir: this.folder,
      save: '',
      appendonly: 'yes',
      appendfsync: 'always',
      ...this.further,
    };
    const child = spawn(
      'redis-server',
      Object.entries(settings).flatMap(([name, value]) => [
        `--${name}`,
        String(value).replace('PORT', String(this.port)),
      ]),
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.process = child;
    for await (const line of createInterface({ input: child.stdout }))
      if (line.includes('Ready to accept connections')) break;
    child.stdout.resume();
  }

  /** As when its machine loses power. */
  async kill(): Promise<void> {
    const { process } = this;
    if (process === undefined) return;
    const ended = once(process, 'exit');
    process.kill('SIGKILL');
    await ended;
    this.process = undefined;
  }

  /** It takes connections and answers nobody, until it goes on. */
  pause(): void {
    this.process?.kill('SIGSTOP');
  }

  goOn(): void {
    this.process?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
