import { ConfigError } from '../../../errors';
import type { ElfFile, SourceFrame } from '../elf';
import { hex32 } from '../hex';
import { isCode, memoryRegion, type MemoryRegion } from '../memory-map';
import { crashSignature, type CrashSignature } from './crash-signature';
import type { LoggedBacktrace, LoggedCrash } from './logged-crash';
import type { Symboliser } from './symboliser';

/** A frame with what the ELF says of it. */
export interface DecodedFrame {
  /** As printed: already that of the call, three bytes before the return address (device.md section 3.4). */
  readonly pc: string;
  /** Undefined for a frame that was taken from registers. */
  readonly sp: string | undefined;
  /** Where the code lies; undefined for an address that holds none: the first was jumped to, others are of a broken stack. */
  readonly memory: MemoryRegion | undefined;
  /** The innermost first: all but the last are inlined. Empty where the ELF knows nothing, as in most of the ROM. */
  readonly sources: readonly SourceFrame[];
}

export interface DecodedBacktrace {
  readonly core?: number;
  /** `registers`: no backtrace was printed, so these are where it stood and who called it. */
  readonly from: 'backtrace' | 'registers';
  readonly frames: readonly DecodedFrame[];
  readonly end?: 'corrupted' | 'continues';
}

/** How sure it is that the ELF belongs to the crash: `unverified` when neither crash nor boot printed a hash, `none` without an ELF. */
export type ElfCheck = 'match' | 'unverified' | 'other-build' | 'none';

export interface DecodedCrash extends Omit<LoggedCrash, 'backtraces'> {
  readonly elfCheck: ElfCheck;
  /** Without sources when the ELF is of another build. */
  readonly backtraces: readonly DecodedBacktrace[];
  readonly signature: CrashSignature;
}

interface Place {
  readonly pc: string;
  readonly sp: string | undefined;
  /** What is looked up. */
  readonly address: number;
}

/**
 * Crashes with functions, files and lines.
 * @param elf - Its hash is compared with what each crash printed, or the boot before it.
 * @throws ConfigError `HIL_ELF_OTHER_BUILD` when every crash belongs to another build; else those are left undecoded.
 */
export async function decodeCrashes(
  crashes: readonly LoggedCrash[],
  elf: ElfFile,
  symbolise: Symboliser,
): Promise<readonly DecodedCrash[]> {
  const checked = crashes.map((crash) => ({ crash, elfCheck: checkElf(elf, crash) }));
  const others = checked.filter(({ elfCheck }) => elfCheck === 'other-build');
  if (others.length > 0 && others.length === checked.length) throw otherBuild(elf, others[0]?.crash);

  const placed = checked.map(({ crash, elfCheck }) => ({ crash, elfCheck, ...placedCrash(crash) }));
  const addresses = placed.flatMap((one) => (one.elfCheck === 'other-build' ? [] : one.addresses));
  const found = await symbolise([...new Set(addresses)]);
  return placed.map(({ elfCheck, decode }) => decode(elfCheck, found));
}

/** A crash whose places are known and not yet named. */
export interface PlacedCrash {
  /** What an ELF is to be asked for; addresses that hold no code are left out. */
  readonly addresses: readonly number[];
  /** The crash with what was found there; nothing is taken from the ELF of another build. */
  readonly decode: (elfCheck: ElfCheck, found: ReadonlyMap<number, readonly SourceFrame[]>) => DecodedCrash;
}

