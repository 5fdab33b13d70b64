export { bootLogReader } from './boot-log';
export type { PanicFacts } from './panic-block';
export { PANIC_SILENCE_MS, PanicReader, WATCHDOG_WARNING } from './panic-reader';
export { heapOfMarker, systemStateReader } from './system-state';
export { readWifiState } from './wifi-state';
export {
  compareFirmware,
  imageUnderTest,
  loadFirmware,
  printedElfSha,
  readFirmwareImage,
  type FirmwareImage,
  type FirmwareMatch,
  type ImageUnderTest,
  wrongFirmware,
} from './image';
export {
  ADDR2LINE_PROGRAMS,
  addr2lineSymboliser,
  CrashLineReader,
  CrashLogReader,
  CrashWatch,
  crashSignature,
  decodeCrashes,
  elfInWorker,
  elfOfBoard,
  elfSymboliser,
  elfThroughAddr2line,
  loadElf,
  triageCrash,
  type CoreDump,
  type CrashPlace,
  type CrashSignature,
  type DecodedBacktrace,
  type DecodedCrash,
  type DecodedFrame,
  type ElfLookup,
  type LoggedCoreDump,
  type LoggedCrash,
  type TriagedCrash,
} from './triage';
