// Looks at all processes of a harness: open descriptors, threads and private memory of each by /proc, and where they are asked for it the heap
// that is left behind a collection, which each tells by itself (probe.cjs).
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { clearTimeout, setTimeout } from 'node:timers';
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
  const children = (read(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...below(child)]);
}

/** Undefined: no part of a harness, such as a shell above it. */
function roleOf(pid) {
  const [, ...args] = (read(`/proc/${pid}/cmdline`) ?? '').split('\0');
  const main = args.findIndex((arg) => arg.endsWith('cli/main.js'));
  return main < 0 ? undefined : (commands[args[main + 1]] ?? 'command');
}

function sampleOf(pid, role) {
  const status = read(`/proc/${pid}/status`);
  const numberOf = (key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  try {
    const descriptors = readdirSync(`/proc/${pid}/fd`).length;
    const [threads, privateBytes] = [numberOf('Threads'), numberOf('RssAnon') * 1024];
    return Number.isFinite(threads + privateBytes)
      ? { role, pid, descriptors, threads, privateBytes }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What each process of the harness at or below this one has now.
 * @param heapOf - Bytes that a process keeps behind a collection, undefined where it does not say.
 */
async function look(pid, heapOf) {
  const samples = await Promise.all(
    [pid, ...below(pid)].map(async (one) => {
      const role = roleOf(one);
      if (role === undefined) return undefined;
      const heapBytes = await heapOf(one, role);
      const sample = sampleOf(one, role);
      return sample && { ...sample, ...(heapBytes === undefined ? {} : { heapBytes }) };
    }),
  );
  return samples.filter((sample) => sample !== undefined);
}

/** One command of the harness with its processes, each of which tells its heap. */
export class WatchedCommand {
  #folder = mkdtempSync(join(tmpdir(), 'process-watch-'));
  #sockets = new Map();
  #waiting = new Map();
  #server;
  child;
  /** Exit code or signal. */
  ended;

  /** @param onLine - Every line of its standard output. */
  static async start({ command = process.execPath, args, onLine }) {
    const watched = new WatchedCommand();
    const address = join(watched.#folder, 'socket');
    watched.#server = createServer((socket) => watched.#take(socket));
    await new Promise((resolve) => watched.#server.listen(address, resolve));
    const options = `${process.env.NODE_OPTIONS ?? ''} --require=${JSON.stringify(probe)}`.trim();
    watched.child = spawn(command, args, {
      // Ctrl-C is for whoever watches, who ends it in order.
      detached: true,
      env: { ...process.env, PROCESS_WATCH: address, NODE_OPTIONS: options },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface(watched.child.stdout).on('line', onLine);
    watched.ended = new Promise((resolve, reject) => {
      watched.child.once('error', reject);
      watched.child.once('close', (code, signal) => resolve(code ?? signal));
    }).finally(() => watched.#close());
    return watched;
  }

  /** @param asked - Roles that are to collect their garbage and tell what is left. */
  look(asked = roles) {
    return look(this.child.pid, (pid, role) => (asked.includes(role) ? this.#ask(pid) : undefined));
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
