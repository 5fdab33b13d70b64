import type { CatalogueEntry } from '../origin';

/** Faults of the run itself: its store, its host process, its report. */
export const runCodes = {
  HIL_RUN_STORE_FAILED: {
    origin: 'bench',
    remedy: 'Free some disk space or mend the permissions of the run folder.',
  },
  HIL_RUN_DISK_LOW: {
    origin: 'bench',
    remedy:
      'Free disk space, or keep runs on another disk with --reports; what was recorded until then is whole.',
  },
  HIL_BENCH_HELD: {
    origin: 'bench',
    remedy:
      'Wait for it (`--wait 10m`, where a command has it), see who has what with `earshot boards`, or have it given back with `earshot boards release`.',
  },
  HIL_BENCH_LEASE_FAILED: {
    origin: 'bench',
    remedy:
      'Name a folder that all who use the boards of this machine may write to in EARSHOT_LEASES; docs/leases.md says why it is one for all.',
  },
  HIL_BENCH_PREFLIGHT: {
    origin: 'bench',
    remedy: 'Run `earshot doctor` on this bench and mend what it names; the board was asked nothing.',
  },
  HIL_BENCH_QUARANTINED: {
    origin: 'bench',
    remedy:
      'Look at the board, at its microphone, its speaker and its power, then `earshot boards lift NAME` gives it work again.',
  },
  HIL_RUN_NOT_FOUND: {
    origin: 'config',
    remedy: 'Name a run folder that holds a run.json, such as one below reports/.',
  },
  HIL_RUN_TOO_NEW: {
    origin: 'config',
    remedy: 'Read this run with the earshot version that wrote it, or a newer one.',
  },
  HIL_RUN_DAMAGED: {
    origin: 'config',
    remedy: 'Restore the run folder; the file named above is not what the store wrote.',
  },
  HIL_RUN_UNMERGEABLE: {
    origin: 'config',
    remedy:
      'Merge runs of one release with the same provider, scenario and prompts, each once and no soak or A/B run among them, into a folder that is not there yet.',
  },
  HIL_BASELINE_NOT_FOUND: {
    origin: 'config',
    remedy:
      'Accept a run as the baseline with `earshot baseline accept`, or name one that `earshot baseline list` shows.',
  },
  HIL_BASELINE_DIFFERENT: {
    origin: 'config',
    remedy:
      'Accept a baseline of the same board, bench, rig, provider and prompts; a difference that is known to be harmless is borne with --despite.',
  },
  HIL_BASELINE_UNFIT: {
    origin: 'config',
    remedy:
      'Name runs that passed, each of them once, a soak or a run in turns with another image alone; --force takes one that did not pass all the same.',
  },
  HIL_REPORT_ALLURE_MISSING: {
    origin: 'config',
    remedy:
      'Install it beside your suites with `npm install --save-dev allure@3.18.0`; nothing else needs it.',
  },
  HIL_REPORT_ALLURE_FAILED: {
    origin: 'harness',
    remedy:
      'Look at what it printed, in the facts; the results in allure-results/ are whole, and every other report has been written.',
  },
  HIL_HOST_DIED: {
    origin: 'harness',
    remedy: 'Report this with the log of the run: the host process stopped by itself.',
  },
  HIL_HOST_UNREACHABLE: {
    origin: 'harness',
    remedy: 'Start the suites through `earshot run` or through Jest with this project config.',
  },
  HIL_HARNESS_UNEXPECTED: { origin: 'harness', remedy: 'Report this with the message and the stack below.' },
} as const satisfies Record<string, CatalogueEntry>;
