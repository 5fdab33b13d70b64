import { createHash } from 'node:crypto';
import type { Closable } from '../errors';
import type { Cancel } from '../ports';
import type { Allowance, Held, ProviderUse } from './allowances';
import type { Acceptance } from './fence';
import type { BundleRef, Chore, Needs, OwnSuites, Priority, Seat, Unit } from './work';

export type { BundleRef } from './work';

/** What somebody wants tested. */
export interface JobOrder {
  readonly priority: Priority;
  /** Of the firmware's bundle; of its source, where it is built first. */
  readonly firmwareSha256: string;
  /**
   * What the units are of, in the order in which the merged run is to have them. A build may be the first: the others are of what it
   * builds, and begin after it. A merge may be the last: it begins when all others have ended, however they did.
   */
  readonly pieces: readonly PieceOrder[];
  /**
   * Boards that play it at once. Default: 2. More end it sooner and write its image to more boards; a unit waits for a board only
   * while fewer than these play.
   */
  readonly boards?: number;
  /** The job of which it plays what that one could not; both make one run. Absent: it stands for itself. */
  readonly continues?: string;
  /** Default: at once. On the clock of the queue. */
  readonly notBeforeMs?: number;
}

/** What one unit is to be. */
export interface PieceOrder {
  readonly needs: Needs;
  /** Names of those that come with Earshot, and files of `own` as `./own.hil.ts`. */
  readonly suites: readonly string[];
  /** Absent: all suites come with Earshot. */
  readonly own?: OwnSuites;
  readonly expectedMs: number;
  /** Turns of the latency suite. Absent: as many as `earshot run` plays. */
  readonly turns?: number;
  /** Where the firmware lies. Absent: whatever the board runs is tested. */
  readonly firmware?: BundleRef;
  /** The most that it is thought to cost at its provider. Default: 0. */
  readonly costCents?: number;
  /** The price by which that was reckoned, so that what was played can be. Absent: nobody configured one. */
  readonly centsPerTurn?: number;
  /** Absent: a board plays suites. Its suites are words for people then. */
  readonly chore?: Chore;
}

/** A unit with the right to play it. */
export interface Claim {
  readonly unit: Unit;
  readonly board: string;
  /** Goes with the bundle. */
  readonly token: number;
  /** For so long without a heartbeat. */
  readonly leaseMs: number;
  /** Since when a board could have had it, on the clock of the queue: how long it waited. */
  readonly offeredAtMs: number;
}

/** `lost`: somebody else has it or will; whoever hears that stops at once. */
export type Hold = 'held' | 'lost' | 'cancelled';

/** What became of a piece. Without a bundle: why not. */
export type PieceOutcome =
  | { readonly piece: string; readonly board: string; readonly attempts: number; readonly bundle: BundleRef }
  | { readonly piece: string; readonly attempts: number; readonly missing: string };

/** A job with what is known of it so far. */
export interface JobRecord {
  readonly jobId: string;
  readonly order: JobOrder;
  readonly isOver: boolean;
  /** Pieces that have ended; once it is over, all of them. */
  readonly outcome: JobOutcome;
  /** Why none of its units may begin. Absent: its providers allow one more. */
  readonly held?: Held;
}

/** A job at its end. */
export interface JobOutcome {
  readonly jobId: string;
  readonly isCancelled: boolean;
  /** In the order of the order. */
  readonly pieces: readonly PieceOutcome[];
}

export interface JobStatus {
  readonly jobId: string;
  readonly priority: Priority;
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly isOver: boolean;
  /** Why none of those that wait may begin. Absent: none waits, or its providers allow one more. */
  readonly held?: Held;
}

/** Boards of a job that names no number. */
const BOARDS_OF_JOB = 2;

/** Boards that may play a job at once. */
export const boardsOf = ({ boards }: JobOrder): number => boards ?? BOARDS_OF_JOB;

/** Name of a job's piece, by its place in the order. */
export const pieceOf = (jobId: string, index: number): string => `${jobId}/${index}`;

/** The job that a piece is of. */
export const jobOf = (piece: string): string => piece.slice(0, piece.lastIndexOf('/'));

/** The place of a piece in its job's order. */
export const placeOf = (piece: string): number => Number(piece.slice(piece.lastIndexOf('/') + 1));

/** Of an order whose fleet merges what was played, that piece. */
export const mergeOf = ({ pieces }: Pick<JobOrder, 'pieces'>): PieceOrder | undefined => {
  const last = pieces.at(-1);
  return last?.chore?.kind === 'merge' ? last : undefined;
};

/**
 * Two orders of one print are one job while the first is under way, whether somebody waits for it or not: a merge that is judged as the
 * benches say is no difference, and is added to a job that had none.
 */
export const printOf = (order: JobOrder): string => {
  const { priority, firmwareSha256, pieces, continues } = order;
  const merge = mergeOf(order);
  const budgets = merge?.chore?.kind === 'merge' ? merge.chore.budgets?.sha256 : undefined;
  const played = merge === undefined ? pieces : pieces.slice(0, -1);
  // One that goes on from another is that one's rest: played alike, it would be judged without what the other one has already.
  const print = [priority, firmwareSha256, played, continues ?? null, budgets ?? null];
  return createHash('sha256').update(JSON.stringify(print)).digest('hex');
};

/** Many benches' work. Closing it leaves what waits where it is. */
export interface FleetQueue extends Closable {
  /** @returns The id of the job; of one under way that is the same in firmware, pieces and priority, if there is one. */
  submit(order: JobOrder): Promise<string>;
  /** Work for a board; undefined while there is none that it may take. */
  claim(seat: Seat): Promise<Claim | undefined>;
  heartbeat(claim: Claim): Promise<Hold>;
  /** Only an accepted bundle becomes part of the merged run. @param costCents - What it did cost, if that is known. */
  complete(claim: Claim, bundle: BundleRef, costCents?: number): Promise<Acceptance>;
  /** Gives a unit up: another board gets it. */
  fail(claim: Claim, reason: string): Promise<void>;
  /** Waiting units are dropped; who plays one hears so at once, and at the next heartbeat at last. Does nothing to a job that is over. */
  cancel(jobId: string): Promise<void>;
  /** Undefined: there is no such job, or it was forgotten. */
  job(jobId: string): Promise<JobRecord | undefined>;
  /** Jobs that are under way, the oldest first, and the newest 20 that are over. */
  status(): Promise<readonly JobStatus[]>;
  /** Hears of each job once, when all its pieces have ended. */
  onJobOver(listener: (outcome: JobOutcome) => void): void;
  /** Hears of jobs that are cancelled, unless the queue is out of reach just then. @returns Ends it. */
  onCancel(listener: (jobId: string) => void): Cancel;
  /** What all benches together may ask of a provider, from now on. @param allowance - Undefined: it is not limited any more. */
  limit(provider: string, allowance: Allowance | undefined): Promise<void>;
  /** What is asked of providers that are limited, by name. */
  providers(): Promise<readonly ProviderUse[]>;
}
