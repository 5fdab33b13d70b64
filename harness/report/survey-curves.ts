import { isSoundTurn, quantile, type SoundTurn } from '../measurement';
import type { PromptConditions } from '../ports';
import type { FinishedRun } from '../run';
import { rateInterval } from '../verdict';

/** What a survey varied. */
export type SurveyAxis = keyof PromptConditions;

/** The turns of a survey at one value. */
export interface SurveyPoint {
  /** In the unit of the axis. */
  readonly value: number;
  readonly n: number;
  /** Those whose prompt the provider took for what it is. */
  readonly heard: number;
  /** One-sided 95 % bounds of the share that is heard, 0 to 1. */
  readonly lower: number;
  readonly upper: number;
  /** Voice-to-voice latency of those that were heard and answered, ascending. */
  readonly latenciesMs: readonly number[];
  /** Undefined: none was. */
  readonly medianMs: number | undefined;
}

export interface SurveyCurve {
  readonly axis: SurveyAxis;
  /** By value, ascending. */
  readonly points: readonly SurveyPoint[];
}

const axes: readonly SurveyAxis[] = ['gainDb', 'snrDb', 'rt60Ms'];

/** Of several conditions that vary together nobody can say which one it was. */
const isAlone = (axis: SurveyAxis, conditions: PromptConditions): boolean =>
  axes.every((other) => other === axis || conditions[other] === undefined);

function pointOf(value: number, turns: readonly SoundTurn[]): SurveyPoint {
  const heard = turns.filter(
    ({ record, measurement }) => measurement.heard?.utterance === record.prompt.utterance,
  );
  const latenciesMs = heard
    .flatMap(({ measurement: { measures } }) =>
      measures.voiceToVoice.state === 'measured' ? [measures.voiceToVoice.valueMs] : [],
    )
    .sort((a, b) => a - b);
  const n = turns.length;
  return {
    value,
    n,
    heard: heard.length,
    ...rateInterval(heard.length, n),
    latenciesMs,
    medianMs: latenciesMs.length === 0 ? undefined : quantile(latenciesMs, 0.5),
  };
}

/**
 * Surveys of a run: for each condition that turns were taken over by itself, what was heard at each value and how soon it was
 * answered. Takes that the rig spoilt are left out; a curve has two values at least.
 */
export function surveyCurves({ turns }: Pick<FinishedRun, 'turns'>): readonly SurveyCurve[] {
  const surveyed = turns.filter(
    (turn): turn is SoundTurn =>
      isSoundTurn(turn) && turn.record.survey === true && (turn.measurement.take?.spoiltBy.length ?? 0) === 0,
  );
  return axes.flatMap((axis): SurveyCurve[] => {
    const byValue = new Map<number, SoundTurn[]>();
    for (const turn of surveyed) {
      const conditions: PromptConditions = turn.record.conditions ?? {};
      const value = conditions[axis];
      if (value === undefined || !isAlone(axis, conditions)) continue;
      byValue.set(value, [...(byValue.get(value) ?? []), turn]);
    }
    const points = [...byValue].sort(([a], [b]) => a - b).map(([value, taken]) => pointOf(value, taken));
    return points.length < 2 ? [] : [{ axis, points }];
  });
}
