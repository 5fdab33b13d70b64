import {
  isSoundTurn,
  soundMeasureNames,
  textMeasureNames,
  turnKinds,
  type Distribution,
  type MeasureName,
} from '../measurement';
import type { FinishedRun } from '../run';
import type { Verdict } from '../verdict';
import { en, type Messages } from './language';
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
export function kindRows(verdict: Verdict, words: Messages = en): readonly KindRow[] {
  const { distributionsByKind } = verdict;
  if (distributionsByKind === undefined) return [];
  const rows = turnKinds
    .map((kind) => ({
      title: words.kinds[kind],
      distribution: distributionsByKind[kind][headlineOf(verdict)],
    }))
    .filter(({ distribution: { n, notMeasured } }) => n + notMeasured > 0);
  // Two kinds are all turns of one sort: every turn is warm, and every turn is plain.
  return rows.length > 2 ? rows : [];
}

/** Sentences that have to stand beside the latencies of a run: what they leave out, and what is in them. */
export function latencyNotes({ verdict, turns }: FinishedRun, words: Messages = en): readonly string[] {
  const notes: string[] = [...takeNotes({ turns }, words)];
  const surveyed = turns.filter((turn) => isSoundTurn(turn) && turn.record.survey === true).length;
  if (surveyed > 0) notes.push(words.notes.surveyed(surveyed));
  const { counted, leftOut = [] } = verdict?.topology ?? {};
  for (const { topology, turns: n } of leftOut) notes.push(words.notes.leftOut(n, topology, String(counted)));
  const stated = new Set(
    turns.filter(isSoundTurn).flatMap(({ measurement }) => measurement.acousticDelayMs ?? []),
  );
  const median = verdict?.distributions.voiceToVoice.p50?.valueMs;
  const [delayMs] = stated;
  if (stated.size > 1) notes.push(words.notes.airPaths);
  else if (delayMs !== undefined && median !== undefined && Number.isFinite(median))
    notes.push(words.notes.airPath(delayMs, inMs(median - delayMs)));
  return notes;
}
