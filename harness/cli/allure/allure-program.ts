import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../config';
import { RunError } from '../../errors';

/** The version that this one of Earshot was tried with. */
export const ALLURE_VERSION = '3.18.0';
/** The first major that is JavaScript and has a history of its own. */
const LOWEST_MAJOR = 3;

const manifest = z.looseObject({ name: z.literal('allure'), version: z.string(), bin: z.string() });

/** Folder of the package as Node would find it from a folder; undefined: none is installed there. */
function packageFolder(from: string): string | undefined {
  const folder = join(from, 'node_modules/allure');
  if (existsSync(join(folder, 'package.json'))) return folder;
  return dirname(from) === from ? undefined : packageFolder(dirname(from));
}

/**
 * Path of Allure's command line, of the project that one stands in before Earshot's own: Earshot does not bring it along.
 * @param from - Folders to look from.
 * @throws RunError `HIL_REPORT_ALLURE_MISSING` where there is none, or one that is too old.
 */
export function allureProgram(from: readonly string[] = [process.cwd(), packageRoot()]): string {
  const [folder] = from.flatMap((start) => packageFolder(start) ?? []);
  if (folder === undefined) {
    throw new RunError(
      'HIL_REPORT_ALLURE_MISSING',
      `Allure's command line (npm package "allure", ${LOWEST_MAJOR}.x) is not installed here.`,
      { lookedFrom: [...from] },
    );
  }
  const { version, bin } = manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  if (!(Number.parseInt(version, 10) >= LOWEST_MAJOR)) {
    throw new RunError(
      'HIL_REPORT_ALLURE_MISSING',
      `Allure's command line in ${folder} is version ${version}; ${LOWEST_MAJOR}.x is wanted.`,
      { version, folder },
    );
  }
  return join(folder, bin);
}
