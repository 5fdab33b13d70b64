import { statePath, type BenchConfig, type BoardConfig } from '../config';
import type { AudioRig } from '../ports';
import { appliedCalibration, calibrationPath, readCalibration, type AppliedCalibration } from '../rig';

/** What reports, calibrations and errors call the rig of a board. */
export const rigNameOf = ({ name }: Pick<BoardConfig, 'name'>): string => `${name} rig`;

/** Where the calibration of a board's rig is kept: the bench file's own place, or the state folder of the user. */
export const calibrationPathOf = (config: Pick<BenchConfig, 'name'>, board: BoardConfig): string =>
  board.rig?.calibrationPath ?? calibrationPath(statePath(), config.name, rigNameOf(board));

/** Calibrations hold for 30 days unless the bench file says otherwise. */
const MAX_AGE_MS = 30 * 86_400_000;

/**
 * What the stored calibration of a rig means for a bench that has just opened it.
 * @param nowIso - Wall time.
 * @throws RigError `HIL_RIG_OTHER_CARD`, `HIL_RIG_CALIBRATION_DAMAGED`, `HIL_RIG_CALIBRATION_TOO_NEW`.
 */
export function calibrationFor(
  config: Pick<BenchConfig, 'name'>,
  board: BoardConfig,
  rig: AudioRig,
  nowIso: string,
): AppliedCalibration {
  // Nothing of a virtual rig is measured, so that no file of another day can end its run.
  if (rig.topology === 'virtual') return { warnings: [] };
  const path = calibrationPathOf(config, board);
  const maxAgeMs = board.rig?.calibrationMaxAgeMs ?? MAX_AGE_MS;
  return appliedCalibration({ rig, calibration: readCalibration(path), path, nowIso, maxAgeMs });
}
