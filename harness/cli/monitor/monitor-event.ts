import type { ResetAttempt } from '../../board';
import type { CoreDump, TriagedCrash } from '../../board/esp32s3';
import type { ConsoleLine } from '../../ports';

/** What a monitor tells, one after the other. `hostAtMs` is the host's monotonic clock. */
export type MonitorEvent =
  | { readonly type: 'line'; readonly line: ConsoleLine }
  | { readonly type: 'boot'; readonly hostAtMs: number; readonly boot: number }
  | {
      readonly type: 'reset-cause';
      readonly hostAtMs: number;
      readonly boot: number;
      readonly resetCause: string;
    }
  /** The port went away and came back; what the board printed in between is lost. */
  | { readonly type: 'gap'; readonly hostAtMs: number; readonly awayMs: number; readonly reason: string }
  /** A step of the reset that was asked for is over. */
  | {
      readonly type: 'reset-step';
      readonly hostAtMs: number;
      readonly step: string;
      readonly outcome: ResetAttempt['outcome'];
      /** The same in words. */
      readonly text: string;
    }
  /** No step of it showed a boot. */
  | { readonly type: 'not-reset'; readonly hostAtMs: number; readonly code: string; readonly text: string }
  | { readonly type: 'crash'; readonly hostAtMs: number; readonly crash: TriagedCrash }
  | { readonly type: 'core-dump'; readonly hostAtMs: number; readonly dump: CoreDump }
  /** A line that was typed; `refused` says why the board did not get it, or took no notice of it. */
  | { readonly type: 'typed'; readonly hostAtMs: number; readonly text: string; readonly refused?: string };
