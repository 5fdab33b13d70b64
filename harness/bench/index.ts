export { checkAtOnce, unlikeIn } from './at-once';
export { benchOfBoard, chosenBoard, describeDialect, type BenchParts, type Holder } from './bench-parts';
export {
  describeHolder,
  inWords,
  leaseKeyOf,
  readLeases,
  releaseLease,
  takeLease,
  type Lease,
  type LeaseState,
} from './lease';
export { fittingProtocols } from './fitting-protocol';
export { openDoors } from './open-doors';
export { openBench, virtualFaults, type OpenBench, type SoundBench, type VirtualFault } from './open-bench';
export {
  allChecks,
  checkGroups,
  chosenChecks,
  examineBench,
  hasPlayed,
  preflight,
  preflightFailure,
  type Check,
  type CheckReport,
  type ExamineOptions,
} from './preflight';
export { certificateIn } from './provider-settings';
export { openCardRig } from './open-rig';
export { boardWithRig, openRigAlone, type LoneRig } from './open-rig-alone';
export { calibrationPathOf } from './rig-calibration';
export {
  boardsInQuarantine,
  liftQuarantine,
  putInQuarantine,
  quarantinePath,
  type QuarantinedBoard,
} from './quarantine';
