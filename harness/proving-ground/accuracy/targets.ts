import type { SoundMeasureName } from '../../measurement';
import type { MethodName } from '../methods/method';
import type { Condition } from './conditions';
import { errorStatistics, type ErrorStatistics, type Trial } from './statistics';
import type { CaseResult } from './try-case';

/** A figure with the bound that it has to keep. */
export interface Target {
  readonly name: string;
  /** NaN is written as null: there was nothing to judge, which keeps no bound. */
  readonly value: number;
  readonly unit: string;
  readonly bound: string;
  readonly ok: boolean;
}

/** What was tried: conditions, and their turns. */
export interface Trials {
  readonly conditions: readonly Condition[];
  readonly results: readonly CaseResult[];
}

/**
 * Turns of some conditions, as one method saw them; turns that it was not tried on are left out, and those whose reply lost its
 * first sound: there is nothing to measure to.
 */
export function trialsOf(
  { conditions, results }: Trials,
  method: MethodName,
  which: (condition: Condition) => boolean,
): Trial[] {
  const names = new Set(conditions.filter(which).map(({ name }) => name));
  return results.flatMap(({ condition, truthMs, onsetPlayed, estimates }) => {
    const estimate = estimates[method];
    return estimate !== undefined && onsetPlayed && names.has(condition) ? { truthMs, estimate } : [];
  });
}

/** Voice-to-voice of the turns whose reply lost its first sound. */
const withoutOnset = ({ results }: Trials): Trial[] =>
  results.flatMap(({ truthMs, onsetPlayed, estimates: { known } }) =>
    onsetPlayed || known === undefined ? [] : { truthMs, estimate: known },
  );

/** One part of the breakdown over the turns of some conditions. */
export function partTrialsOf(
  { conditions, results }: Trials,
  part: SoundMeasureName,
  which: (condition: Condition) => boolean,
): Trial[] {
  const names = new Set(conditions.filter(which).map(({ name }) => name));
  return results.flatMap(({ condition, onsetPlayed, parts }) =>
    onsetPlayed && names.has(condition) ? (parts[part] ?? []) : [],
  );
}

export const snrOf = ({ turn }: Condition): number => turn.snrDb ?? NaN;
export const isBleed = ({ turn }: Condition): boolean => turn.topology === 'bleed';
export const hasReply = ({ expects }: Condition): boolean => expects !== 'none';

const target = (name: string, value: number, unit: string, bound: string, ok: boolean): Target => ({
  name,
  value,
  unit,
  bound,
  ok: Number.isFinite(value) && ok,
});

const atMost = (name: string, value: number | undefined, unit: string, most: number): Target =>
  target(name, value ?? NaN, unit, `<= ${most}`, (value ?? Infinity) <= most);

const percent = (share: number): number => 100 * share;

function knownReply(trials: Trials): Target[] {
  const loud = (one: Condition): boolean => one.expects === 'number' && !isBleed(one) && snrOf(one) >= 10;
  const faint = (one: Condition): boolean => one.expects === 'number' && !isBleed(one) && snrOf(one) === 0;
  const at10 = errorStatistics(trialsOf(trials, 'known', loud));
  const at0 = errorStatistics(trialsOf(trials, 'known', faint));
  return [
    atMost('known reply, 10 dB and better: p95 of |error|', at10.p95AbsErrorMs, 'ms', 0.1),
    atMost('known reply, 10 dB and better: misses', percent(at10.missRate), '%', 0.5),
    atMost('known reply, 0 dB: p95 of |error|', at0.p95AbsErrorMs, 'ms', 1),
  ];
}

/** Median and p95 that an unknown reply has to keep (issue 3), by SNR. */
const UNKNOWN_BOUNDS = [
  { snrDb: 20, medianMs: 10, p95Ms: 30 },
  { snrDb: 10, medianMs: 30, p95Ms: 100 },
] as const;

/** Noise that is no speech, and noise that is: apart, since a detector of speech meets the second as its own kind. */
const UNKNOWN_NOISES = [
  { title: 'white noise or hum', has: ({ turn }: Condition) => turn.noise !== 'babble' },
  { title: 'babble', has: ({ turn }: Condition) => turn.noise === 'babble' },
] as const;

