import type { OpenBench } from '../bench';
import type { AnyTurnRecord, TurnRecord } from '../ports';

/** A turn whose crash carries what triage knows of it, so that record, finding and verdict say the same. */
export async function withTriage<
  Turn extends Pick<AnyTurnRecord, 'faults'> & Pick<TurnRecord, 'orderedCrash'>,
>(crashes: Pick<OpenBench['crashes'], 'triaged'>, record: Turn): Promise<Turn> {
  const { orderedCrash } = record;
  if (record.faults.length === 0 && orderedCrash?.crash === undefined) return record;
  const faults = await Promise.all(record.faults.map((fault) => crashes.triaged(fault)));
  if (orderedCrash?.crash === undefined) return Object.freeze({ ...record, faults });
  const crash = await crashes.triaged(orderedCrash.crash);
  return Object.freeze({ ...record, faults, orderedCrash: { ...orderedCrash, crash } });
}
