/**
 * Three projects: `unit` needs nothing; `hil` needs a bench (the virtual one unless HIL_BENCH names another) and runs in band
 * whatever the number of workers; `e2e` starts the command line as a person would; `long` is
 * what `npm run test:long` runs beside its jobs.
 * @jest-config-loader esbuild-register
 */
import type { Config } from 'jest';
import { hilGlobals, hilGlobalSetup, hilGlobalTeardown, hilProject } from './harness/jest/jest-project';

const hil = hilProject(__dirname);
/** ES modules that units load by `import()`: Jest loads CommonJS only, so they are compiled like TypeScript. */
const esModules = '/node_modules/(@echogarden|esptool-js)/.+\\.js$';
const modulePathIgnorePatterns = ['<rootDir>/dist/', '<rootDir>/reports/'];
const setupFilesAfterEnv = ['<rootDir>/scripts/own-leases.cjs'];

/**
 * What calculations ask for again and again. Jest runs files in a context whose globals are looked up in an object, each time: a third
 * of the processor time of the tests of sound was that. Here they are arguments of every module, and the same objects.
 */
const sandboxInjectedGlobals = [
  ...['Math', 'Number', 'Array', 'Object', 'BigInt', 'DataView'],
  ...[
    'Float64Array',
    'Float32Array',
    'Int32Array',
    'Uint32Array',
    'Int16Array',
    'Uint16Array',
    'Int8Array',
    'Uint8Array',
  ],
];

/** Tests in TypeScript without a bench of Jest's own. */
const plain = (displayName: string) => ({
  displayName,
  rootDir: __dirname,
  testMatch: [`**/*.${displayName}.ts`],
  testEnvironment: 'node',
  modulePathIgnorePatterns,
  setupFilesAfterEnv,
  ...(hil.transform === undefined ? {} : { transform: hil.transform }),
});

const config: Config = {
  ...hilGlobals,
  testSequencer: '<rootDir>/scripts/project-sequencer.cjs',
  // What hangs fails; a machine with better things to do is no fault. Jest reads it here only, never of a project.
  testTimeout: 30_000,
  projects: [
    {
      displayName: 'unit',
      rootDir: __dirname,
      testMatch: ['**/*.test.ts'],
      testEnvironment: 'node',
      modulePathIgnorePatterns,
      setupFiles: ['<rootDir>/scripts/gives-way.cjs'],
      setupFilesAfterEnv,
      sandboxInjectedGlobals,
      transform: { ...hil.transform, [esModules]: require.resolve('@swc/jest') },
      transformIgnorePatterns: ['/node_modules/(?!@echogarden/|esptool-js/)'],
    },
    plain('e2e'),
    plain('long'),
    {
      ...hil,
      // Suites of teams are run as theirs, by scripts/try-package.mjs, and one for several boards by scripts/bench-webrtc.mjs.
      // Surveys take minutes and are run by name, and a soak by its command.
      testPathIgnorePatterns: [
        '<rootDir>/fixtures/',
        '<rootDir>/scripts/',
        '<rootDir>/harness/suites/surveys/',
        '<rootDir>/harness/suites/soak/',
        '<rootDir>/harness/suites/controls/',
      ],
      modulePathIgnorePatterns,
      globalSetup: hilGlobalSetup,
      globalTeardown: hilGlobalTeardown,
    },
  ],
};

export default config;
