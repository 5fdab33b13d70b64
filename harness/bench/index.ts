export {
  describeDialect,
  chosenBoard,
  openBench,
  virtualFaults,
  type OpenBench,
  type SoundBench,
  type VirtualFault,
} from './open-bench';
export { certificateIn } from './provider-settings';
export { boardWithRig, openRigAlone, type LoneRig } from './open-rig-alone';
export { calibrationPathOf } from './rig-calibration';
