import type { DifferenceName } from '../../run';
import { UsageError } from './argument-checks';

/** What `--despite` takes; a test holds it against what a comparison may refuse. */
export const despiteChoices = [
  'board',
  'bench',
  'rig',
  'provider',
  'scenario',
  'prompts',
  'version',
] as const satisfies readonly DifferenceName[];

/** Which baseline a run is held against, and how. */
export interface BaselineChoice {
  readonly path: string;
  readonly marginMs: number;
  readonly despite: readonly DifferenceName[];
}

/** measurement.md section 8: the smallest change that matters. */
export const DEFAULT_MARGIN_MS = 30;

/** Options of every command that compares. */
export const baselineOptions = {
  baseline: { type: 'string', describe: 'Baseline that the latencies are held against (default: none)' },
  margin: {
    type: 'number',
    describe: `Smallest change against the baseline that matters, in ms (default: ${DEFAULT_MARGIN_MS})`,
  },
  despite: {
    array: true,
    choices: despiteChoices,
    default: [] as DifferenceName[],
    describe: 'Compare although these differ from the baseline',
  },
} as const;

interface Given {
  readonly baseline: string | undefined;
  readonly margin: number | undefined;
  readonly despite: readonly DifferenceName[];
}

/** A check of what `baselineOptions` took. */
export function checkBaselineOptions(given: Readonly<Record<string, unknown>>): true {
  const { baseline, margin, despite, ab } = given as unknown as Given & { readonly ab?: unknown };
  if (margin !== undefined && !(margin > 0 && margin <= 10_000))
    throw new UsageError('--margin takes milliseconds above 0, up to 10000.');
  if (baseline === undefined && ((margin !== undefined && ab === undefined) || despite.length > 0))
    throw new UsageError('--margin and --despite say how a --baseline is compared; name one.');
  return true;
}

/** Undefined: no baseline was named. */
export const readBaselineChoice = ({ baseline, margin, despite }: Given): BaselineChoice | undefined =>
  baseline === undefined ? undefined : { path: baseline, marginMs: margin ?? DEFAULT_MARGIN_MS, despite };
