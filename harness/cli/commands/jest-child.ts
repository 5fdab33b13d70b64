import { runCLI, type Config } from 'jest';
import { dirname } from 'node:path';
import { HilError } from '../../errors';
import { hilGlobals, hilProject } from '../../jest/jest-project';
import { packageRoot } from '../../config';
import { giveThreadWay } from '../../ports';
import { exitCodes } from '../exit-codes';
import { SUITES_RAN } from '../jest-child';

/**
 * Runs suites in this process. Jest's own pass or fail is no verdict; the exit code only says whether it ran.
 * @param files - Absolute paths of the suites.
 */
export async function jestChildCommand(
  files: readonly string[],
  testNamePattern: string | undefined,
): Promise<number> {
  // The suites of one board are not to be felt in the sound of another.
  giveThreadWay(5);
  // Ctrl-C is the parent's to answer; without a parent there is nobody to run suites for.
  process.on('SIGINT', () => undefined);
  process.once('disconnect', () => process.exit(exitCodes.benchFault));
  const root = packageRoot();
  const { reporters, ...globals } = hilGlobals;
  const config: Config = {
    ...globals,
    ...withoutNames(hilProject(root)),
    // A team's suites lie anywhere and are called anything; Jest passes over what is not below a root or not of its pattern.
    roots: [...new Set(files.map((file) => dirname(file)))],
    testRegex: files.map((file) => `^${escapeRegExp(file)}$`),
    reporters: ['default', ...(reporters ?? []).filter((reporter) => reporter !== 'default')],
  };
  const { results } = await runCLI(
    {
      $0: 'earshot',
      _: [...files],
      config: JSON.stringify(config),
      runTestsByPath: true,
      ci: true,
      verbose: true,
      ...(testNamePattern === undefined ? {} : { testNamePattern }),
    },
    [root],
  );
  if (results.numTotalTestSuites !== files.length) {
    const seen = results.testResults.map(({ testFilePath }) => testFilePath);
    const missing = files.filter((file) => !seen.includes(file));
    throw new HilError('HIL_HARNESS_UNEXPECTED', `Jest did not run ${missing.join(', ')}.`, { missing });
  }
  if (process.connected)
    await new Promise<void>((told) => process.send?.(SUITES_RAN, undefined, undefined, () => told()));
  return results.success ? 0 : 1;
}

/** The project without its pattern of names: Jest takes one kind of pattern only. */
function withoutNames({ ...project }: Config): Config {
  delete project.testMatch;
  return project;
}

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
