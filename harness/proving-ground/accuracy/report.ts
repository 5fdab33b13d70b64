import { soundMeasureNames, type SoundMeasureName } from '../../measurement';
import { methodNames, type MethodName } from '../methods/method';
import type { Condition } from './conditions';
import { errorStatistics, type ErrorStatistics } from './statistics';
import { partTrialsOf, targetsOf, trialsOf, type Target, type Trials } from './targets';

/** One condition with what every method made of it. */
export interface ConditionReport extends Pick<Condition, 'name' | 'title' | 'group' | 'turn' | 'expects'> {
  readonly methods: Readonly<Partial<Record<MethodName, ErrorStatistics>>>;
  /** Measures of the known reply besides voice-to-voice. */
  readonly parts: Readonly<Partial<Record<SoundMeasureName, ErrorStatistics>>>;
}

/** `reports/bench/accuracy.json`. */
export interface AccuracyReport {
  readonly schema: 'earshot/accuracy@1';
  readonly turnsPerCondition: number;
  readonly methods: readonly MethodName[];
  readonly targets: readonly Target[];
  readonly conditions: readonly ConditionReport[];
}

/** Measures besides the headline, as they are declared; interrupted turns have a bench of their own (`bench:barge-in`). */
export const furtherMeasures = soundMeasureNames.filter(
  (name) => name !== 'voiceToVoice' && name !== 'bargeInStop',
);

function conditionReport(trials: Trials, condition: Condition): ConditionReport {
  const { name, title, group, turn, expects } = condition;
  const only = (one: Condition): boolean => one === condition;
  const methods = methodNames.flatMap((method) => {
    const tried = trialsOf(trials, method, only);
    return tried.length === 0 ? [] : [[method, errorStatistics(tried)] as const];
  });
  const parts = furtherMeasures.flatMap((part) => {
    const tried = partTrialsOf(trials, part, only);
    return tried.length === 0 ? [] : [[part, errorStatistics(tried)] as const];
  });
  return {
    name,
    title,
    group,
    turn,
    expects,
    methods: Object.fromEntries(methods),
    parts: Object.fromEntries(parts),
  };
}

/** Everything that a run found, with its targets. */
export function accuracyReport(trials: Trials, turnsPerCondition: number): AccuracyReport {
  const conditions = trials.conditions.map((condition) => conditionReport(trials, condition));
  return {
    schema: 'earshot/accuracy@1',
    turnsPerCondition,
    methods: methodNames.filter((method) => conditions.some(({ methods }) => methods[method] !== undefined)),
    targets: targetsOf(trials, furtherMeasures),
    conditions,
  };
}
