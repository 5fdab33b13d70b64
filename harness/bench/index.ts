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
