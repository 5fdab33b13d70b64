import type { Closable } from '../errors';
import { toWireError } from '../errors';
import type { ChildLauncher, Clock } from '../ports';
import type { HostMessage, HostOrder, HostStart } from './host-messages';
import { ParentLeave } from './parent-leave';
import type { runHost } from './run-host';

/** The child's end of its IPC channel: `process`, or a stand-in of a test. */
export interface HostChannel {
  send(message: HostMessage): void;
  onMessage(listener: (message: HostStart | HostOrder) => void): void;
  onDisconnect(listener: () => void): void;
}

// Loaded in the host process alone: suites and parents share this folder's index and need no serial ports.
const openHost: typeof runHost = async (...args) => (await import('./run-host.js')).runHost(...args);

/**
 * The whole life of a host process: waits for its start message, serves until it is told to close or its parent is gone.
 * Resolves when everything is closed. Never throws: what did not open is told to the parent.
 */
export function serveHost(channel: HostChannel, launch: ChildLauncher, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    let host: Promise<Closable | undefined> | undefined;
    let closing = false;
    const ending = new AbortController();
    const leave = new ParentLeave((message) => channel.send(message));
    const close = async (): Promise<void> => {
      if (closing) return;
      closing = true;
      ending.abort();
      leave.close();
      const running = await host;
      try {
        await running?.close();
      } catch (cause) {
        channel.send({ type: 'failed', error: toWireError(cause) });
      }
      channel.send({ type: 'closed' });
      resolve();
    };
    channel.onMessage((message) => {
      if (message.type === 'close') void close();
      else if (message.type === 'answer') leave.answered(message.id, message.granted);
      else {
        const tell = (update: HostMessage): void => channel.send(update);
        host ??= openHost(message.init, launch, clock, tell, leave, ending.signal).catch((cause: unknown) => {
          channel.send({ type: 'failed', error: toWireError(cause) });
          return undefined;
        });
      }
    });
    channel.onDisconnect(() => void close());
  });
}
