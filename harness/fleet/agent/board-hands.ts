import type { BundleRef, Claim } from '../queue';

/** Whether a board can be given work. `busy`: not now, and it is looked again; `quarantined`: not until a person has seen to it. */
export type Readiness =
  | { readonly state: 'ready' }
  | { readonly state: 'busy'; readonly reason: string }
  | { readonly state: 'quarantined'; readonly reason: string };

/** How a unit ended on a board. */
export type Played =
  /** Somebody can be judged by what is in the run folder. */
  | {
      readonly end: 'judged';
      readonly runPath: string;
      /** Turns that were asked of its provider, takes that were repeated among them. Absent: not known. */
      readonly turns?: number;
    }
  /** Nobody can: the bench or the harness failed. The run folder says more, where there is one. */
  | { readonly end: 'spoilt'; readonly reason: string; readonly runPath?: string };

/** What an agent does with one board. */
export interface BoardHands {
  /** Proves the board and all around it, where that was not proven of late; puts it in quarantine when that fails. */
  look(): Promise<Readiness>;
  /**
   * Plays a unit to its end. Once the signal is aborted it ends within seconds: the board is muted, reset and nobody's, and what comes
   * back is of no interest.
   */
  play(claim: Claim, signal: AbortSignal): Promise<Played>;
  /** Hears that what it played counts, and where it lies. Absent: it does not care. */
  accepted?(claim: Claim, bundle: BundleRef): Promise<void>;
  /** Keeps the board from work, over restarts too. One that is there stays there for its first reason. */
  quarantine(reason: string): Promise<void>;
  /** Gives it work again. */
  release(): Promise<void>;
}
