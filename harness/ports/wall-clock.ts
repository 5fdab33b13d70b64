/**
 * Milliseconds since 1 January 1970 UTC. What people, servers and certificates read comes from it; it may step either way while we
 * run (NTP, a person), so no duration, deadline or order does: those are a `Clock`'s.
 */
export type WallClock = () => number;

/** This machine's. */
export const systemWallClock: WallClock = () => Date.now();

/** What a wall clock shows, as ISO 8601 in UTC. */
export const isoNow = (wallClock: WallClock = systemWallClock): string => new Date(wallClock()).toISOString();
