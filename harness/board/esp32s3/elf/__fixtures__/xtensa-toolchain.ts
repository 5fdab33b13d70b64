import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TOOL = 'xtensa-lx106-elf-';

/** Whether Debian's gcc-xtensa-lx106 is here: the Xtensa code and DWARF of another chip, in the format of the ESP32-S3's. */
export const hasXtensaToolchain = spawnSync(`${TOOL}gcc`, ['--version']).error === undefined;

/** What to do about a skip. */
export const withoutToolchain = 'skipped without the Debian package gcc-xtensa-lx106';

export interface BuiltElf {
  readonly path: string;
  readonly bytes: Buffer;
}

const folders: string[] = [];

/** Compiles and links the sources beside this file into a folder of its own. @param flags - For compiler and linker. */
export function buildElf(flags: readonly string[], tool: 'gcc' | 'g++' = 'gcc'): BuiltElf {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-elf-'));
  folders.push(folder);
  const path = join(folder, 'firmware.elf');
  const sources = ['firmware.c', 'lamp.cc', 'start.S'];
  const link = [
    '-nostdlib',
    '-Wl,--gc-sections',
    '-Wl,-Ttext=0x42000020',
    '-Wl,--defsym=ets_printf=0x400005d0',
    '-o',
    path,
  ];
  const common = ['-fno-exceptions', '-fno-rtti', '-fno-threadsafe-statics', '-w'];
  execFileSync(`${TOOL}${tool}`, [...flags, ...common, ...sources, ...link], {
    cwd: __dirname,
    stdio: 'pipe',
  });
  return { path, bytes: readFileSync(path) };
}

/** Removes what was built. */
export function removeBuilds(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

/** Where the instructions of functions begin, by the disassembler; literals and padding between functions are left out. */
export function instructionsOf(path: string): readonly number[] {
  const text = execFileSync(`${TOOL}objdump`, ['-d', path], { encoding: 'utf8' });
  const found: number[] = [];
  let isFunction = false;
  for (const line of text.split('\n')) {
    const [, symbol] = /^[0-9a-f]{8} <(.+)>:$/.exec(line) ?? [];
    if (symbol !== undefined) isFunction = !/[-+]0x/.test(symbol);
    const [, address, operation] = /^([0-9a-f]{8}):\t[0-9a-f]+\s+(\S+)/.exec(line) ?? [];
    if (address !== undefined && isFunction && operation !== 'ill') found.push(parseInt(address, 16));
    if (operation === 'ret' || operation === 'ret.n') isFunction = false;
  }
  return found;
}

export interface ToolFrame {
  readonly function: string;
  /** `file:line`. */
  readonly place: string;
}

/** What the addr2line of the same binutils says of addresses, the innermost frame first. */
export function addr2line(
  path: string,
  addresses: readonly number[],
  tool = `${TOOL}addr2line`,
): ReadonlyMap<number, readonly ToolFrame[]> {
  const input = addresses.map((address) => address.toString(16)).join('\n');
  const text = execFileSync(tool, ['-f', '-i', '-a', '-C', '-e', path], {
    input,
    encoding: 'utf8',
    stdio: 'pipe',
  });
  const found = new Map<number, ToolFrame[]>();
  let frames: ToolFrame[] = [];
  const lines = text.trimEnd().split('\n');
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    if (line.startsWith('0x')) {
      frames = [];
      found.set(parseInt(line, 16), frames);
      at += 1;
    } else {
      frames.push({ function: line, place: (lines[at + 1] ?? '').replace(/ \(discriminator \d+\)$/, '') });
      at += 2;
    }
  }
  return found;
}
