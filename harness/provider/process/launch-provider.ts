import type { ChildProcess } from 'node:child_process';
import { fromWireError, ProviderError } from '../../errors';
import type { Cancel, ChildLauncher, Clock, TurnScript, VoiceProvider } from '../../ports';
import { EventLog } from '../event-log';
import { Loss } from '../loss';
import type { FromChild, ProviderInit, ProviderCalls, ProviderDescription, ToChild } from './messages';

export interface LaunchProviderOptions {
  readonly launch: ChildLauncher;
  /** Default `provider-child`. */
  readonly command?: readonly string[];
  readonly init: ProviderInit;
  readonly clock: Clock;
  /** How long the child may take to listen. Default 20 s. */
  readonly readyWithinMs?: number;
  /** How long it may take to answer. Default 10 s. */
  readonly answerWithinMs?: number;
}

/** A provider in a process of its own. */
export interface LaunchedProvider extends VoiceProvider {
  readonly tlsCertificate?: string;
  readonly pid: number | undefined;
  /**
   * Has it go wrong from now on, in sessions and turns whose script says nothing of that, until it is told otherwise. Whoever takes turns is
   * not told: blame has to come from what was seen. `{}` ends it.
   */
  worsen(orders: Pick<TurnScript, 'fault' | 'network'>): Promise<void>;
  /** Kills the process at once, as the fault `provider-killed` does; `onLost` tells. */
  kill(): void;
}

interface OpenCall {
  readonly settle: (result: unknown) => void;
  readonly fail: (error: Error) => void;
}

const OUTPUT_TAIL_CHARS = 2000;

/**
 * Starts a provider as a child process and speaks to it over Node's IPC. Its events carry the shared monotonic clock and
 * pass unchanged.
 * @throws ProviderError `HIL_PROVIDER_UNREADY`, `HIL_PROVIDER_DIED`; whatever opening the provider throws in the child.
 */
export async function launchProvider(options: LaunchProviderOptions): Promise<LaunchedProvider> {
  const link = new ChildLink(options.launch(options.command ?? ['provider-child']), options);
  const { keepsReplies, ...description } = await link.ready();
  let standing: Pick<TurnScript, 'fault' | 'network'> = {};
  return {
    ...description,
    get events() {
      return link.log.events;
    },
    get pid() {
      return link.pid;
    },
    onEvent: (listener) => link.log.onEvent(listener),
    forget: (before) => link.log.forget(before),
    onLost: (listener) => link.onLost(listener),
    expectTurn: async (script) => {
      await link.call('expectTurn', { ...standing, ...script });
    },
    worsen: async (orders) => {
      standing = orders;
      await link.call('expectTurn', { turnId: 'unannounced', ...orders });
    },
    saveReceived: async (window) => (await link.call('saveReceived', window)) ?? undefined,
    networkFacts: async (window) => (await link.call('networkFacts', window)) ?? undefined,
    stalls: (window) => link.call('stalls', window),
    ...(keepsReplies === true && {
      saveReply: async (request) => (await link.call('saveReply', request)) ?? undefined,
    }),
    kill: () => link.kill(),
    close: () => link.close(),
  };
}

/** The parent's end of the channel to one child. */
class ChildLink {
  readonly log: EventLog;
  private readonly calls = new Map<number, OpenCall>();
  private readonly loss = new Loss();
  private readonly exited: Promise<void>;
  private outputTail = '';
  private nextId = 0;
  private closing = false;
  private death: ProviderError | undefined;
  private settleReady: OpenCall | undefined;

