import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statePath } from '../config';

/** A board that is not to be tested until a person has looked at it. */
export interface QuarantinedBoard {
  readonly schema: 'earshot/quarantine@1';
  /** Name on its bench. */
  readonly board: string;
  /** Absolute path of the bench file. */
  readonly bench: string;
  readonly model: string;
  /** One sentence without its subject. */
  readonly reason: string;
  /** ISO 8601 with zone. */
  readonly since: string;
  /** The run that it was found in; undefined: it had none. */
  readonly runPath: string | undefined;
}

/** Below the state folder of the user, as calibrations are. */
export const quarantinePath = (): string => join(statePath(), 'quarantine');

/** A file for each, so that two runs that end at once do not lose each other's. */
const fileOf = (folder: string, { bench, board }: Pick<QuarantinedBoard, 'bench' | 'board'>): string =>
  join(
    folder,
    `${board}-${createHash('sha256').update(`${bench}\0${board}`).digest('hex').slice(0, 12)}.json`,
  );

/** Puts a board into quarantine; one that is there already stays there for the reason that it was put there for. */
export function putInQuarantine(board: QuarantinedBoard, folder = quarantinePath()): void {
  mkdirSync(folder, { recursive: true });
  const path = fileOf(folder, board);
  if (readdirSync(folder).some((name) => join(folder, name) === path)) return;
  const aside = `${path}.${process.pid}.tmp`;
  writeFileSync(aside, `${JSON.stringify(board, null, 2)}\n`);
  renameSync(aside, path);
}

/** Every board in quarantine, the longest there first. A file that is none is passed over. */
export function boardsInQuarantine(folder = quarantinePath()): readonly QuarantinedBoard[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
  return names
    .flatMap((name): QuarantinedBoard[] => {
      try {
        const read = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Partial<QuarantinedBoard> | null;
        return read?.schema === 'earshot/quarantine@1' ? [read as QuarantinedBoard] : [];
      } catch {
        return [];
      }
    })
    .sort((a, b) => a.since.localeCompare(b.since));
}

/** Gives a board work again. */
export function liftQuarantine(
  board: Pick<QuarantinedBoard, 'bench' | 'board'>,
  folder = quarantinePath(),
): void {
  rmSync(fileOf(folder, board), { force: true });
}
