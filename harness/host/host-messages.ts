import type { BenchOverrides } from '../config';
import type { VirtualFault } from '../bench';
import type { WireError } from '../errors';
import type { Measured } from '../measurement';
import type { Finding, FunctionCall, PromptConditions, SoakPlan } from '../ports';
import type { TestRecord } from '../run';
import type { HostWish } from './parent-leave';

/** What a host process is to do: JSON. */
export interface HostInit {
  readonly benchPath: string;
  readonly overrides: BenchOverrides;
  readonly boardName: string | undefined;
  readonly faults: readonly VirtualFault[];
  /** Turns of the latency suite. */
  readonly turns: number;
  /** How all prompts are to be heard; absent: as they are. */
  readonly conditions?: PromptConditions;
  /** A run for hours; absent: an ordinary one. */
  readonly soak?: SoakPlan;
  readonly reportsPath: string;
  /** Who takes the board, and how long it may wait for somebody else who has it. Default: `earshot run`, not at all. */
  readonly holder?: { readonly command: string; readonly waitMs: number };
  /** Where to serve the suites: path of a socket or of a named pipe. */
  readonly rpcAddress: string;
  readonly earshotVersion: string;
  /** Values that must not be stored. */
  readonly secrets: readonly string[];
  /** Boards of other hosts hear this one: it asks its parent before it plays. Absent: none does. */
  readonly heardByOthers?: true;
  /** Boards of other hosts do some of its tests: it asks its parent before each. Absent: it does all. */
  readonly sharesTests?: true;
}

/** One finished turn, for progress. */
export interface TurnProgress {
  /** Absent: sound. */
  readonly kind?: 'sound';
  readonly turnId: string;
  readonly promptId: string;
  readonly heard: string | undefined;
  readonly calls: readonly FunctionCall[];
  readonly voiceToVoice: Measured;
  readonly findings: readonly Finding[];
}

/** One finished turn in writing, for progress. */
export interface TextTurnProgress {
  readonly kind: 'text';
  readonly turnId: string;
  /** Of the corpus; undefined for a question of the board's own. */
  readonly promptId: string | undefined;
  readonly answer: string | undefined;
  readonly questionToAnswer: Measured;
  readonly findings: readonly Finding[];
}

/** From the host to its parent, in this order: `stored`, then `ready` or `failed`, progress, `closed`. */
export type HostMessage =
  /** The run folder exists: whatever happens from here on can be reported. */
  | { readonly type: 'stored'; readonly runId: string; readonly runPath: string }
  | { readonly type: 'ready'; readonly address: string }
  /** The bench did not open; the finding is recorded if the run folder exists. */
  | { readonly type: 'failed'; readonly error: WireError }
  | { readonly type: 'activity'; readonly text: string }
  /** Something that a person should know of and that changes no verdict. */
  | { readonly type: 'warning'; readonly text: string }
  /** Something that a person should know of and that is as it was asked for. */
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'turn'; readonly turn: TurnProgress | TextTurnProgress }
  | { readonly type: 'test'; readonly test: TestRecord }
  /** The board was left alone for a while; how much of a soak is over by then. */
  | { readonly type: 'rested'; readonly elapsedMs: number; readonly leftMs?: number }
  /** A finding that the run folder could not take any more: the parent has to keep it. */
  | { readonly type: 'unrecorded'; readonly finding: Finding }
  /** It does nothing of this until it is answered. */
  | { readonly type: 'wish'; readonly id: number; readonly wish: HostWish }
  /** Others may enter the room that it was let into. */
  | { readonly type: 'room-left' }
  /** All tests of this file that it is to do are done. */
  | { readonly type: 'file'; readonly file: string }
  | { readonly type: 'closed' };

/** From the parent. */
export type HostOrder =
  /** End the run, closing everything. A lost parent means the same. */
  | { readonly type: 'close' }
  /** What has become of a wish. */
  | { readonly type: 'answer'; readonly id: number; readonly granted: boolean };

/** First message of the parent. */
export interface HostStart {
  readonly type: 'start';
  readonly init: HostInit;
}
