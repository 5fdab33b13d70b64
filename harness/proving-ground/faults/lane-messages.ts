import type { RowResult } from './fault-row';

/** What a lane is to do. */
export interface ToLane {
  /** `dist/harness/cli/main.js`, which its processes are started with. */
  readonly program: string;
  readonly fixtures: string;
  /** For its bench file and its run. */
  readonly folder: string;
  readonly bench: string;
  /** In this order. */
  readonly rows: readonly string[];
}

export type FromLane =
  | { readonly kind: 'began'; readonly id: string }
  /** `path`: of the run that the row is recorded in. */
  | { readonly kind: 'row'; readonly result: RowResult; readonly path: string }
  | { readonly kind: 'failed'; readonly why: string };