function unknownErrors(
  trials: Trials,
  { snrDb, medianMs, p95Ms }: (typeof UNKNOWN_BOUNDS)[number],
  noise: (typeof UNKNOWN_NOISES)[number],
): Target[] {
  const which = (one: Condition): boolean =>
    one.expects === 'number' && snrOf(one) === snrDb && noise.has(one);
  const tried = trialsOf(trials, 'unknown', which);
  if (tried.length === 0) return [];
  const { medianAbsErrorMs, p95AbsErrorMs, biasMs, missRate } = errorStatistics(tried);
  const bias = biasMs === undefined ? '' : ` (bias ${biasMs > 0 ? '+' : ''}${biasMs.toFixed(1)} ms)`;
  const missed = ` (${percent(missRate).toFixed(1)} % not found)`;
  const name = `unknown reply, ${snrDb} dB, ${noise.title}`;
  return [
    atMost(`${name}: median of |error|${bias}`, medianAbsErrorMs, 'ms', medianMs),
    atMost(`${name}: p95 of |error|${missed}`, p95AbsErrorMs, 'ms', p95Ms),
  ];
}

function unknownReply(trials: Trials): Target[] {
  const errors = UNKNOWN_BOUNDS.flatMap((bounds) =>
    UNKNOWN_NOISES.flatMap((noise) => unknownErrors(trials, bounds, noise)),
  );
  const all = errorStatistics(trialsOf(trials, 'unknown', ({ expects }) => expects === 'number'));
  const silent = errorStatistics(trialsOf(trials, 'unknown', (one) => !hasReply(one)));
  const falseOnsets = percent(silent.turns === 0 ? NaN : silent.numbers / silent.turns);
  return [
    ...errors,
    ...honesty('unknown reply', all),
    ...(silent.turns === 0 ? [] : [atMost('unknown reply: false onsets', falseOnsets, '%', 1)]),
  ];
}

/** Fewest numbers that tell 99.5 % from 100 %: one in 200 may lie beyond. */
const FEWEST_FOR_COVERAGE = 200;

/** Bounds on how honest a stated uncertainty is; nothing when there are too few numbers to say. */
function honesty(name: string, statistics: ErrorStatistics): Target[] {
  const { numbers, coverage, medianUncertaintyMs, medianAbsErrorMs } = statistics;
  if (numbers < FEWEST_FOR_COVERAGE) return [];
  const share = coverage === undefined ? NaN : percent(coverage);
  const ratio = (medianUncertaintyMs ?? NaN) / (medianAbsErrorMs ?? NaN);
  return [
    target(`${name}: share within 2 u`, share, '%', '95 to 99.5', share >= 95 && share <= 99.5),
    atMost(`${name}: median u over median |error|`, ratio, '', 3),
  ];
}

function breakdown(trials: Trials, parts: readonly SoundMeasureName[]): Target[] {
  const which = (one: Condition): boolean => one.expects === 'number' && snrOf(one) >= 10;
  return parts.flatMap((part) => {
    const { p95AbsErrorMs, coverage } = errorStatistics(partTrialsOf(trials, part, which));
    const share = coverage === undefined ? '' : ` (${percent(coverage).toFixed(1)} % within 2 u)`;
    return atMost(`${part}: p95 of |error|${share}`, p95AbsErrorMs, 'ms', 3);
  });
}

/** The targets that these trials can judge: those of conditions that were not run are left out. */
export function targetsOf(trials: Trials, parts: readonly SoundMeasureName[]): Target[] {
  const has = (which: (condition: Condition) => boolean): boolean => trials.conditions.some(which);
  const bleed = (one: Condition): boolean => isBleed(one) && snrOf(one) >= 20;
  const none = (one: Condition): boolean => !hasReply(one);
  const numbers = errorStatistics([...trialsOf(trials, 'known', none), ...withoutOnset(trials)]).numbers;
  return [
    ...(has((one) => one.expects === 'number' && !isBleed(one)) ? knownReply(trials) : []),
    ...unknownReply(trials),
    ...(has(bleed)
      ? [
          atMost(
            'one channel (bleed), 20 dB and better: p95 of |error|',
            errorStatistics(trialsOf(trials, 'known', bleed)).p95AbsErrorMs,
            'ms',
            0.5,
          ),
        ]
      : []),
    ...(has((one) => one.expects === 'number') ? breakdown(trials, parts) : []),
    ...(has(hasReply) ? honesty('voice-to-voice', errorStatistics(trialsOf(trials, 'known', hasReply))) : []),
    ...(has(none) ? [atMost('numbers without a located prompt and reply', numbers, '', 0)] : []),
  ];
}
