import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isHilError } from '../../../errors';
import { seededUniform } from '../../../units';
import { readElf, sourceFrames, type ElfFile, type SourceFrame } from '.';
import {
  addr2line,
  buildElf,
  hasXtensaToolchain,
  instructionsOf,
  removeBuilds,
  withoutToolchain,
  type ToolFrame,
} from './__fixtures__/xtensa-toolchain';

const sources = `${__dirname}/__fixtures__`;
/** Each with another version of DWARF, and ranges in other places. */
const builds = [
  ['-gdwarf-5', '-O2'],
  ['-gdwarf-4', '-Os', '-ffunction-sections'],
  ['-gdwarf-3', '-Og'],
  ['-gdwarf-2', '-O0'],
  ['-gdwarf-5', '-O1', '-gz', '-ffunction-sections'],
] as const;

const elfOf = (bytes: Buffer, name = 'firmware.elf'): ElfFile => readElf({ name, bytes });
const ours = (frames: readonly SourceFrame[] = []): readonly ToolFrame[] =>
  frames.map((frame) => ({
    function: frame.function ?? '??',
    place: `${frame.file ?? '??'}:${frame.line ?? '?'}`,
  }));
/** Tools print a C++ function with the types that it takes. */
const withoutTypes = (frames: readonly ToolFrame[] = []): readonly ToolFrame[] =>
  frames.map((frame) => ({ ...frame, function: frame.function.replace(/\([^()]*\)( const)?$/, '') }));

const withToolchain = hasXtensaToolchain ? describe : describe.skip;

withToolchain(`an ELF of real Xtensa code (${withoutToolchain})`, () => {
  afterAll(removeBuilds);

  it.each(builds.map((flags) => [flags.join(' '), flags] as const))(
    'built with %s: every instruction has the functions and lines that binutils gives it',
    (_, flags) => {
      const built = buildElf(flags);
      const addresses = instructionsOf(built.path);
      expect(addresses.length).toBeGreaterThan(100);
      const { frames, unreadableUnits } = sourceFrames(elfOf(built.bytes), addresses);
      const theirs = addr2line(built.path, addresses);
      const told = addresses.map((address) => ({ address, frames: ours(frames.get(address)) }));
      expect(told).toEqual(
        addresses.map((address) => ({ address, frames: withoutTypes(theirs.get(address)) })),
      );
      expect(unreadableUnits).toBe(0);
    },
  );

  const withLlvm = spawnSync('llvm-addr2line', ['--version']).error === undefined ? it : it.skip;

  withLlvm('gives every byte of a function what llvm-addr2line gives it (skipped without it)', () => {
    const built = buildElf(builds[0]);
    const elf = elfOf(built.bytes);
    const addresses = elf.functions.flatMap(({ address, end }) =>
      Array.from({ length: end - address }, (_, n) => address + n),
    );
    const { frames } = sourceFrames(elf, addresses);
    const theirs = addr2line(built.path, addresses, 'llvm-addr2line');
    for (const address of addresses)
      expect(ours(frames.get(address))).toEqual(withoutTypes(theirs.get(address)));
  });

  it('unfolds what was inlined, innermost first, with the lines of the calls', () => {
    const built = buildElf(builds[0]);
    const elf = elfOf(built.bytes);
    const { frames } = sourceFrames(elf, instructionsOf(built.path));
    const deepest = [...frames.values()].find((chain) => chain[0]?.line === 7 && chain[1]?.line === 12);
    expect(deepest).toEqual([
      { function: 'poke', file: `${sources}/firmware.c`, line: 7, isInlined: true },
      { function: 'poke_twice', file: `${sources}/firmware.c`, line: 12, isInlined: true },
      { function: 'write_reply', file: `${sources}/firmware.c`, line: 19, isInlined: false },
    ]);
  });

  it('knows names in other units, where link-time optimisation puts them', () => {
    const built = buildElf(['-gdwarf-5', '-O3', '-flto']);
    const { frames } = sourceFrames(elfOf(built.bytes), instructionsOf(built.path));
    const named = new Set([...frames.values()].flatMap((chain) => chain.map((frame) => frame.function)));
    for (const name of ['poke', 'poke_twice', 'write_reply', 'board::Lamp::set', 'clamp_volume'])
      expect(named).toContain(name);
    expect(named).not.toContain(undefined);
  });

  it('names functions without debug information, the assembler’s and those of the ROM', () => {
    const built = buildElf(['-O2', '-g0']);
    const elf = elfOf(built.bytes);
    const address = (name: string): number => elf.functions.find((one) => one.name === name)!.address;
    const [inside, vector, rom] = [address('play_task') + 3, address('vector') + 2, 0x400005d0];
    // `vector` says nothing of its size, and is the last of its section.
    const { frames } = sourceFrames(elf, [inside, vector, vector + 0x100, rom, rom + 4, 0x50]);
    const nowhere = { file: undefined, line: undefined, isInlined: false };
    expect([...frames]).toEqual([
      [inside, [{ function: 'play_task', ...nowhere }]],
      [vector, [{ function: 'vector', ...nowhere }]],
      [rom, [{ function: 'ets_printf', ...nowhere }]],
    ]);
  });

  it('leaves a function that the linker threw out unknown', () => {
    const built = buildElf(['-gdwarf-4', '-O2', '-ffunction-sections']);
    const { frames } = sourceFrames(elfOf(built.bytes), instructionsOf(built.path));
    const named = [...frames.values()].flatMap((chain) => chain.map((frame) => frame.function));
    expect(named).not.toContain('unused_command');
    expect(sourceFrames(elfOf(built.bytes), [0, 1, 8]).frames.size).toBe(0);
  });

  it('reads any spoiled file, or says that it cannot', () => {
    const random = seededUniform(20261121);
    const below = (count: number): number => Math.floor(random() * count);
    const originals = builds.map((flags) => buildElf(flags));
    const addresses = instructionsOf(originals[0]!.path);
    const outcomes = new Map<string, number>();
    for (let round = 0; round < 300; round += 1) {
      const bytes = Buffer.from(originals[round % originals.length]!.bytes);
      // Debug sections begin behind the code; a file's head and its end hold the tables that lead to them.
      for (let count = 1 + below(6); count > 0; count -= 1) bytes[below(bytes.length)] = below(256);
      if (round % 3 === 0) bytes[below(52)] = below(256);
      const cut = random() < 0.2 ? below(bytes.length) : bytes.length;
      let outcome = 'read';
      try {
        const { unreadableUnits } = sourceFrames(elfOf(bytes.subarray(0, cut)), addresses.slice(0, 20));
        if (unreadableUnits > 0) outcome = 'partly read';
      } catch (thrown) {
        if (!isHilError(thrown)) throw thrown;
        outcome = thrown.code;
      }
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes.keys()].sort()).toEqual(['HIL_ELF_UNREADABLE', 'partly read', 'read']);
  });
});

