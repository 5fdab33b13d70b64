import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigError } from '../errors';
import { didYouMean } from '../config';

const SUITE = /\.hil\.(ts|js|mts|cts)$/;
const productFolder = join(__dirname, '../suites');
/** Those that take minutes and judge little: only by name. */
const surveyFolder = join(productFolder, 'surveys');
/** What `earshot soak` plays, and nobody else. */
const soakFolder = join(productFolder, 'soak');
const nameOf = (path: string): string => basename(path).replace(SUITE, '');

const suitesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => SUITE.test(name) && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name))
    .sort();

/** Names of the suites that come with Earshot and are run unless others are named. */
export const productSuites = (): string[] => suitesIn(productFolder).map(nameOf);

/** What boards play before they get work. */
export const controlSuite = (): string => suitesIn(join(productFolder, 'controls'))[0] ?? '';

/** Whether the tests of a file depend on nothing that an earlier one of it did: of a team's own files nobody knows. */
export const testsStandAlone = (file: string): boolean =>
  dirname(file) === productFolder && nameOf(file) === 'latency';

/** Names of those that are run by name only. */
export const surveySuites = (): string[] => suitesIn(surveyFolder).map(nameOf);

/** The suite of `earshot soak`. */
export const soakSuites = (): string[] => suitesIn(soakFolder);

/**
 * Files of the suites to run.
 * @param wanted - Names of the product's suites, files, or folders that hold `*.hil.ts`; empty: all of the product's but its
 *   surveys.
 * @throws ConfigError `HIL_CONFIG_USAGE` naming what there is.
 */
export function suiteFiles(wanted: readonly string[]): string[] {
  if (wanted.length === 0) return suitesIn(productFolder);
  return [...new Set(wanted.flatMap((suite) => filesOf(suite)))];
}

function filesOf(suite: string): string[] {
  const named = [...suitesIn(productFolder), ...suitesIn(surveyFolder)];
  const product = named.find((path) => nameOf(path) === suite);
  if (product !== undefined) return [product];
  const path = resolve(suite);
  if (!existsSync(path)) {
    const names = named.map(nameOf);
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `There is no suite "${suite}": neither a file nor one of ${names.join(', ')}${didYouMean(suite, names)}`,
      { suite, names },
    );
  }
  const files = statSync(path).isDirectory() ? suitesIn(path) : [path];
  if (files.length > 0) return files;
  throw new ConfigError('HIL_CONFIG_USAGE', `Folder ${path} holds no *.hil.ts file.`, { path });
}
