export { ADDR2LINE_PROGRAMS, addr2lineSymboliser } from './addr2line';
export { CrashLineReader, type CrashListener } from './crash-line-reader';
export { CrashLogReader } from './crash-log-reader';
export { CoreDumpReader, type CoreDump } from './core-dump';
export { crashSignature, type CrashSignature } from './crash-signature';
export {
  decodeCrashes,
  type DecodedBacktrace,
  type DecodedCrash,
  type DecodedFrame,
  type ElfCheck,
} from './decode-crashes';
export { loadElf } from './load-elf';
export { loggedCrash, type LoggedBacktrace, type LoggedCoreDump, type LoggedCrash } from './logged-crash';
export { WarningReader, type Warning } from './warning-reader';
export { elfSymboliser, type Symboliser } from './symboliser';
export { elfInWorker, elfThroughAddr2line, type ElfFinding, type ElfLookup } from './elf-lookup';
export { elfBeside, elfOfBoard, type NamedBuild } from './find-elf';
export { triageCrash, type TriagedCrash } from './triage-crash';
export { CrashWatch, type CrashPlace, type CrashWatchOptions } from './crash-watch';
