import type { Closable } from '../errors';
import type { Offer } from './work';

/**
 * What a board of the fleet does. `draining`: it plays its unit to the end and takes no other, or stands still after that; `lost`: its
 * bench has not been heard of.
 */
export type BoardActivity = 'idle' | 'playing' | 'quarantined' | 'draining' | 'lost';

/** A board as its bench last told of it. */
export interface BoardState {
  /** On its bench. */
  readonly name: string;
  readonly model: string;
  readonly dialect: string;
  /** What it can play. Absent: its agent does not say. */
  readonly offer?: Offer;
  readonly state: BoardActivity;
  /** What it plays: the job, and which of its pieces. Absent: nothing. */
  readonly jobId?: string;
  readonly piece?: string;
  /** Since when it is in this state, on the clock of the roll. */
  readonly sinceMs: number;
  /** One sentence without its subject. Absent: nothing is to be said about it. */
  readonly reason?: string;
}

/** What a bench tells of itself. */
export interface BenchReport {
  /** Unique in the fleet. */
  readonly bench: string;
  readonly host: string;
  /** Of Earshot. */
  readonly version: string;
  readonly boards: readonly BoardState[];
}

/** A bench as it was last heard of. */
export interface BenchState extends BenchReport {
  /** On the clock of the roll. */
  readonly seenAtMs: number;
}

/**
 * What a person wants of a board, or of a whole bench. `drain`: take no more work, until `resume`; `quarantine`: the same for a board that
 * somebody has to look at, until `release`.
 */
export const orderKinds = ['drain', 'resume', 'quarantine', 'release'] as const;
export type OrderKind = (typeof orderKinds)[number];

export interface BenchOrder {
  readonly kind: OrderKind;
  readonly bench: string;
  /** Absent: all of the bench. */
  readonly board?: string;
  /** One sentence without its subject. */
  readonly reason?: string;
}

/** A bench that has not been heard of for so long is struck off. */
export const FORGOTTEN_MS = 7 * 24 * 3_600_000;

/** Which benches there are, what their boards do, and what people want of them. */
export interface BenchRoll extends Closable {
  /** On the clock that all benches share: over Redis milliseconds since 1970. */
  nowMs(): Promise<number>;
  /** To be done every few seconds: what is not heard of for the time of a lease counts as lost. */
  announce(report: BenchReport): Promise<void>;
  /** Strikes a bench off that goes in order. */
  leave(bench: string): Promise<void>;
  /** By name. Boards of a bench that is not heard of are `lost`, since it was last heard of. */
  benches(): Promise<readonly BenchState[]>;
  /** Kept until the bench hears of it, be it tomorrow. */
  order(order: BenchOrder): Promise<void>;
  /** Hears of each order of a bench once, in the order in which they were given; also of those that nobody has heard yet. */
  onOrder(bench: string, listener: (order: BenchOrder) => void): Promise<void>;
}

/** A bench as others are to see it at an instant; undefined: it is forgotten. */
export function seenAt(state: BenchState, nowMs: number, leaseMs: number): BenchState | undefined {
  const silentMs = nowMs - state.seenAtMs;
  if (silentMs < leaseMs) return state;
  if (silentMs >= FORGOTTEN_MS) return undefined;
  const lost = { state: 'lost', sinceMs: state.seenAtMs, reason: 'its bench is not heard of' } as const;
  return { ...state, boards: state.boards.map((board) => ({ ...board, ...lost })) };
}
