import { toWireError } from '../../errors';
import { systemClock, type Clock, type Corpus, type SpeechClip } from '../../ports';
import type { MockProvider } from '../mock/mock-options';
import { openMock } from '../mock/open-mock';
import { openPlugin } from '../plugin/open-plugin';
import { openProxy } from '../proxy/open-proxy';
import { StallWatch } from './stall-watch';
import type { FromChild, MockProviderInit, ProviderInit, ToChild } from './messages';

/** The child's end of an IPC channel: `process` in a forked child. */
export interface IpcChannel {
  send?: (message: FromChild, callback: (error: Error | null) => void) => unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
  removeAllListeners(event: 'message' | 'disconnect'): unknown;
  disconnect?: () => void;
}

const corpusOf = (prompts: readonly SpeechClip[], replies: readonly SpeechClip[]): Corpus => ({
  prompts: new Map(prompts.map((clip) => [clip.id, clip])),
  replies: new Map(replies.map((clip) => [clip.id, clip])),
});

/** The mock that an init message asks for, in this process. */
export const mockProviderOf = (
  { protocol = 'openai-realtime', prompts, replies, ...options }: MockProviderInit,
  clock: Clock = systemClock,
): Promise<MockProvider> => openMock(protocol, { ...options, clock, corpus: corpusOf(prompts, replies) });

/** The provider that an init message asks for, in this process. */
export function providerOf(init: ProviderInit): Promise<MockProvider> {
  if (!('kind' in init)) return mockProviderOf(init);
  if (init.kind === 'proxy') return openProxy({ ...init, clock: systemClock });
  const { prompts, replies, ...options } = init;
  return openPlugin({ ...options, clock: systemClock, corpus: corpusOf(prompts, replies) });
}

/**
 * The child's side of `launchProvider`: waits for the init message, opens the provider and serves it until it is closed or
 * the parent has gone. Resolves when the provider is closed.
 */
export async function serveProvider(
  channel: IpcChannel,
  buildProvider: (init: ProviderInit) => Promise<MockProvider> = providerOf,
): Promise<void> {
  const send = (message: FromChild): Promise<void> =>
    new Promise((resolve) => {
      // A parent that has gone is noticed by its disconnect.
      if (channel.send === undefined) resolve();
      else channel.send(message, () => resolve());
    });
  let provider: MockProvider | undefined;
  const watch = new StallWatch(systemClock);
  await new Promise<void>((resolve) => {
    const end = (): void => {
      const closing = provider?.close() ?? Promise.resolve();
      // The parent has gone, so nobody is left to be told.
      closing.catch(() => undefined).finally(resolve);
    };
    channel.on('disconnect', end);
    channel.on('message', (raw) => {
      const message = raw as ToChild;
      if (message.kind === 'init') {
        buildProvider(message.init).then(
          (built) => {
            provider = built;
            announce(built, send);
          },
          (error: unknown) => void send({ kind: 'unready', error: toWireError(error) }).then(resolve),
        );
        return;
      }
      if (provider === undefined) return;
      const { id } = message;
      answer(provider, watch, message)
        .then(
          (result) => send({ kind: 'result', id, result }),
          (error: unknown) => send({ kind: 'failure', id, error: toWireError(error) }),
        )
        .finally(() => message.method === 'close' && resolve());
    });
  });
  watch.stop();
  channel.removeAllListeners('message');
  channel.removeAllListeners('disconnect');
  channel.disconnect?.();
}

function announce(provider: MockProvider, send: (message: FromChild) => Promise<void>): void {
  const { name, protocol, url, tlsUrl, tlsCertificate, credentials } = provider;
  const description = {
    name,
    protocol,
    url,
    ...(tlsUrl !== undefined && { tlsUrl }),
    ...(tlsCertificate !== undefined && { tlsCertificate }),
    ...(credentials !== undefined && { credentials }),
    ...(provider.saveReply !== undefined && { keepsReplies: true as const }),
  };
  void send({ kind: 'ready', description });
  provider.onEvent((event) => void send({ kind: 'event', event }));
  provider.onLost((error) => void send({ kind: 'lost', error: toWireError(error) }));
}

async function answer(
  provider: MockProvider,
  watch: StallWatch,
  call: Extract<ToChild, { kind: 'call' }>,
): Promise<unknown> {
  switch (call.method) {
    case 'expectTurn':
      await provider.expectTurn(call.argument);
      return null;
    case 'saveReceived':
      return (await provider.saveReceived(call.argument)) ?? null;
    case 'saveReply':
      return (await provider.saveReply?.(call.argument)) ?? null;
    case 'networkFacts':
      return (await provider.networkFacts?.(call.argument)) ?? null;
    case 'stalls':
      return watch.between(call.argument);
    case 'close':
      await provider.close();
      return null;
  }
}
