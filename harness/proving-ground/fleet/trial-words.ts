/** What a process of a trial is started with. JSON. */
export interface TrialAgentOrder {
  readonly redis: { readonly host: string; readonly port: number };
  readonly prefix: string;
  readonly bench: string;
  readonly boards: number;
  /** Address of the bundle store. */
  readonly bundles: string;
  readonly leaseMs: number;
  readonly unitMs: number;
  /** Run folder that every unit leaves a copy of. */
  readonly template: string;
  /** Where units are played. */
  readonly folder: string;
  /** Says of each bundle twice that it is there, as one does whose first answer got lost. */
  readonly deliversTwice: boolean;
}

/** What it says on standard output, a line each. */
export type TrialWord =
  | { readonly what: 'ready' }
  | { readonly what: 'plays'; readonly piece: string; readonly attempt: number; readonly board: string }
  | { readonly what: 'broke-off'; readonly piece: string; readonly board: string }
  /** What the queue took of a unit's time: to give it, and to take its bundle. */
  | {
      readonly what: 'delivered';
      readonly piece: string;
      readonly acceptance: string;
      readonly overheadMs: number;
    };

/** Name of the run that a piece was played in, with the token that it was played with. */
export const trialRunId = (piece: string, token: number): string => `${piece.replaceAll('/', '_')}.${token}`;

export const pieceOfRun = (runId: string): string => runId.replace(/\.\d+$/, '').replaceAll('_', '/');
