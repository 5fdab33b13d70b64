import type { RowResult } from './fault-row';

/** What a lane opens before anything else. */
export interface LaneBench {
  /** `dist/harness/cli/main.js`, which its processes are started with. */
  readonly program: string;
  readonly fixtures: string;
  /** For its bench file and its run. */
  readonly folder: string;
  readonly bench: string;
}

/** What a lane is to do: the first message opens its bench, one row behind the other follows, `end` closes it. */
export type ToLane =
  | ({ readonly kind: 'open' } & LaneBench)
  | { readonly kind: 'row'; readonly id: string }
  | { readonly kind: 'end' };

export type FromLane =
  /** The bench is good, and waits for a row. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'row'; readonly result: RowResult }
  /** It goes no further, and ends. */
  | { readonly kind: 'failed'; readonly why: string };
