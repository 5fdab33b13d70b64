// Starts a command and looks at all its processes when it is asked to: open descriptors, threads and private memory of each by /proc, and the
// heap that is left after a collection, which each tells by itself (probe.cjs).
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const probe = fileURLToPath(new URL('probe.cjs', import.meta.url));
/** A process that is in the midst of something answers behind it. */
const ANSWER_WITHIN_MS = 5_000;
/** Which part of a harness a process is, by the hidden command it runs. */
const commands = {
  'host-child': 'host',
  'provider-child': 'provider',
  'virtual-board': 'virtual board',
  'jest-child': 'Jest child',
};
/** All parts of a harness with one virtual board. */
export const roles = ['command', ...Object.values(commands)];
/** What a command says as each turn ends. */
export const turnLine = /^ {2}t\d{4,} /;

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // It has ended meanwhile.
  }
};

/** Processes that this one has started, and those that they have. */
function below(pid) {
  const tasks = (read(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number);
  return tasks.flatMap((child) => [child, ...below(child)]);
}

function roleOf(pid) {
  const [, ...args] = (read(`/proc/${pid}/cmdline`) ?? '').split('\0');
  const main = args.findIndex((arg) => arg.endsWith('cli/main.js'));
  if (main < 0) return undefined;
  return commands[args[main + 1]] ?? 'command';
}

function descriptors(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}

const numberIn = (status, key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1]);

/** One command with its processes, from its start to its end. */
export class WatchedCommand {
  #folder = mkdtempSync(join(tmpdir(), 'process-watch-'));
  #sockets = new Map();
  #waiting = new Map();
  #server;
  child;
  /** Exit code or signal. */
  ended;

  /** @param onLine - Every line of its standard output. */
  static async start({ args, env = process.env, cwd, onLine }) {
    const watched = new WatchedCommand();
    const address = join(watched.#folder, 'socket');
    watched.#server = createServer((socket) => watched.#take(socket));
    await new Promise((resolve) => watched.#server.listen(address, resolve));
    watched.child = spawn(process.execPath, args, {
      cwd,
      // Ctrl-C is for whoever watches, who ends it in order.
      detached: true,
      env: {
        ...env,
        PROCESS_WATCH: address,
        NODE_OPTIONS: `${env.NODE_OPTIONS ?? ''} --require=${JSON.stringify(probe)}`.trim(),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(watched.child.stdout);
    lines.on('line', onLine);
    watched.ended = new Promise((resolve, reject) => {
      watched.child.once('error', reject);
      watched.child.once('close', (code, signal) => resolve(code ?? signal));
    }).finally(() => watched.#close());
    return watched;
  }

  /** What each process of the harness has now; without `heapBytes` where it did not answer. */
  async look() {
    const pids = [this.child.pid, ...below(this.child.pid)];
    const rows = await Promise.all(
      pids.map(async (pid) => {
        const role = roleOf(pid);
        if (role === undefined) return [];
        const heapBytes = await this.#ask(pid);
        const status = read(`/proc/${pid}/status`);
        const open = descriptors(pid);
        if (status === undefined || open === undefined) return [];
        return [
          {
            role,
            pid,
            descriptors: open,
            threads: numberIn(status, 'Threads'),
            privateBytes: numberIn(status, 'RssAnon') * 1024,
            ...(heapBytes === undefined ? {} : { heapBytes }),
          },
        ];
      }),
    );
    return rows.flat();
  }

  #take(socket) {
    socket.on('error', () => undefined);
    createInterface(socket).on('line', (line) => {
      const { pid, heapBytes } = JSON.parse(line);
      if (heapBytes === undefined) this.#sockets.set(pid, socket);
      else this.#waiting.get(pid)?.(heapBytes);
    });
  }

  #ask(pid) {
    const socket = this.#sockets.get(pid);
    if (socket === undefined || socket.destroyed) return undefined;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), ANSWER_WITHIN_MS);
      this.#waiting.set(pid, (bytes) => {
        clearTimeout(timer);
        resolve(bytes);
      });
      socket.write('?');
    });
  }

  #close() {
    this.#server.close();
    for (const socket of this.#sockets.values()) socket.destroy();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
