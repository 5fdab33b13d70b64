import { runCLI } from 'jest';
import { hilGlobals, hilProject } from '../../jest/jest-project';
import { packageRoot } from '../../config';

/**
 * Runs suites in this process. Jest's own pass or fail is no verdict; the exit code only says whether it ran.
 * @param files - Absolute paths of the suites.
 */
export async function jestChildCommand(
  files: readonly string[],
  testNamePattern: string | undefined,
): Promise<number> {
  const root = packageRoot();
  const { reporters, ...globals } = hilGlobals;
  const project = hilProject(root);
  const config = {
    ...globals,
    ...project,
    roots: [root],
    reporters: ['default', ...(reporters ?? []).filter((reporter) => reporter !== 'default')],
  };
  const { results } = await runCLI(
    {
      $0: 'earshot',
      _: [...files],
      config: JSON.stringify(config),
      runTestsByPath: true,
      runInBand: true,
      ci: true,
      verbose: true,
      ...(testNamePattern === undefined ? {} : { testNamePattern }),
    },
    [root],
  );
  return results.success ? 0 : 1;
}
