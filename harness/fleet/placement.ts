import { priorities, type Seat, type Unit } from './work';

/** A unit that waits, first of its priority in its queue. */
export interface Waiting {
  readonly unit: Unit;
  /** When its job was submitted. */
  readonly sinceMs: number;
  /** When this attempt was put in line. */
  readonly offeredAtMs: number;
}

/** What a choice depends on beside the units. */
export interface Circumstances {
  readonly nowMs: number;
  /** Whether the unit's provider allows one more. */
  readonly allows: (unit: Unit) => boolean;
  /** Whether a board of such an isolation group is at work. */
  readonly isHeard: (isolation: string) => boolean;
}

/** A unit that no other board came for goes back to one that lost it: it may be the only one that can play it. */
export const OTHERS_FIRST_MS = 120_000;

/** Writing an image takes about as long; a unit of the image that a board runs already may pass so much older ones. */
export const FLASHING_MS = 30_000;

const rankOf = ({ unit }: Waiting): number => priorities.indexOf(unit.priority);

/**
 * The unit that a board is to play: of those that it may, the most urgent; of these the one that waits longest, but that one of the
 * board's own image passes others that are older by less than flashing takes.
 * @returns Undefined when it is to wait.
 */
export function choose(
  heads: readonly Waiting[],
  seat: Seat,
  circumstances: Circumstances,
): Waiting | undefined {
  const { nowMs, allows, isHeard } = circumstances;
  if (seat.isolation !== undefined && isHeard(seat.isolation)) return undefined;
  const isFor = ({ unit, offeredAtMs }: Waiting): boolean =>
    !unit.notOn.includes(seat.board) || nowMs - offeredAtMs >= OTHERS_FIRST_MS;
  const dueMs = ({ unit, sinceMs }: Waiting): number =>
    unit.firmwareSha256 === seat.firmwareSha256 ? sinceMs - FLASHING_MS : sinceMs;
  return heads
    .filter((head) => isFor(head) && allows(head.unit))
    .sort((a, b) => rankOf(a) - rankOf(b) || dueMs(a) - dueMs(b))[0];
}
