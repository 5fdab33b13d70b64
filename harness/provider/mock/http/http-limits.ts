/** What a mock lets its clients do to it. All of it is ours: no service publishes its own. */
export interface HttpLimits {
  /** Largest request body; 413 beyond. Default 8 MiB: a context window of text, escaped. */
  readonly bodyBytes: number;
  /** What all bodies that are being read may hold together; 503 beyond. Default 128 MiB. */
  readonly bodiesBytes: number;
  /** Largest request head; 431 beyond. Default 16 KiB, Node's own. */
  readonly headerBytes: number;
  /** How long a request head may take, also the first of a connection; 408 beyond. Default 20 s. */
  readonly headersMs: number;
  /** How long a request body may take; 408 beyond. Default 60 s. */
  readonly bodyMs: number;
  /** How long a connection is kept for a next request. Default 75 s. */
  readonly idleMs: number;
  /** Open connections; the one that has been idle longest makes room for a further one. Default 1 000. */
  readonly connections: number;
  /** Requests that are read or answered at once; 503 beyond. Default 256. */
  readonly requestsAtOnce: number;
  /** How long a client may leave an answer unread before it is cut. Default 60 s. */
  readonly unreadMs: number;
}

export const defaultHttpLimits: HttpLimits = {
  bodyBytes: 8 * 1024 * 1024,
  bodiesBytes: 128 * 1024 * 1024,
  headerBytes: 16 * 1024,
  headersMs: 20_000,
  bodyMs: 60_000,
  idleMs: 75_000,
  connections: 1000,
  requestsAtOnce: 256,
  unreadMs: 60_000,
};