  constructor(
    private readonly child: ChildProcess,
    private readonly options: LaunchProviderOptions,
  ) {
    this.log = new EventLog(options.clock);
    this.exited = new Promise((resolve) => {
      const ended = (how: string, cause?: Error): void => {
        this.died(how, cause);
        resolve();
      };
      child.once('exit', (code, signal) => ended(signal === null ? `exit code ${code}` : `signal ${signal}`));
      child.once('error', (cause) => ended(cause.message, cause));
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        this.outputTail = (this.outputTail + bytes.toString()).slice(-OUTPUT_TAIL_CHARS);
      });
    }
    child.on('message', (message) => this.take(message as FromChild));
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  async ready(): Promise<ProviderDescription> {
    const withinMs = this.options.readyWithinMs ?? 20_000;
    const description = await this.settledWithin(
      withinMs,
      () =>
        new ProviderError(
          'HIL_PROVIDER_UNREADY',
          `The provider process did not listen within ${withinMs} ms.`,
          this.facts(),
        ),
      (call) => {
        this.settleReady = call;
        this.write({ kind: 'init', init: this.options.init });
      },
    ).catch((cause: unknown) => {
      this.closing = true;
      this.child.kill('SIGKILL');
      throw cause;
    });
    return description as ProviderDescription;
  }

  async call<Method extends keyof ProviderCalls>(
    method: Method,
    argument: ProviderCalls[Method]['argument'],
  ): Promise<ProviderCalls[Method]['result']> {
    if (this.death !== undefined) throw this.death;
    const id = this.nextId++;
    const withinMs = this.options.answerWithinMs ?? 10_000;
    const late = (): ProviderError =>
      new ProviderError(
        'HIL_PROVIDER_REQUEST_FAILED',
        `The provider process did not answer ${method} within ${withinMs} ms.`,
        {
          method,
          ...this.facts(),
        },
      );
    try {
      return (await this.settledWithin(withinMs, late, (call) => {
        this.calls.set(id, call);
        this.write({ kind: 'call', id, method, argument } as ToChild);
      })) as ProviderCalls[Method]['result'];
    } finally {
      this.calls.delete(id);
    }
  }

  onLost(listener: (error: Error) => void): Cancel {
    return this.loss.onLost(listener);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  async close(): Promise<void> {
    if (!this.closing && this.death === undefined) {
      this.closing = true;
      try {
        await this.call('close', null);
      } finally {
        // It has closed its sockets, or it will not: either way it must not outlive the run.
        const cancel = this.options.clock.after(2_000, () => this.child.kill('SIGKILL'));
        if (this.child.connected) this.child.disconnect();
        await this.exited;
        cancel();
      }
    }
    await this.exited;
  }

  private take(message: FromChild): void {
    switch (message.kind) {
      case 'ready':
        this.settleReady?.settle(message.description);
        return;
      case 'unready':
        this.settleReady?.fail(fromWireError(message.error));
        return;
      case 'event':
        this.log.append(message.event);
        return;
      case 'lost':
        this.loss.tell(fromWireError(message.error));
        return;
      case 'result':
        this.calls.get(message.id)?.settle(message.result);
        return;
      case 'failure':
        this.calls.get(message.id)?.fail(fromWireError(message.error));
    }
  }

  private died(how: string, cause: Error | undefined): void {
    const options = cause === undefined ? undefined : { cause };
    const facts = { ...this.facts(), how };
    this.death = new ProviderError(
      'HIL_PROVIDER_DIED',
      `The provider process ended by itself: ${how}.`,
      facts,
      options,
    );
    const death = this.death;
    this.settleReady?.fail(death);
    for (const call of this.calls.values()) call.fail(death);
    this.calls.clear();
    if (!this.closing) this.loss.tell(death);
  }

  private write(message: ToChild): void {
    // A child that cannot be written to is about to exit, which fails the call.
    this.child.send(message, () => undefined);
  }

  private settledWithin(
    withinMs: number,
    late: () => Error,
    start: (call: OpenCall) => void,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const cancel = this.options.clock.after(withinMs, () => reject(late()));
      start({
        settle: (result) => {
          cancel();
          resolve(result);
        },
        fail: (error) => {
          cancel();
          reject(error);
        },
      });
    });
  }

  private facts(): { readonly pid: number | undefined; readonly outputTail: string } {
    return { pid: this.child.pid, outputTail: this.outputTail };
  }
}
