/** `--reports`, as every command words it that reads or writes runs. */
export const reports = {
  type: 'string',
  default: 'reports',
  describe: 'Folder that runs are written to',
} as const;

/** `--json`, as every command words it whose output a script may read. */
export const json = {
  type: 'boolean',
  default: false,
  describe: 'Print one JSON object instead of text',
} as const;
