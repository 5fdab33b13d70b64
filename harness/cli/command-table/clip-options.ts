import { UsageError } from './argument-checks';
import { reports } from './shared-options';

/** Lowest and highest active level that a clip can be given: quieter is lost in 16 bits, louder clips. */
const LEVELS_DBFS = { lowest: -60, highest: -6 } as const;

/** What every command takes that makes clips of a corpus. */
export const clipOptions = {
  to: { type: 'string', default: 'prompts', describe: 'Folder of clips that it goes to' },
  licence: {
    type: 'string',
    describe: "SPDX identifier (default: the manifest's, else LicenseRef-Proprietary)",
  },
  replies: {
    type: 'boolean',
    default: false,
    describe: 'These are replies (default: what the folder holds)',
  },
  force: { type: 'boolean', default: false, describe: 'Write over clips and files that are there' },
  'dry-run': { type: 'boolean', default: false, describe: 'Do everything but write' },
  reports: { ...reports, describe: 'Plots are written below this folder' },
} as const;

/** What every command takes that makes one clip of a name. */
export const namedClipOptions = {
  transcript: { type: 'string', demandOption: true, describe: 'The words' },
  utterance: {
    type: 'string',
    describe: 'What is said, whoever says it (default: the name without its voice)',
  },
  language: { type: 'string', describe: 'en, zh, … (default: how the name begins)' },
} as const;

/** A check of an active speech level that was given in dBFS. */
export const levelInRange =
  (name: string) =>
  (values: Readonly<Record<string, unknown>>): true => {
    const value = values[name];
    if (
      value === undefined ||
      (Number(value) >= LEVELS_DBFS.lowest && Number(value) <= LEVELS_DBFS.highest)
    ) {
      return true;
    }
    throw new UsageError(
      `--${name} takes an active speech level from ${LEVELS_DBFS.lowest} to ${LEVELS_DBFS.highest} dBFS.`,
    );
  };
