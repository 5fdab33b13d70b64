import { fail, ok, warn, type Check, type CheckContext } from './check';

const MIB = 2 ** 20;
/** A run of the suites that come along writes 60 to 120 MiB: two channels of 48 kHz for each turn, and what the provider heard. */
const LEAST_FREE_BYTES = 256 * MIB;
const LITTLE_FREE_BYTES = 1024 * MIB;
/** A run makes several hundred files. */
const LEAST_FREE_FILES = 2_000;

const written = (bytes: number): string =>
  bytes < 1024 * MIB ? `${Math.floor(bytes / MIB)} MiB` : `${(bytes / (1024 * MIB)).toFixed(1)} GiB`;

/** There is room for what a run writes. */
export const disk: Check = {
  id: 'disk',
  title: 'room for reports',
  group: 'host',
  expected: `the folder of --reports can be written, and has ${LEAST_FREE_BYTES / MIB} MiB at least`,
  remedy: 'Delete old runs below the reports folder, or name another folder with --reports.',
  needs: [],
  uses: [],
  withinMs: 3_000,
  beforeRuns: true,
  beforeSuites: true,
  async run({ machine, reportsPath }: CheckContext) {
    const { folder, freeBytes, freeFiles, mayWrite } = await machine.space(reportsPath);
    const facts = { folder, freeBytes, freeFiles };
    const code = 'HIL_RUN_STORE_FAILED' as const;
    if (!mayWrite)
      return fail(`${folder} may not be written by this user`, {
        code,
        facts,
        remedy: 'Mend the permissions of the folder, or name another one with --reports.',
      });
    const free = `${written(freeBytes)} free in ${folder}`;
    if (freeBytes < LEAST_FREE_BYTES) return fail(free, { code, facts });
    if (freeFiles !== undefined && freeFiles < LEAST_FREE_FILES)
      return fail(`${free}, but only ${freeFiles} more files can be made`, { code, facts });
    return freeBytes < LITTLE_FREE_BYTES
      ? warn(`${free}, which is a handful of runs`, { expected: '1 GiB and more', facts })
      : ok(free, facts);
  },
};
