import type { Config } from 'jest';
import { join } from 'node:path';

/** Extension of this package's own modules: compiled in `dist`, TypeScript when Jest runs on the sources. */
const extension = __filename.endsWith('.ts') ? 'ts' : 'js';
const here = (path: string): string => join(__dirname, `${path}.${extension}`);

/** How suites in TypeScript are compiled, wherever they lie. */
const transform: NonNullable<Config['transform']> = {
  '^.+\\.[cm]?ts$': [
    require.resolve('@swc/jest'),
    { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
  ],
};

// Jest compiles none of what is named like this: on the sources it comes from the build that `npm install` made.
const built = (name: string): string =>
  join(extension === 'ts' ? join(__dirname, '../../dist/harness/jest') : __dirname, `${name}.js`);

/**
 * Jest project of suites on a bench: Earshot's environment over Allure's, `earshot` resolved to this package, one file after
 * the other in the order of the specification.
 * @param rootDir - Folder that suites are looked for in.
 */
export function hilProject(rootDir: string): Config {
  return {
    displayName: 'hil',
    rootDir,
    testMatch: ['**/*.hil.ts', '**/*.hil.js'],
    testPathIgnorePatterns: [],
    testEnvironment: here('environment/earshot-environment'),
    runner: built('in-band-runner'),
    moduleNameMapper: { '^earshot$': join(__dirname, `../index.${extension}`) },
    transform,
  };
}

/** What is set once for all projects of such a Jest run. */
export const hilGlobals: Config = {
  testSequencer: built('suite-sequencer'),
  reporters: ['default', built('suite-load-reporter')],
};

export const hilGlobalSetup = here('global-setup');
export const hilGlobalTeardown = here('global-teardown');
