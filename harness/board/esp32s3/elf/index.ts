export { readElf, type ElfFile, type FunctionSymbol } from './elf-file';
export { sourceFrames, type SourceFrame, type SourceFrames } from './source-frames';