/** Looks up nothing: says what there is to look up. */
export function placedCrash(crash: LoggedCrash): PlacedCrash {
  const backtraces = crash.backtraces.map((backtrace, index) => ({
    backtrace,
    ...placesOf(backtrace, index === 0 ? crash.pc : undefined),
  }));
  const addresses = backtraces.flatMap(({ places }) => places.map(({ address }) => address));
  return {
    addresses: addresses.filter(isCode),
    decode: (elfCheck, found) => {
      const isOfCrash = elfCheck === 'match' || elfCheck === 'unverified';
      const decoded = backtraces.map(({ backtrace, from, places }): DecodedBacktrace => {
        const { core, end } = backtrace;
        return {
          ...(core === undefined ? {} : { core }),
          from,
          frames: places.map(({ pc, sp, address }) => ({
            pc,
            sp,
            memory: isCode(address) ? memoryRegion(address) : undefined,
            sources: isOfCrash ? (found.get(address) ?? []) : [],
          })),
          ...(end === undefined ? {} : { end }),
        };
      });
      return { ...crash, elfCheck, backtraces: decoded, signature: signatureOf(crash, decoded[0]) };
    },
  };
}

function signatureOf(crash: LoggedCrash, crashed: DecodedBacktrace | undefined): CrashSignature {
  const printed = crashed?.frames ?? [];
  // A jump to where no code is: the stack is whole, and whoever jumped is the one to look at.
  const frames = printed[0]?.memory === undefined ? printed.slice(1) : printed;
  const firstGarbage = frames.findIndex(({ memory }) => memory === undefined);
  const trusted = firstGarbage === -1 ? frames : frames.slice(0, firstGarbage);
  const reason =
    crash.task !== undefined && /overflow|watchdog/.test(crash.reason)
      ? `${crash.reason} of ${crash.task}`
      : crash.reason;
  return crashSignature(
    reason,
    trusted.flatMap(({ sources }) => sources),
    trusted.map(({ pc }) => pc),
    crash.elfSha256Prefix,
  );
}

/** Compares an ELF with what a crash printed of its own. */
export function checkElf(
  { sha256 }: Pick<ElfFile, 'sha256'>,
  { elfSha256Prefix }: LoggedCrash,
): Exclude<ElfCheck, 'none'> {
  if (elfSha256Prefix === undefined) return 'unverified';
  return sha256.startsWith(elfSha256Prefix) ? 'match' : 'other-build';
}

function otherBuild(elf: ElfFile, crash: LoggedCrash | undefined): ConfigError {
  const printed = crash?.elfSha256Prefix ?? '';
  return new ConfigError(
    'HIL_ELF_OTHER_BUILD',
    `${elf.name} is not the ELF of the firmware that crashed: its SHA-256 begins with ${elf.sha256.slice(0, printed.length)}, the crash in line ${crash?.lineNumber ?? 0} printed ${printed}.`,
    { file: elf.name, sha256: elf.sha256, printed },
  );
}

const PC_OF_CALL_BYTES = 3;

/**
 * Places to look up. The first printed PC is that of the crash less three, as if it were a call; where the registers
 * were printed, the exact one is taken, since three bytes before may be another line or another function.
 */
function placesOf(
  { frames, registers }: LoggedBacktrace,
  printedPc: string | undefined,
): Pick<DecodedBacktrace, 'from'> & { readonly places: readonly Place[] } {
  const exact = registers['PC'] ?? printedPc;
  if (frames.length > 0)
    return {
      from: 'backtrace',
      places: frames.map((frame, index) => {
        const [pc = frame, sp] = frame.split(':');
        const isOfRegisters = index === 0 && Number(pc) === Number(exact) - PC_OF_CALL_BYTES;
        return { pc, sp, address: Number(isOfRegisters ? exact : pc) };
      }),
    };
  const caller = registers['A0'] === undefined ? 0 : callOf(Number(registers['A0']));
  return {
    from: 'registers',
    places: [
      ...(exact === undefined ? [] : [{ pc: exact, sp: undefined, address: Number(exact) }]),
      ...(isCode(caller) ? [{ pc: hex32(caller), sp: undefined, address: caller }] : []),
    ],
  };
}

/** The call that a return address of windowed code belongs to: bits 30 and 31 hold the size of the window. */
const callOf = (returnAddress: number): number =>
  (((returnAddress & 0x3fffffff) | 0x40000000) >>> 0) - PC_OF_CALL_BYTES;
