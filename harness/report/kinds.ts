import {
  isSoundTurn,
  soundMeasureNames,
  textMeasureNames,
  turnKinds,
  turnKindTitles,
  type Distribution,
  type MeasureName,
} from '../measurement';
import type { FinishedRun } from '../run';
import type { Verdict } from '../verdict';
import { takeNotes } from './take-words';
import { inMs } from './wording';

/** The headline measure of the turns of one kind. */
export interface KindRow {
  readonly title: string;
  readonly distribution: Distribution;
}

/** The measures of the turns that a run has: of spoken ones, of those in writing, or of both. Without turns: of spoken ones. */
export function shownMeasures({ distributions }: Verdict): readonly MeasureName[] {
  const isOfRun = (name: MeasureName): boolean => {
    const { n, notMeasured } = distributions[name];
    return n + notMeasured > 0;
  };
  const text = textMeasureNames.some(isOfRun) ? textMeasureNames : [];
  const isSpoken = text.length === 0 || soundMeasureNames.some(isOfRun);
  return isSpoken ? [...soundMeasureNames, ...text] : text;
}

/** The measure that a run is about. */
export const headlineOf = (verdict: Verdict): 'voiceToVoice' | 'questionToAnswer' =>
  shownMeasures(verdict).includes('voiceToVoice') ? 'voiceToVoice' : 'questionToAnswer';

/** One row for each kind of which there are turns; none where the kinds tell nothing apart, or the verdict is older than they are. */
export function kindRows(verdict: Verdict): readonly KindRow[] {
  const { distributionsByKind } = verdict;
  if (distributionsByKind === undefined) return [];
  const rows = turnKinds
    .map((kind) => ({
      title: turnKindTitles[kind],
      distribution: distributionsByKind[kind][headlineOf(verdict)],
    }))
    .filter(({ distribution: { n, notMeasured } }) => n + notMeasured > 0);
  // Two kinds are all turns of one sort: every turn is warm, and every turn is plain.
  return rows.length > 2 ? rows : [];
}

/** Sentences that have to stand beside the latencies of a run: what they leave out, and what is in them. */
export function latencyNotes({ verdict, turns }: FinishedRun): readonly string[] {
  const notes: string[] = [...takeNotes({ turns })];
  const surveyed = turns.filter((turn) => isSoundTurn(turn) && turn.record.survey === true).length;
  if (surveyed > 0)
    notes.push(
      `${surveyed} ${surveyed === 1 ? 'turn was' : 'turns were'} taken to see how far the board goes and ${surveyed === 1 ? 'is' : 'are'} in no number.`,
    );
  const { counted, leftOut = [] } = verdict?.topology ?? {};
  for (const { topology, turns: n } of leftOut)
    notes.push(
      `${n} ${n === 1 ? 'turn' : 'turns'} taken with topology ${topology} ${n === 1 ? 'is' : 'are'} left out: these are of topology ${String(counted)}, and the two are not mixed.`,
    );
  const stated = new Set(
    turns.filter(isSoundTurn).flatMap(({ measurement }) => measurement.acousticDelayMs ?? []),
  );
  const median = verdict?.distributions.voiceToVoice.p50?.valueMs;
  const [delayMs] = stated;
  if (stated.size > 1) notes.push('The bench states several air paths; none of them is subtracted.');
  else if (delayMs !== undefined && median !== undefined && Number.isFinite(median))
    notes.push(
      `The bench states air paths of ${delayMs} ms. They are in these numbers; without them the median of voice-to-voice is ${inMs(median - delayMs)} ms.`,
    );
  return notes;
}
