import { sourceFrames, type ElfFile, type SourceFrame } from '../elf';

/** What stands at addresses of a program, the innermost function first. Addresses that nothing is known of are missing. */
export type Symboliser = (
  addresses: readonly number[],
) => Promise<ReadonlyMap<number, readonly SourceFrame[]>>;

/** Reads symbols and debug information of an ELF in this process. */
export const elfSymboliser =
  (elf: ElfFile): Symboliser =>
  (addresses) =>
    Promise.resolve(sourceFrames(elf, addresses).frames);
