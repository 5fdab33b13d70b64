import { catalogue, type ErrorCode, type Facts } from '../errors';
import type { AnyTurnRecord, Finding, TurnRecord } from '../ports';
import type { TurnMeasurement } from './turn-measurement';

/** A finding before it is stamped: code, one sentence, evidence. */
export interface Diagnosis {
  readonly code: ErrorCode;
  readonly message: string;
  readonly facts: Facts;
}

/** One link of a chain, judged from a turn's record and from what is known of the turn: nothing when the link held. */
export type Link<Turn extends AnyTurnRecord, Known> = (record: Turn, known: Known) => readonly Diagnosis[];

/** One link of a spoken turn. */
export type Diagnose = Link<TurnRecord, TurnMeasurement>;

/** The link of what broke while the turn ran; it explains everything after it. */
export const recordedFaults = ({ faults }: Pick<AnyTurnRecord, 'faults'>): readonly Diagnosis[] =>
  faults.map(({ code, message, facts }) => ({ code, message, facts }));

/**
 * The findings of the first link that broke, which is the cause; what follows from it is not reported. Empty when all held.
 * Pure; the findings carry the end of the turn as their time.
 */
export function firstBrokenLink<Turn extends AnyTurnRecord, Known>(
  chain: readonly Link<Turn, Known>[],
  record: Turn,
  known: Known,
): Finding[] {
  for (const link of chain) {
    const diagnoses = link(record, known);
    if (diagnoses.length > 0) {
      return diagnoses.map(({ code, message, facts }) => ({
        code,
        origin: catalogue[code].origin,
        message,
        facts,
        hostAtMs: record.endedAtHostMs,
        turnId: record.turnId,
      }));
    }
  }
  return [];
}
