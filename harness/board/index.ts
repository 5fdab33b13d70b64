export {
  EchoCheck,
  garbledBytes,
  parseLogLine,
  type LogLine,
  RecordedConsole,
  type RecordedConsoleOptions,
} from './console';
export { dialectByName, dialectNames, loadDialects, onBoard, wrongDialect, type Dialect } from './dialect';
export {
  ADDR2LINE_PROGRAMS,
  CrashWatch,
  elfInWorker,
  elfOfBoard,
  elfThroughAddr2line,
  imageUnderTest,
  type CoreDump,
  type CrashPlace,
  type ElfLookup,
  type ImageUnderTest,
  type PanicFacts,
  type TriagedCrash,
} from './esp32s3';
export {
  flashBoard,
  flashByEsptool,
  loadFlashPlan,
  type FlashPlan,
  type FlashProgress,
  type FlashResult,
  type UsbIds,
  type WifiCredentials,
} from './flash';
export { openSerialBoard, type SerialBoardOptions } from './open-serial-board';
export { openPower } from './power';
export {
  describeAttempt,
  resetUntilSeen,
  SIGN_WITHIN_MS,
  stepsOfPort,
  type ResetAttempt,
  type ResetStep,
} from './reset';
export {
  describePort,
  findPort,
  listSerialPorts,
  lockHolder,
  modemResetLine,
  openReattaching,
  openSerialPort,
  portHolder,
  portKind,
  type PortGap,
  type ResetLine,
  type SerialPortDescription,
  type SerialPortOptions,
  type SerialTransport,
} from './serial';
export { isUntaken } from './untaken';
export {
  startVirtualBoardProcess,
  type ChildExit,
  type Endpoint,
  type VirtualBoardControl,
  type VirtualBoardProcess,
  type VirtualBoardProcessOptions,
  type VirtualBoardState,
} from './virtual';
