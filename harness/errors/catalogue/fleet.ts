import type { CatalogueEntry } from '../origin';

/** Faults between benches: what travels, and what it lies in meanwhile. */
export const fleetCodes = {
  HIL_FLEET_QUEUE_UNREACHABLE: {
    origin: 'bench',
    remedy:
      'Start the Redis, or mend its address, its certificate (--redis-ca) or the firewall between; docs/fleet.md sets one up.',
  },
  HIL_FLEET_QUEUE_REFUSED: {
    origin: 'config',
    remedy:
      'Name the user in the address (rediss://USER@HOST) and put the password in EARSHOT_REDIS_PASSWORD; docs/fleet.md has the rights that the user needs.',
  },
  HIL_FLEET_BUNDLE_DAMAGED: {
    origin: 'bench',
    remedy:
      'Look at the disk and the free space of the bundle store, then have the unit played again; what arrived is not what was put there.',
  },
  HIL_FLEET_BUNDLE_UNSAFE: {
    origin: 'bench',
    remedy:
      'Find out who wrote the bundle: Earshot packs plain files and folders only, and fewer and smaller ones; nothing of it was unpacked.',
  },
  HIL_FLEET_BUNDLE_UNFIT: {
    origin: 'bench',
    remedy: 'Take out of the folder what is no plain file, or make it smaller; nothing was sent.',
  },
  HIL_FLEET_BUNDLE_MISSING: {
    origin: 'bench',
    remedy:
      'Name the same bundle store on every bench, and have it keep bundles longer than a job takes with its report.',
  },
  HIL_FLEET_STORE_FAILED: {
    origin: 'bench',
    remedy:
      'Mend what the store says above: its address, the keys in the environment, the rights of the folder or the network between.',
  },
  HIL_FLEET_JOB_UNKNOWN: {
    origin: 'config',
    remedy:
      'Name a job that `earshot fleet submit` printed, and the queue and prefix that it was submitted to.',
  },
  HIL_FLEET_UNIT_MISSING: {
    origin: 'bench',
    remedy:
      'Read what the boards said that had it, mend them or release them from quarantine, then have it played again with `earshot fleet retry`.',
  },
} as const satisfies Record<string, CatalogueEntry>;
