import { catalogue, ConfigError, type ErrorCode } from '../../errors';
import type { TextTurnResult, TurnResult } from '../../host';
import type { Mark } from '../../measurement';
import type { BoardEvent, ProviderEvent } from '../../ports';

/** Where expectation and reality part: at something that happened, or at something that did not. */
export type Mismatch =
  | { readonly event: BoardEvent | ProviderEvent | Mark; readonly note: string }
  | {
      readonly missing: string;
      /** Whose line it would have been. Default: the board's. */
      readonly who?: 'rig' | 'provider' | 'board';
      /** What it should have followed; the end of the turn where nothing did. */
      readonly after?: BoardEvent | ProviderEvent | undefined;
    };

/** What a matcher says of a turn. */
export interface Judgement {
  readonly pass: boolean;
  /** One sentence, for when the expectation does not hold. */
  readonly message: string;
  /** What to record when it does not hold. */
  readonly code: ErrorCode;
  readonly mismatches?: readonly Mismatch[];
}

/**
 * What a time above its limit is recorded as: it is held against the board where it is too long without all that the bench stood still in it.
 * @param lateMs - As `benchLateMs` of the measurement; undefined: nothing was seen.
 */
export function tooSlow(
  valueMs: number,
  maxMs: number,
  lateMs = 0,
): { readonly code: ErrorCode; readonly note: string } {
  const code = valueMs - lateMs > maxMs ? 'HIL_TURN_TOO_SLOW' : 'HIL_TURN_BENCH_STALLED';
  return { code, note: lateMs === 0 ? '' : ` The bench stood still for ${lateMs.toFixed(0)} ms of it.` };
}

/** What the failure is recorded as, or undefined when the monitor already knows why this turn failed. */
export function findingOf(
  turn: Pick<TurnResult | TextTurnResult, 'findings'>,
  { code, message }: Judgement,
):
  | {
      readonly code: ErrorCode;
      readonly origin: (typeof catalogue)[ErrorCode]['origin'];
      readonly message: string;
    }
  | undefined {
  if (turn.findings.length > 0) return undefined;
  return { code, origin: catalogue[code].origin, message };
}

/** An expectation that makes no sense: the suite's mistake, told before anything is judged. */
export const misused = (message: string): ConfigError => new ConfigError('HIL_CONFIG_MATCHER', message);
