import type { ErrorCode } from '../errors';
import type { Finding } from '../ports';
import type { SoundTurn, TextTurn } from '../measurement';
import type { FinishedRun } from '../run';
import type { TurnOutcome } from '../verdict';
import { en } from './language';

/** What the verdict says about a turn. */
interface Judged {
  /** Of a run that never came to a verdict: `not-judged`. */
  readonly outcome: TurnOutcome['outcome'];
  readonly findings: readonly Finding[];
}

export type ShownSoundTurn = SoundTurn & Judged;
export type ShownTextTurn = TextTurn & Judged;

/** A turn with what the verdict says about it. */
export type ShownTurn = ShownSoundTurn | ShownTextTurn;

/** The turns of a run in order, with their outcomes and findings. */
export function shownTurns(run: FinishedRun): ShownTurn[] {
  const judged = new Map(run.verdict?.turns.map((turn) => [turn.turnId, turn]));
  return run.turns.map((turn) => {
    const { turnId } = turn.record;
    const known = judged.get(turnId);
    return {
      ...turn,
      outcome: known?.outcome ?? 'not-judged',
      findings: known?.findings ?? run.findings.filter((finding) => finding.turnId === turnId),
    };
  });
}

/** All findings: the verdict's with those of budgets, or what was recorded where there is no verdict. */
export const shownFindings = (run: FinishedRun): readonly Finding[] => run.verdict?.findings ?? run.findings;

/** What to do about a code; undefined for a code that this version does not know. */
export const remedyOf = (code: ErrorCode): string | undefined => en.remedyOf(code);

/** The sentence that explains the outcome; of a run that was killed, how far it came. */
export const whyOf = (run: FinishedRun): string =>
  run.verdict?.why ?? run.record.why ?? en.neverEnded(run.turns.length);
