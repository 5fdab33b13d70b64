import { createReadStream, statSync, writeFileSync } from 'node:fs';
import {
  ADDR2LINE_PROGRAMS,
  addr2lineSymboliser,
  CrashLogReader,
  decodeCrashes,
  elfSymboliser,
  loadElf,
  type LoggedCoreDump,
} from '../../board/esp32s3';
import { ConfigError } from '../../errors';
import { renderCrash } from '../decode/render-crash';
import { exitCodes } from '../exit-codes';

export interface DecodeArguments {
  /** Standard input when undefined or `-`. */
  readonly log: string | undefined;
  readonly elf: string;
  /** Program, or `auto` for any that is installed; undefined reads the ELF in this process. */
  readonly addr2line: string | undefined;
  /** File for the last core dump of the log. */
  readonly coreDump: string | undefined;
  readonly json: boolean;
}

/** Where the log comes from when no file is named. */
export type StandardInput = AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };

/** Prints the crashes of a log with functions and lines; a log without any is no error. */
export async function decodeCommand(
  args: DecodeArguments,
  input: StandardInput = process.stdin,
): Promise<number> {
  const elf = loadElf(args.elf);
  const reader = new CrashLogReader();
  const isFile = args.log !== undefined && args.log !== '-';
  const name = isFile ? args.log : 'standard input';
  for await (const bytes of isFile ? logStream(name) : typedIn(input)) reader.push(Buffer.from(bytes));
  const { addr2line } = args;
  const symbolise =
    addr2line === undefined
      ? elfSymboliser(elf)
      : addr2lineSymboliser(elf.name, addr2line === 'auto' ? ADDR2LINE_PROGRAMS : [addr2line]);
  const crashes = await decodeCrashes(reader.end(), elf, symbolise);
  const { coreDumps } = reader;
  if (args.coreDump !== undefined) saveDump(args.coreDump, name, coreDumps.at(-1));

  if (args.json) {
    const decoded = {
      schema: 'earshot/decode@1',
      log: name,
      elf: { file: elf.name, sha256: elf.sha256 },
      crashes,
      coreDumps: coreDumps.map(({ bytes, ...dump }) => ({ ...dump, sizeBytes: bytes.length })),
    };
    process.stdout.write(`${JSON.stringify(decoded, null, 2)}\n`);
    return exitCodes.passed;
  }
  if (crashes.length === 0) process.stdout.write(`There is no crash and no backtrace in ${name}.\n`);
  else process.stdout.write(crashes.map((crash) => renderCrash(crash, elf)).join('\n'));
  for (const dump of coreDumps) process.stdout.write(`${renderDump(dump)}\n`);
  if (args.coreDump !== undefined) process.stdout.write(`Saved the last core dump as ${args.coreDump}.\n`);
  return exitCodes.passed;
}

const renderDump = ({ lineNumber, bytes, problem }: LoggedCoreDump): string =>
  `Core dump up to line ${lineNumber}: ${bytes.length} bytes${problem === undefined ? '' : `, not to be relied on: ${problem}`}`;

function saveDump(path: string, log: string, dump: LoggedCoreDump | undefined): void {
  if (dump === undefined)
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `There is no core dump in ${log}, so --core-dump has nothing to write.`,
    );
  writeFileSync(path, dump.bytes, { mode: 0o600 });
}

function logStream(path: string): AsyncIterable<Uint8Array> {
  try {
    if (!statSync(path).isDirectory()) return createReadStream(path);
  } catch (cause) {
    throw new ConfigError('HIL_CONFIG_FILE_MISSING', `The log ${path} cannot be read.`, { path }, { cause });
  }
  throw new ConfigError('HIL_CONFIG_FILE_MISSING', `${path} is a folder; name the log in it.`, { path });
}

function typedIn(input: StandardInput): AsyncIterable<Uint8Array> {
  if (input.isTTY !== true) return input;
  throw new ConfigError('HIL_CONFIG_USAGE', 'There is no log: name a file, or pipe one into standard input.');
}
