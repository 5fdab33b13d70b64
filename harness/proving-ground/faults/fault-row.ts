import type { ErrorCode, Origin } from '../../errors';
import type { NetworkShape, ProviderFault } from '../../ports';
import type { TurnOutcome, Verdict } from '../../verdict';
import type { BenchName } from './benches';

/** How a fault is brought about, and on what. */
export type Cause =
  /** Virtual parts go wrong on a bench that is open already, and the bench is used on. */
  | (OnOpenBench &
      (
        | { readonly by: 'board'; readonly fault: string }
        | {
            readonly by: 'provider';
            readonly orders: { readonly fault?: ProviderFault; readonly network?: NetworkShape };
          }
        | {
            readonly by: 'signal';
            readonly to: 'virtual-board' | 'provider-child' | 'host';
            /** In the middle of what. */
            readonly in: 'prompt' | 'reply';
            readonly stoppedMs: number;
          }
      ))
  /** What no virtual part can do is tried where the ports are faked: a test of this name in this file. */
  | { readonly by: 'test'; readonly file: string; readonly name: string };

interface OnOpenBench {
  readonly bench: BenchName;
  /**
   * What is done while the fault is on: a turn with this prompt, a question in writing, a new session, or a reset. Several: one after the
   * other.
   */
  readonly act: readonly Act[];
}

export type Act =
  | { readonly do: 'turn'; readonly prompt: string; readonly interruptWith?: string }
  | { readonly do: 'ask'; readonly prompt: string }
  | { readonly do: 'ask-at-boot' }
  | { readonly do: 'session' }
  | { readonly do: 'reset' };

/** What has to lie in the run folder for whoever is to find the cause. Absent keys: it need not. */
export interface Evidence {
  /** WAV of what the rig heard in the turn. */
  readonly capture?: true;
  /** WAV of what the provider received. */
  readonly received?: true;
  /** A crash that was read: its signature and where it was. */
  readonly crash?: true;
  /** Words of the board, as a regular expression, in the console log since the row began. */
  readonly console?: string;
  /** An event of the provider since the row began: its type, and its code behind a space. */
  readonly provider?: string;
}

/** One fault, and everything that has to come of it. */
export interface FaultRow {
  /** Unique; how it is named with `--only`. */
  readonly id: string;
  readonly part: 'board' | 'bench' | 'provider';
  /** In words. */
  readonly what: string;
  readonly cause: Cause;
  /**
   * From the beginning of what is done under the fault to its finding; of a fault that is borne, to the end of the turn. As much more for
   * each take that the bench spoilt.
   */
  readonly withinMs: number;
  /** Who is blamed; undefined: nobody, the fault is borne. */
  readonly origin: Origin | undefined;
  /** Codes of all findings, each once, and no others. Of a list within it, one or several. */
  readonly codes: readonly (ErrorCode | readonly ErrorCode[])[];
  /** Words that the finding has to contain, as a regular expression. */
  readonly says?: string;
  /** What the turn under the fault counts as; `none`: there was none. */
  readonly turn: TurnOutcome['outcome'] | 'none';
  readonly exitCode: Verdict['exitCode'];
  /** A take under the fault has to be spoilt on the bench's account, and repeated. Absent: it may, as on any busy machine. */
  readonly retaken?: true;
  readonly evidence: Evidence;
  /** Chance decides whether anything comes of it: a good turn, blamed on nobody, is right as well. */
  readonly mayBeBorne?: true;
  /** How the bench gets over it; after each the next turn has to be good. `none`: the fault has nothing to be mended behind it. */
  readonly recovery: Recovery;
}

export type Recovery =
  /** The next turn needs nothing. */
  | 'none'
  /** The harness resets the board by itself and opens a session anew. */
  | 'reset'
  /** A new session: what the board made of the fault, such as an echo canceller that learned silence, lasts for this one. */
  | 'session'
  /** The run is over; what was recorded is there, no process is left. */
  | 'ends'
  /** The test says. */
  | 'tested';

/** What came of a row. */
export interface RowResult {
  readonly id: string;
  readonly ok: boolean;
  /** What is not as the row says, in words; empty when it is right. */
  readonly wrong: readonly string[];
  /** Undefined: it was not. */
  readonly detectedMs?: number;
  readonly origins: readonly Origin[];
  readonly codes: readonly string[];
  /** First line of the finding. */
  readonly message?: string;
  readonly turn: FaultRow['turn'];
  readonly exitCode?: number;
  readonly recovered: boolean;
  /** From the end of the fault to the end of the next good turn. Undefined: there was none. */
  readonly recoveredMs?: number;
  /** All of the row. */
  readonly ms: number;
}