/**
 * `llvm-dwarf5.ll`, compiled by LLVM 14 for another 32-bit chip and linked (`llc -O1 -filetype=obj`, `ld -m elf_i386
 * -Ttext=0x42000020`), its machine number changed to the Xtensa's: LLVM writes texts, addresses and ranges by their numbers
 * in tables, which GCC does not. Expected is what its llvm-addr2line says.
 */
it('reads the debug information of LLVM, which names texts, addresses and ranges by number', () => {
  const elf = elfOf(readFileSync(`${sources}/llvm-dwarf5.elf`));
  const addresses = Array.from({ length: 0x68 }, (_, n) => 0x42000020 + n);
  const { frames, unreadableUnits } = sourceFrames(elf, addresses);
  expect(unreadableUnits).toBe(0);
  const runs: string[] = [];
  for (const address of addresses) {
    const chain = frames.get(address) ?? [];
    const text = chain
      .map((frame) => `${frame.function ?? '?'} ${frame.file ?? '?'}:${frame.line ?? 0}`)
      .join(' < ');
    if (runs.at(-1)?.endsWith(` ${text}`) !== true) runs.push(`${address.toString(16)} ${text}`);
  }
  const file = '/home/ann/kitchen/t.c';
  expect(runs).toEqual([
    `42000020 store ${file}:6`,
    `42000024 poke ${file}:3 < store ${file}:8`,
    `4200002a poke ${file}:4 < store ${file}:8`,
    `4200002f store ${file}:9`,
    '42000035 ',
    `42000040 _start ${file}:12`,
    `42000043 _start ${file}:13`,
    `4200004f _start ${file}:14`,
    '42000053 ',
    `42000060 far ${file}:20`,
    `42000063 poke ${file}:3 < far ${file}:22`,
    `4200006d far ${file}:21`,
    `42000079 poke ${file}:3 < far ${file}:22`,
    `42000083 far ${file}:21`,
    '42000087 ',
  ]);
});

describe('readElf', () => {
  const header = (changes: Readonly<Record<number, number>>): Buffer => {
    const bytes = Buffer.alloc(52);
    bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
    bytes[18] = 94;
    for (const [at, value] of Object.entries(changes)) bytes[Number(at)] = value;
    return bytes;
  };

  it('refuses what is no ELF of an Xtensa chip', () => {
    expect(() => elfOf(Buffer.from('not an ELF'.repeat(9)))).toThrow(/firmware\.elf is no ELF file/);
    expect(() => elfOf(header({ 4: 2 }))).toThrow(/is no 32-bit little-endian ELF file/);
    expect(() => elfOf(header({ 18: 243 }))).toThrow(/for machine 243; expected 94, Xtensa/);
    expect(() => elfOf(header({}))).toThrow(/is not whole: 0 section headers/);
  });
});
