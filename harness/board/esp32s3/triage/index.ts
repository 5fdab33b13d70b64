export { ADDR2LINE_PROGRAMS, addr2lineSymboliser } from './addr2line';
export { crashSignature, type CrashSignature } from './crash-signature';
export {
  decodeCrashes,
  type DecodedBacktrace,
  type DecodedCrash,
  type DecodedFrame,
  type ElfCheck,
} from './decode-crashes';
export { loadElf } from './load-elf';
export { CrashLogReader, type LoggedBacktrace, type LoggedCoreDump, type LoggedCrash } from './logged-crash';
export { elfSymboliser, type Symboliser } from './symboliser';
