export { openVirtualRig } from './virtual/open-virtual-rig';
export type { AcousticPath, AcousticPaths, Room, VirtualRigOptions, WorldOptions } from './virtual/options';
export {
  appliedCalibration,
  calibrateRig,
  calibrationPath,
  cardOf,
  checkLevels,
  LOUDEST_LEVEL_DB_FS,
  readCalibration,
  rigFaults,
  SAFE_LEVEL_DB_FS,
  storeCalibration,
  withRoundTrip,
  type AppliedCalibration,
  type CalibrateRigOptions,
  type LevelCheck,
  type RigCalibration,
  type RigCheckLine,
  type RigFault,
  type RigMeasurement,
  type UsedCalibration,
} from './calibration';
