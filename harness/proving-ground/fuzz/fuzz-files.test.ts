/** Spoiled files: the counts of continuous integration, `npm run test:long` has more. */
import { resolve } from 'node:path';
import { fuzzRuns, fuzzYaml } from './fuzz-files';

const options = { root: resolve(__dirname, '../../..'), inputs: 300, seed: 1 };

it('refuses spoiled bench, budgets and scenario files as what they are, and reads the rest', () => {
  const { failed, read, refused } = fuzzYaml(options);
  expect(failed).toEqual([]);
  expect(Object.keys(refused).sort()).toEqual(
    expect.arrayContaining(['HIL_CONFIG_INVALID', 'HIL_CONFIG_SYNTAX']),
  );
  // Spoiled enough to be refused, and not so much that nothing gets through.
  expect(read).toBeGreaterThan(15);
  expect(refused['HIL_CONFIG_INVALID']).toBeGreaterThan(15);
});

it('refuses spoiled run folders as damaged, too new or none, and reads the rest', () => {
  const { failed, read, refused } = fuzzRuns(options);
  expect(failed).toEqual([]);
  expect(Object.keys(refused)).toContain('HIL_RUN_DAMAGED');
  expect(refused['HIL_RUN_DAMAGED']).toBeGreaterThan(60);
  expect(read).toBeGreaterThan(15);
});
