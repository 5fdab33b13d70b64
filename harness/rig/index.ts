export { openAlsaRig, type AlsaRigOptions } from './alsa/open-alsa-rig';
export { listSoundCards, stableIds, type CardStreams, type SoundCard } from './alsa/sound-cards';
export type { CardRigSettings } from './card/card-audio-rig';
export { openPulseRig, type PulseRigOptions } from './pulse/open-pulse-rig';
export { pulseDevices, type PulseDevice } from './pulse/sound-server';
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
  toldRateLine,
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
