import type { Endpoint } from './control-client';

/** What the child says over its IPC channel once all its sides are open. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly ptyPath: string;
  /** Absent: its sound is in a sound server. */
  readonly audioLink?: Endpoint;
  readonly control: Endpoint;
}

const isEndpoint = (value: unknown): value is Endpoint => {
  const { host, port } = (value ?? {}) as Partial<Endpoint>;
  return typeof host === 'string' && typeof port === 'number';
};

/** True for the child's ready message; other messages are left alone. */
export function isReadyMessage(message: unknown): message is ReadyMessage {
  const { type, ptyPath, audioLink, control } = (message ?? {}) as Partial<ReadyMessage>;
  const hasPorts = (audioLink === undefined || isEndpoint(audioLink)) && isEndpoint(control);
  return type === 'ready' && typeof ptyPath === 'string' && hasPorts;
}
