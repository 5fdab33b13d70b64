import type { OpenBench } from '../bench';
import type { AnyTurnRecord } from '../ports';

/** A turn whose crash carries what triage knows of it, so that record, finding and verdict say the same. */
export async function withTriage<Turn extends Pick<AnyTurnRecord, 'faults'>>(
  crashes: Pick<OpenBench['crashes'], 'triaged'>,
  record: Turn,
): Promise<Turn> {
  if (record.faults.length === 0) return record;
  const faults = await Promise.all(record.faults.map((fault) => crashes.triaged(fault)));
  return Object.freeze({ ...record, faults });
}
