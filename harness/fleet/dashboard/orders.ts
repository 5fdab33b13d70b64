import { z } from 'zod';
import { isHilError } from '../../errors';
import { isMergedBy } from '../needs-for';
import { mergeAgain, playAgain, type NothingAgain } from '../play-again';
import { orderKinds } from '../roll';
import type { FleetSources } from './fleet-state';

const name = z.string().min(1).max(200);

/** What a person may ask for, as it comes. */
export const fleetOrder = z.discriminatedUnion('order', [
  z.strictObject({
    order: z.enum(orderKinds),
    bench: name,
    board: name.optional(),
    reason: z.string().max(500).optional(),
  }),
  z.strictObject({ order: z.enum(['cancel', 'retry']), job: name }),
]);
export type FleetOrder = z.infer<typeof fleetOrder>;

/** What came of an order. */
export type Ordered =
  | { readonly ok: true; readonly order: FleetOrder['order']; readonly what: string; readonly jobId?: string }
  | {
      readonly ok: false;
      /** `not-allowed`: Redis lets the dashboard's user look alone. */
      readonly why: 'unknown-bench' | 'unknown-job' | 'not-allowed' | NothingAgain;
      readonly what: string;
    };

/** Does what was ordered; the token was looked at before. */
export async function carryOut(ordered: FleetOrder, sources: FleetSources): Promise<Ordered> {
  try {
    return await done(ordered, sources);
  } catch (error) {
    if (isHilError(error) && error.code === 'HIL_FLEET_QUEUE_REFUSED')
      return { ok: false, why: 'not-allowed', what: 'job' in ordered ? ordered.job : ordered.bench };
    throw error;
  }
}

async function done(ordered: FleetOrder, { queue, roll }: FleetSources): Promise<Ordered> {
  if ('job' in ordered) {
    const { job: what, order } = ordered;
    const record = await queue.job(what);
    if (record === undefined) return { ok: false, why: 'unknown-job', what };
    if (order === 'cancel') {
      await queue.cancel(what);
      return { ok: true, order, what };
    }
    const again = playAgain(record);
    if (typeof again === 'string') return { ok: false, why: again, what };
    // Nobody waits for it.
    const merge = isMergedBy(await roll.benches()) ? [mergeAgain(record)] : [];
    const jobId = await queue.submit({ ...again, pieces: [...again.pieces, ...merge] });
    return { ok: true, order, what, jobId };
  }
  const { order: kind, bench, board, reason } = ordered;
  const what = board === undefined ? bench : `${bench}/${board}`;
  const known = (await roll.benches()).find((one) => one.bench === bench);
  const isKnown = board === undefined || known?.boards.some((one) => one.name === board) === true;
  if (known === undefined || !isKnown) return { ok: false, why: 'unknown-bench', what };
  const further = { ...(board === undefined ? {} : { board }), ...(reason === undefined ? {} : { reason }) };
  await roll.order({ kind, bench, ...further });
  return { ok: true, order: kind, what };
}
