import type { CatalogueEntry } from '../origin';

/** Faults of the voice provider, mock or live. */
export const providerCodes = {
  HIL_PROVIDER_PORT_TAKEN: {
    origin: 'bench',
    remedy: 'Stop the process that listens on this port, or set `provider.port` to 0 to take any free one.',
  },
  HIL_PROVIDER_DIED: {
    origin: 'provider',
    remedy: 'Read the provider log of the run; start the provider by hand to see why it stopped.',
  },
  HIL_PROVIDER_UNREADY: {
    origin: 'provider',
    remedy: 'Read the provider log of the run; the provider did not come up in time.',
  },
  HIL_PROVIDER_REQUEST_FAILED: {
    origin: 'provider',
    remedy: 'Read the provider log of the run around the time named above.',
  },
} as const satisfies Record<string, CatalogueEntry>;
