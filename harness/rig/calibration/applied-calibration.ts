import { RigError } from '../../errors';
import type { AudioRig } from '../../ports';
import type { CalibratedCard, RigCalibration } from './rig-calibration';

/** What of an open rig decides whether a calibration is its own. */
export type CalibratableRig = Pick<AudioRig, 'name' | 'rateHz' | 'topology' | 'card'>;

/** A card that does not tell what it is goes by the name of its rig. */
export const cardOf = ({ name, card }: Pick<CalibratableRig, 'name' | 'card'>): CalibratedCard =>
  card === undefined
    ? { kind: 'unknown', name, stableId: name }
    : { kind: card.kind, name: card.name, stableId: card.stableId };

/** Which calibration a run went by, as its manifest names it. */
export interface UsedCalibration {
  readonly path: string;
  readonly measuredAt: string;
  readonly card: CalibratedCard;
  readonly roundTrip?: { readonly ms: number; readonly uncertaintyMs: number };
}

/** What a calibration means for a run. */
export interface AppliedCalibration {
  /** Absent: the rig has none, or needs none. */
  readonly used?: UsedCalibration;
  /** One sentence each, with what to do. */
  readonly warnings: readonly string[];
}

const DAY_MS = 86_400_000;

const days = (ms: number): string => {
  const count = Math.floor(ms / DAY_MS);
  return `${count} ${count === 1 ? 'day' : 'days'}`;
};

/**
 * Whether the calibration of a rig holds for the card that is open now. A virtual rig needs none: it has neither converters
 * nor buffers.
 * @param calibration - As stored at `path`; undefined: there is none.
 * @param nowIso - Wall time, as `measuredAt` is.
 * @throws RigError `HIL_RIG_OTHER_CARD` when it was made with another card: its round trip and levels are not this one's.
 */
export function appliedCalibration({
  rig,
  calibration,
  path,
  nowIso,
  maxAgeMs,
}: {
  readonly rig: CalibratableRig;
  readonly calibration: RigCalibration | undefined;
  readonly path: string;
  readonly nowIso: string;
  readonly maxAgeMs: number;
}): AppliedCalibration {
  if (rig.topology === 'virtual') return { warnings: [] };
  if (calibration === undefined) {
    // Only where nothing hears the prompt is its place reckoned from the round trip.
    const isNeeded = rig.topology === 'timestamps';
    const missing = `${rig.name} was never calibrated, and nothing in it hears the prompt: its place is known to ± 29 ms only. Run earshot calibrate.`;
    return { warnings: isNeeded ? [missing] : [] };
  }
  const card = cardOf(rig);
  if (calibration.card.stableId !== card.stableId) {
    throw new RigError(
      'HIL_RIG_OTHER_CARD',
      `${rig.name} is ${card.name} (${card.stableId}), but its calibration of ${calibration.measuredAt} was made with ${calibration.card.name} (${calibration.card.stableId}).`,
      { rig: rig.name, path, card, calibrated: calibration.card },
    );
  }
  const { measuredAt, roundTrip } = calibration;
  if (calibration.rateHz !== rig.rateHz) {
    const other = `The calibration of ${rig.name} was made at ${calibration.rateHz} Hz and the rig is open at ${rig.rateHz} Hz: it is not used. Run earshot calibrate again.`;
    return { warnings: [other] };
  }
  const ageMs = Date.parse(nowIso) - Date.parse(measuredAt);
  const stale = `The calibration of ${rig.name} is ${days(ageMs)} old, more than ${days(maxAgeMs)}. Run earshot calibrate again.`;
  return {
    used: {
      path,
      measuredAt,
      card: calibration.card,
      ...(roundTrip === undefined
        ? {}
        : { roundTrip: { ms: roundTrip.ms, uncertaintyMs: roundTrip.uncertaintyMs } }),
    },
    warnings: ageMs > maxAgeMs ? [stale] : [],
  };
}
