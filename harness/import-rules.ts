/** Which folder may import which: DESIGN section 3 as data. `import-rules.test.ts` reads every import against it. */
export const importRules: Readonly<Record<string, readonly string[]>> = {
  'harness/units': [],
  'harness/errors': [],
  'harness/audio': ['harness/units', 'harness/errors'],
  'harness/ports': ['harness/audio', 'harness/units', 'harness/errors'],
  'harness/config': ['harness/ports', 'harness/audio', 'harness/units', 'harness/errors'],
  'harness/corpus': ['harness/config', 'harness/ports', 'harness/audio', 'harness/units', 'harness/errors'],
  'harness/board': ['harness/ports', 'harness/units', 'harness/errors'],
  'harness/rig': ['harness/ports', 'harness/audio', 'harness/units', 'harness/errors'],
  'harness/provider': ['harness/ports', 'harness/audio', 'harness/units', 'harness/errors'],
  'harness/bench': [
    'harness/config',
    'harness/corpus',
    'harness/ports',
    'harness/board',
    'harness/rig',
    'harness/provider',
    'harness/audio',
    'harness/units',
    'harness/errors',
  ],
  'harness/turn': ['harness/ports', 'harness/audio', 'harness/units', 'harness/errors'],
  'harness/measurement': ['harness/ports', 'harness/audio', 'harness/units', 'harness/errors'],
  'harness/verdict': [
    'harness/measurement',
    'harness/ports',
    'harness/config',
    'harness/units',
    'harness/errors',
  ],
  'harness/run': [
    'harness/verdict',
    'harness/measurement',
    'harness/ports',
    'harness/units',
    'harness/errors',
  ],
  'harness/host': [
    'harness/config',
    'harness/corpus',
    'harness/bench',
    'harness/ports',
    'harness/turn',
    'harness/measurement',
    'harness/run',
    'harness/audio',
    'harness/units',
    'harness/errors',
  ],
  'harness/report': [
    'harness/run',
    'harness/verdict',
    'harness/measurement',
    'harness/ports',
    'harness/audio',
    'harness/units',
    'harness/errors',
  ],
  'harness/jest': [
    'harness/host',
    'harness/config',
    // The redactor alone: Allure's results are written here, live, and secrets are masked where bytes enter the run folder.
    'harness/run',
    'harness/verdict',
    'harness/measurement',
    'harness/ports',
    'harness/units',
    'harness/errors',
  ],
  'harness/proving-ground': [
    'harness/host',
    'harness/run',
    'harness/fleet',
    'harness/verdict',
    'harness/measurement',
    'harness/provider',
    'harness/corpus',
    'harness/config',
    'harness/ports',
    'harness/audio',
    'harness/units',
    'harness/errors',
  ],
  'harness/fleet': ['harness/report', 'harness/ports', 'harness/units', 'harness/errors'],
  'harness/suites': ['harness/index.ts'],
  'harness/cli': ['*'],
  'harness/index.ts': ['harness/jest', 'harness/ports', 'harness/errors'],
  'harness/provider-plugin.ts': ['harness/ports'],
  'harness/power-plugin.ts': ['harness/ports'],
  'harness/dialect-plugin.ts': ['harness/board', 'harness/ports'],
  'firmware/virtual-board': ['harness/units', 'harness/errors', 'harness/audio'],
};

/** How suites import the public API, and the file behind that name. */
export const publicApi = { name: 'earshot', file: 'harness/index.ts' } as const;

/** Files that others may import beside a folder's index.ts, which in these folders is for one kind of reader only. */
export const furtherEntries: Readonly<Record<string, readonly string[]>> = {
  // index.ts is for suites, inside Jest's sandbox; this one is for whoever starts Jest.
  'harness/jest': ['harness/jest/jest-project'],
  // index.ts is for those who ask a host; this one opens a bench in its own process.
  'harness/host': ['harness/host/run-host'],
  // index.ts loads the readers' schemas, which a process that only writes need not have.
  'harness/run': ['harness/run/writer'],
  // index.ts is for simulations and one process; these load BullMQ and ioredis, and a server of pages.
  'harness/fleet': ['harness/fleet/bullmq', 'harness/fleet/dashboard'],
  // index.ts loads all that reads runs; a page of something else needs only its markup.
  'harness/report': ['harness/report/html/markup'],
  // index.ts loads the serial port's driver, which no recording, image or ELF needs.
  'harness/board': ['harness/board/replay-console', 'harness/board/esp32s3', 'harness/board/micropython'],
};

/** Folders that stay in the repository and are left out of the package: they may load devDependencies too. */
export const developmentFolders: readonly string[] = ['harness/proving-ground'];

/** Packages that only some folders may load at run time; their types are free. The first pattern that fits counts. */
export const packageRules: readonly {
  readonly pattern: RegExp;
  readonly folders: readonly string[];
  readonly because: string;
}[] = [
  {
    pattern: /^jest$/,
    folders: ['harness/jest', 'harness/cli'],
    because: 'because only the command line starts processes',
  },
  {
    pattern: /^(jest-[^/]+|@jest\/[^/]+|allure-[^/]+|expect)(\/|$)/,
    folders: ['harness/jest'],
    because: 'so that everything else runs and is tested without Jest',
  },
  {
    pattern: /^(yargs|cli-progress)(\/|$)/,
    folders: ['harness/cli'],
    because: 'because only the command line reads arguments and prints',
  },
];
