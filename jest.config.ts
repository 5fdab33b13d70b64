/**
 * Two projects: `unit` needs nothing, `hil` needs a bench (the virtual one unless HIL_BENCH names another).
 * @jest-config-loader esbuild-register
 */
import type { Config } from 'jest';

const transform: Config['transform'] = {
  '^.+\\.ts$': [
    '@swc/jest',
    { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
  ],
};

const shared: Config = {
  rootDir: __dirname,
  transform,
  moduleNameMapper: { '^earshot$': '<rootDir>/harness/index.ts' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/reports/'],
};

const config: Config = {
  projects: [{ ...shared, displayName: 'unit', testMatch: ['**/*.test.ts'], testEnvironment: 'node' }],
};

export default config;
