import type { Clock, ProviderEvent } from '../../ports';

/** What became of spoiled messages. Everything but `answered` and `closed` has to be zero. */
export interface FuzzReport {
  readonly messages: number;
  /** By status, such as `200`; on sockets all under `alive`. */
  readonly answered: Readonly<Record<string, number>>;
  /** Connections that were closed without an answer that could be read. */
  readonly closed: number;
  /** Messages without an end. */
  readonly hung: number;
  /** Failures of the mock itself, by its log. */
  readonly failed: number;
  /** Answers without Content-Length that are no stream, which boards cannot read. */
  readonly unmeasured: number;
  /** Requests in good form that were not served at the end. */
  readonly unserved: number;
  readonly unhandledRejections: number;
}

const FAILURES: ReadonlySet<string> = new Set(['mock_failed', 'server_error']);

/** How often a mock says of itself that it failed. */
export const failuresIn = (events: readonly ProviderEvent[]): number =>
  events.filter((event) => event.type === 'error' && FAILURES.has(event.code)).length;

/** Wraps a callback so that it is called once: with an outcome, or with `hung` when none comes in time. */
export type Limit<Outcome> = (
  settle: (outcome: Outcome | 'hung') => void,
) => (outcome: Outcome | 'hung') => void;

export const limitOf =
  <Outcome>(clock: Clock, hangMs: number): Limit<Outcome> =>
  (settle) => {
    let over = false;
    const once = (outcome: Outcome | 'hung'): void => {
      if (over) return;
      over = true;
      cancel();
      settle(outcome);
    };
    const cancel = clock.after(hangMs, () => once('hung'));
    return once;
  };
