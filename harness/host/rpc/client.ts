import { connect, type Socket } from 'node:net';
import { fromWireError, HilError } from '../../errors';
import { readJsonLines, writeJsonLine } from './json-lines';
import type { HostMethod, HostMethods, RpcResponse } from './protocol';

/** An error that came from the host, with whether the host has recorded a finding for it. */
export type RemoteError = HilError & { readonly recorded: boolean };

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: HilError) => void;
}

/** The suites' end of the RPC: calls by name, errors rebuilt from the wire. */
export class HostClient {
  private nextId = 1;
  private readonly waiting = new Map<number, Waiting>();
  /** What was asked and not answered, for whoever waits for all of it. */
  private readonly pending = new Set<Promise<unknown>>();
  private gone: HilError | undefined;

  private constructor(private readonly socket: Socket) {
    readJsonLines(socket, (value) => this.take(value as RpcResponse));
    socket.on('error', () => undefined); // 'close' follows and rejects whatever waits.
    socket.on('close', () => this.lose());
  }

  /**
   * Connects to the host.
   * @param address - Path of its socket or named pipe, from EARSHOT_HOST.
   * @throws HilError `HIL_HOST_UNREACHABLE`.
   */
  static connect(address: string): Promise<HostClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(address);
      socket.once('connect', () => {
        socket.removeAllListeners('error');
        resolve(new HostClient(socket));
      });
      socket.once('error', (cause) =>
        reject(
          new HilError(
            'HIL_HOST_UNREACHABLE',
            `The host does not answer at ${address}.`,
            { address },
            { cause },
          ),
        ),
      );
    });
  }

  /**
   * Asks the host; resolves with its answer.
   * @throws RemoteError what the host threw; `HIL_HOST_DIED` when it goes away first.
   */
  call<M extends HostMethod>(method: M, params: HostMethods[M]['params']): Promise<HostMethods[M]['result']> {
    if (this.gone !== undefined) return Promise.reject(this.gone);
    const id = this.nextId++;
    const answer = new Promise<HostMethods[M]['result']>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
    });
    this.pending.add(answer);
    const done = (): unknown => this.pending.delete(answer);
    answer.then(done, done);
    writeJsonLine(this.socket, { id, method, params });
    return answer;
  }

  /** Resolves when the host has answered everything that was asked, in the meantime too, or is gone. Never rejects. */
  async settled(): Promise<void> {
    while (this.pending.size > 0) {
      await Promise.allSettled(this.pending);
      // One round trip, in which whoever got an answer can ask on.
      await this.call('lines', { from: Number.MAX_SAFE_INTEGER }).catch(() => undefined);
    }
  }

  close(): void {
    this.socket.end();
    this.socket.unref();
  }

  private take(response: RpcResponse): void {
    const waiting = this.waiting.get(response.id);
    if (waiting === undefined) return;
    this.waiting.delete(response.id);
    if ('error' in response) {
      waiting.reject(Object.assign(fromWireError(response.error), { recorded: response.recorded }));
    } else {
      waiting.resolve(response.result as never);
    }
  }

  private lose(): void {
    this.gone = new HilError('HIL_HOST_DIED', 'The host process closed its connection.');
    for (const { reject } of this.waiting.values()) reject(this.gone);
    this.waiting.clear();
  }
}
