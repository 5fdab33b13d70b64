/** Without a heartbeat for so long a board counts as lost: three heartbeats of ten seconds. */
export const LEASE_MS = 30_000;

/** A unit that so many boards lost is no board's fault any more. */
export const MOST_ATTEMPTS = 3;
