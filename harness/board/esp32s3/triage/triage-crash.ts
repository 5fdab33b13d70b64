import { toWireError } from '../../../errors';
import { checkElf, placedCrash, type DecodedCrash } from './decode-crashes';
import type { ElfLookup } from './elf-lookup';
import type { LoggedCrash } from './logged-crash';

/** A crash with all that is known of it. */
export interface TriagedCrash extends DecodedCrash {
  /** The ELF that was asked; absent when there was none. */
  readonly elf?: { readonly file: string; readonly sha256: string };
  /** Why frames are addresses, or not to be relied on; absent when the ELF is that of the crash. */
  readonly note?: string;
}

/**
 * Looks a crash up in the ELF of its firmware. Never fails: a crash without an ELF, with that of another build or with one that
 * cannot be read stays what the board printed, and `note` says why.
 */
export async function triageCrash(crash: LoggedCrash, elf: ElfLookup | undefined): Promise<TriagedCrash> {
  const { addresses, decode } = placedCrash(crash);
  const undecoded = (note: string): TriagedCrash => ({ ...decode('none', new Map()), note });
  if (elf === undefined) return undecoded('Frames are addresses, since no ELF of the firmware is known.');
  try {
    const { sha256, frames } = await elf.ask([...new Set(addresses)]);
    const elfCheck = checkElf({ sha256 }, crash);
    const decoded = { ...decode(elfCheck, frames), elf: { file: elf.path, sha256 } };
    if (elfCheck === 'match') return decoded;
    const { elfSha256Prefix: printed = '' } = crash;
    const note =
      elfCheck === 'unverified'
        ? `The board printed no SHA-256 of its ELF; ${elf.path} is taken on trust.`
        : `Frames are addresses: ${elf.path} is not the ELF of the firmware that crashed; its SHA-256 begins with ${sha256.slice(0, printed.length)}, the board printed ${printed}.`;
    return { ...decoded, note };
  } catch (cause) {
    return undecoded(`Frames are addresses: ${toWireError(cause).message}`);
  }
}
