import { execFile } from 'node:child_process';
import { posix } from 'node:path';
import { ConfigError } from '../../../errors';
import type { SourceFrame } from '../elf';
import type { Symboliser } from './symboliser';

/** Names that Espressif's toolchains (before and since ESP-IDF 5.1) and LLVM give the tool. */
export const ADDR2LINE_PROGRAMS = [
  'xtensa-esp32s3-elf-addr2line',
  'xtensa-esp-elf-addr2line',
  'llvm-addr2line',
] as const;

const TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
/** How many addresses go into one call: far below what a command line takes. */
const PER_CALL = 500;

/**
 * Asks an installed addr2line, of binutils or LLVM.
 * @param programs - Names or paths; the first that is installed is asked.
 * @throws ConfigError `HIL_DECODE_TOOL` when none of them is there, or the one that is fails.
 */
export const addr2lineSymboliser =
  (elfPath: string, programs: readonly string[] = ADDR2LINE_PROGRAMS): Symboliser =>
  async (addresses) => {
    const found = new Map<number, readonly SourceFrame[]>();
    let candidates = programs;
    for (let from = 0; from < addresses.length; from += PER_CALL) {
      const part = addresses.slice(from, from + PER_CALL);
      const { program, output } = await askFirst(candidates, elfPath, part);
      candidates = [program];
      for (const [address, frames] of parseAddr2line(output)) found.set(address, frames);
    }
    return found;
  };

async function askFirst(
  programs: readonly string[],
  elfPath: string,
  addresses: readonly number[],
): Promise<{ readonly program: string; readonly output: string }> {
  for (const program of programs) {
    const output = await ask(program, elfPath, addresses);
    if (output !== undefined) return { program, output };
  }
  throw new ConfigError('HIL_DECODE_TOOL', `There is no ${programs.join(', no ')} on this machine.`, {
    programs,
  });
}

/** What a program prints; undefined when it is not installed. */
function ask(program: string, elfPath: string, addresses: readonly number[]): Promise<string | undefined> {
  const args = ['-f', '-i', '-a', '-C', '-e', elfPath, ...addresses.map((one) => `0x${one.toString(16)}`)];
  const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, encoding: 'utf8' } as const;
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') resolve(undefined);
      else {
        const why =
          error.killed === true
            ? `took more than ${TIMEOUT_MS} ms`
            : `ended with ${error.code ?? 'a signal'}`;
        reject(
          new ConfigError(
            'HIL_DECODE_TOOL',
            `${program} ${why} on ${elfPath}.`,
            { program, elfPath, stderr: stderr.slice(-500) },
            { cause: error },
          ),
        );
      }
    });
  });
}

const UNKNOWN = '??';

/**
 * Reads what `addr2line -f -i -a` prints: an address, then two lines for each frame, function and `file:line`. All frames but
 * the last of an address are inlined into the one that follows.
 */
export function parseAddr2line(output: string): ReadonlyMap<number, readonly SourceFrame[]> {
  const found = new Map<number, SourceFrame[]>();
  let frames: SourceFrame[] = [];
  let name: string | undefined;
  for (const line of output.split('\n').map((one) => one.trimEnd())) {
    if (/^0x[0-9a-f]+$/i.test(line)) {
      frames = [];
      found.set(Number(line), frames);
      name = undefined;
    } else if (name === undefined) {
      if (line !== '') name = line;
    } else {
      const previous = frames.at(-1);
      if (previous !== undefined) frames[frames.length - 1] = { ...previous, isInlined: true };
      frames.push({ function: name === UNKNOWN ? undefined : name, ...placeOf(line), isInlined: false });
      name = undefined;
    }
  }
  for (const [address, [only]] of found)
    if (only?.function === undefined && only?.file === undefined) found.delete(address);
  return found;
}

/** `file:line`, where either may be `??`, LLVM's line may be 0, and binutils adds a discriminator. */
function placeOf(text: string): Pick<SourceFrame, 'file' | 'line'> {
  const [, path = UNKNOWN, digits = '0'] = /^(.*):(\d+|\?)(?: \(discriminator \d+\))?$/.exec(text) ?? [];
  const line = Number(digits);
  return {
    file: path === UNKNOWN ? undefined : posix.normalize(path),
    line: path === UNKNOWN || !(line > 0) ? undefined : line,
  };
}
