import type { Language } from '../../report';

// Not from the reports themselves: they take long to load, and `--help` reads this.
const languages = ['en', 'zh'] as const satisfies readonly Language[];

/** `--reports`, as every command words it that reads or writes runs. */
export const reports = {
  type: 'string',
  default: 'reports',
  describe: 'Folder that runs are written to',
} as const;

/** `--wait`, as every command words it that takes a board for itself. */
export const wait = {
  type: 'string',
  describe: 'How long to wait for a board that somebody else has, such as 10min (default: not at all)',
} as const;

/** `--lang`, as every command words it that writes a report. */
export const lang = {
  choices: languages,
  default: 'en',
  describe: 'Language of report.html: en or zh; what boards and providers wrote stays as it is',
} as const;

/** `--json`, as every command words it whose output a script may read. */
export const json = {
  type: 'boolean',
  default: false,
  describe: 'Print one JSON object instead of text',
} as const;
