export {
  appliedCalibration,
  cardOf,
  type AppliedCalibration,
  type UsedCalibration,
} from './applied-calibration';
export { calibrateRig, type CalibrateRigOptions } from './calibrate-rig';
export { calibrationPath, readCalibration, storeCalibration } from './calibration-file';
export {
  checkLevels,
  LOUDEST_LEVEL_DB_FS,
  SAFE_LEVEL_DB_FS,
  type CheckLevelsOptions,
  type LevelCheck,
} from './check-levels';
export {
  CALIBRATION_SCHEMA,
  type CalibratedCard,
  type CalibratedChannel,
  type RigCalibration,
  type RigMeasurement,
} from './rig-calibration';
export { rigFaults, type RigCheckLine, type RigFault } from './rig-check';
export { toldRateLine } from './told-rate';
export { withRoundTrip } from './with-round-trip';
