/** `--queue` and what goes with it, as every command of a fleet words them. */
export const fleetPlace = {
  queue: {
    type: 'string',
    default: 'redis://127.0.0.1:6379',
    describe: 'Redis of the fleet: redis://HOST:PORT, or rediss://USER@HOST:PORT for TLS',
  },
  'redis-ca': {
    type: 'string',
    describe: 'Certificate of the authority that signed the one of Redis, where it is your own',
  },
  prefix: {
    type: 'string',
    default: 'earshot',
    describe: 'Of all keys in Redis: fleets of other names are others',
  },
} as const;

/** `--bundles`. */
export const bundles = {
  type: 'string',
  demandOption: true,
  describe:
    'Where bundles lie: a folder that all share, s3://BUCKET/PREFIX?endpoint=URL, or https://HOST/FOLDER',
} as const;
