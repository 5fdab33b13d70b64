import type { CatalogueEntry } from '../origin';

/** Faults of the voice provider, mock or live. */
export const providerCodes = {
  HIL_PROVIDER_PORT_TAKEN: {
    origin: 'bench',
    remedy: 'Stop the process that listens on this port, or set `provider.port` to 0 to take any free one.',
  },
  HIL_PROVIDER_OPEN_TO_ALL: {
    origin: 'config',
    remedy: 'Give the mock a key that clients have to show, or let it listen on 127.0.0.1.',
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
  HIL_PROVIDER_KEY_MISSING: {
    origin: 'config',
    remedy: 'Set the variables named above, in the environment or in a `.env` file of the folder you are in.',
  },
  HIL_PROVIDER_KEY_REJECTED: {
    origin: 'provider',
    remedy: 'Check the key, its account and, for signed requests, the clock of this machine.',
  },
  HIL_PROVIDER_LIMITED: {
    origin: 'provider',
    remedy: 'Wait and ask again, ask fewer at once, or raise the limit of the account.',
  },
  HIL_PROVIDER_QUOTA: {
    origin: 'provider',
    remedy: 'Top up the account, or renew its package; asking again does not help.',
  },
  HIL_PROVIDER_SESSION_FAILED: {
    origin: 'provider',
    remedy:
      'Read the provider events and the console from the last reset on: the provider refused the session, or broke it while it opened.',
  },
  HIL_PROVIDER_REFUSED: {
    origin: 'provider',
    remedy: 'Change what the answer above complains about: model, address or question.',
  },
  HIL_PROVIDER_UNREACHABLE: {
    origin: 'provider',
    remedy: 'Check address, network and proxy; for a certificate of your own, name its CA with --ca.',
  },
  HIL_PROVIDER_TIMEOUT: {
    origin: 'provider',
    remedy: 'Try again later, choose a faster model, or allow it more time.',
  },
  HIL_PROVIDER_CUT: {
    origin: 'provider',
    remedy: 'Try again; if it stays so, look for a proxy on the way that ends long answers.',
  },
  HIL_PROVIDER_MALFORMED: {
    origin: 'provider',
    remedy: 'Check that the address belongs to this protocol; else report the answer above to the provider.',
  },
  HIL_PROVIDER_SPEND_CAP: {
    origin: 'config',
    remedy: 'Allow more with --max-turns or --max-seconds, once you know what it costs.',
  },
  HIL_PROVIDER_WEBRTC_UNAVAILABLE: {
    origin: 'bench',
    remedy:
      'Run the bench on a platform that node-datachannel has a binary for, or install again with `npm ci`, binaries included.',
  },
  HIL_PROVIDER_FAULT_ORDERED: {
    origin: 'provider',
    remedy:
      'Take the fault out of `provider.faults` or the scenario, or the loss out of `provider.network`, to have the board judged; what it made of the fault is on its console.',
  },
  HIL_PROVIDER_CANCELLED: { origin: 'bench', remedy: 'Run it again; somebody ended it early.' },
} as const satisfies Record<string, CatalogueEntry>;
