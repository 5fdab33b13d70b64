import { quantile } from '../../measurement';
import type { TurnTruth } from './turn-truth';

/** Issue 7: voice-to-voice over the PulseAudio rig within 1 ms (p95) of the truth found in its PCM. */
const P95_MS = 1;
/** Turns with a number and without a truth say nothing: of so many there has to be one. */
const LEAST_CHECKED = 0.95;

export interface ServerSoundTarget {
  readonly name: string;
  /** Undefined: there was nothing to take it from, which is no success. */
  readonly value: number | undefined;
  readonly least?: number;
  readonly most?: number;
  readonly ok: boolean;
}

export interface ServerSoundReport {
  readonly turns: number;
  /** Turns with a measured voice-to-voice latency. */
  readonly measured: number;
  /** Of those, turns whose truth was found. */
  readonly checked: number;
  readonly p50AbsErrorMs: number | undefined;
  readonly p95AbsErrorMs: number | undefined;
  readonly maxAbsErrorMs: number | undefined;
  readonly bargeInStop: { readonly n: number; readonly p95AbsErrorMs: number } | undefined;
  /** Samples of replies that the board wrote, and how many stand in the captures bit for bit. */
  readonly replySamples: number;
  readonly exactSamples: number;
  readonly underruns: number;
  readonly targets: readonly ServerSoundTarget[];
}

const sorted = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);

/** What turns in a sound server came to. */
export function serverSoundReport(turns: readonly TurnTruth[], underruns: number): ServerSoundReport {
  const measured = turns.filter((turn) => turn.measured);
  const errors = sorted(
    measured.flatMap(({ check }) => (check === undefined ? [] : Math.abs(check.voiceToVoiceErrorMs))),
  );
  const stops = sorted(
    turns.flatMap(({ check }) =>
      check?.bargeInStop === undefined ? [] : Math.abs(check.bargeInStop.errorMs),
    ),
  );
  const total = (count: (exact: NonNullable<TurnTruth['exact']>) => number): number =>
    turns.reduce((sum, { exact }) => sum + (exact === undefined ? 0 : count(exact)), 0);
  const p95 = errors.length === 0 ? undefined : quantile(errors, 0.95);
  const share = measured.length === 0 ? undefined : errors.length / measured.length;
  return {
    turns: turns.length,
    measured: measured.length,
    checked: errors.length,
    p50AbsErrorMs: errors.length === 0 ? undefined : quantile(errors, 0.5),
    p95AbsErrorMs: p95,
    maxAbsErrorMs: errors.at(-1),
    bargeInStop: stops.length === 0 ? undefined : { n: stops.length, p95AbsErrorMs: quantile(stops, 0.95) },
    replySamples: total(({ replySamples }) => replySamples),
    exactSamples: total(({ exactSamples }) => exactSamples),
    underruns,
    targets: [
      {
        name: 'voice-to-voice, p95 of the error against the bits of the capture, ms',
        value: p95,
        most: P95_MS,
        ok: p95 !== undefined && p95 <= P95_MS,
      },
      {
        name: 'measured turns whose truth was found',
        value: share,
        least: LEAST_CHECKED,
        ok: share !== undefined && share >= LEAST_CHECKED,
      },
    ],
  };
}
