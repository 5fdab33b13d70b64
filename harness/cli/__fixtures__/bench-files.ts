import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../config';

const fixtures = join(packageRoot(), 'fixtures');

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'earshot-files-'));

/** Writes a file of this name and text into a folder of its own; gives back its path. */
export function writeTemporary(name: string, text: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

const virtualBoard = '  - { name: board-1, kind: virtual }';

/** Writes a bench file with these boards (YAML lines) and further keys; gives back its path. */
export const writeBench = (
  further: readonly string[] = [],
  boards: readonly string[] = [virtualBoard],
): string =>
  writeTemporary(
    'bench.yaml',
    ['schema: earshot/bench@1', 'name: bad', 'boards:', ...boards, ...further, ''].join('\n'),
  );

/** A bench whose only board is said to be on this serial port. */
export const writeSerialBench = (port: string): string =>
  writeBench([], [`  - { name: board-1, kind: serial, port: ${port}, rig: {} }`]);

/** A copy of the corpus for a test to damage. */
export function copyCorpus(): string {
  const folder = temporaryFolder();
  for (const part of ['prompts', 'replies'])
    cpSync(join(fixtures, part), join(folder, part), { recursive: true });
  return folder;
}
