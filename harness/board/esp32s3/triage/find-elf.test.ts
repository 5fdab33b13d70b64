import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elfBeside, elfOfBoard } from '.';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-build-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, content = ''): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('elfBeside', () => {
  it('finds the ELF of the application that flasher_args.json names', () => {
    mkdirSync(join(folder, 'app'));
    const app = { offset: '0x10000', file: 'app/kitchen.bin' };
    const args = file('flasher_args.json', JSON.stringify({ flash_files: { '0x10000': app.file }, app }));
    expect(elfBeside(args)).toBeUndefined();
    const elf = file('app/kitchen.elf');
    expect(elfBeside(args)).toBe(elf);
  });

  it('prefers the one that project_description.json names, when it is there', () => {
    const image = file('merged.bin');
    const named = file('kitchen.elf');
    file('project_description.json', JSON.stringify({ app_elf: 'kitchen.elf' }));
    expect(elfBeside(image)).toBe(named);
    rmSync(named);
    const other = file('merged.elf');
    expect(elfBeside(image)).toBe(other);
  });

  it('makes nothing of a broken description, nor of an image that is not there', () => {
    const image = file('kitchen.bin');
    file('project_description.json', '{"app_elf":');
    expect([elfBeside(image), elfBeside(join(folder, 'gone.bin'))]).toEqual([undefined, undefined]);
  });
});

describe('elfOfBoard', () => {
  it('takes the named ELF, and refuses one that is not there', () => {
    const elfPath = file('release.elf');
    const imagePath = file('kitchen.bin');
    file('kitchen.elf');
    expect(elfOfBoard({ elfPath, imagePath })).toBe(elfPath);
    expect(elfOfBoard({})).toBeUndefined();
    expect(() => elfOfBoard({ elfPath: join(folder, 'gone.elf') })).toThrow(/There is no ELF .*gone\.elf/);
  });
});
