import { errorStatistics, type ErrorStatistics } from '../accuracy/statistics';
import { bargeInConditions, type BargeInCondition, type BargeInResult } from './trials';

/** A group of conditions and what came of its trials. */
export interface BargeInRow extends ErrorStatistics {
  readonly name: string;
}

export interface BargeInTarget {
  readonly name: string;
  readonly value: number;
  readonly least?: number;
  readonly most?: number;
  readonly ok: boolean;
}

export interface BargeInReport {
  readonly rows: readonly BargeInRow[];
  readonly targets: readonly BargeInTarget[];
}

const isGentle = ({ room, snrDb }: BargeInCondition): boolean =>
  snrDb >= 20 && (room?.directToReverberantDb ?? Infinity) >= 0;

const groups: readonly (readonly [name: string, belongs: (condition: BargeInCondition) => boolean])[] = [
  ['all', () => true],
  ['SNR >= 20 dB, DRR >= 0 dB', isGentle],
  ['... in sound', (one) => isGentle(one) && one.stop !== 'pause'],
  ...(['word', 'vowel', 'pause'] as const).map(
    (stop) => [`stop in a ${stop}`, (one: BargeInCondition) => one.stop === stop] as const,
  ),
  ...[40, 20, 10].map(
    (snrDb) => [`SNR ${snrDb} dB`, (one: BargeInCondition) => one.snrDb === snrDb] as const,
  ),
  ['no room', ({ room }) => room === undefined],
  ...[6, 0, -6].map(
    (drrDb) =>
      [`DRR ${drrDb} dB`, ({ room }: BargeInCondition) => room?.directToReverberantDb === drrDb] as const,
  ),
];

/** Share of the trials within two stated uncertainties. */
const COVERAGE = { least: 0.95, most: 0.995 } as const;
/** Where the speaker is heard well and is in the middle of sound: docs/measurement.md, no bound of the issue. */
const IN_SOUND_P95_MS = 30;

/** Errors by group, and the targets: coverage of all trials and the error in sound. */
export function bargeInReport(results: readonly BargeInResult[]): BargeInReport {
  const rows = groups.map(([name, belongs]) => {
    const names = new Set(bargeInConditions.filter(belongs).map((condition) => condition.name));
    return { name, ...errorStatistics(results.filter(({ condition }) => names.has(condition))) };
  });
  const coverage = rows[0]?.coverage ?? NaN;
  const inSoundMs = rows[2]?.p95AbsErrorMs ?? NaN;
  return {
    rows,
    targets: [
      {
        name: 'coverage of 2u',
        value: coverage,
        ...COVERAGE,
        ok: coverage >= COVERAGE.least && coverage <= COVERAGE.most,
      },
      {
        name: 'p95 error in sound, SNR >= 20 dB, DRR >= 0 dB, ms',
        value: inSoundMs,
        most: IN_SOUND_P95_MS,
        ok: inSoundMs <= IN_SOUND_P95_MS,
      },
    ],
  };
}
