import { spentToday, type Held, type ProviderUse } from '../../fleet';
import { table } from './table';

const some = (limit: number | undefined, text: string): string =>
  limit === undefined ? text : `${text} of ${limit}`;

/** Whole cents, or hundredths. */
const inCents = (cents: number): string => String(Math.round(100 * cents) / 100);

/** Providers that are limited, for a person: what they allow and what is used of it. */
export const renderProviders = (uses: readonly ProviderUse[], nowMs: number): string =>
  table([
    ['provider', 'playing', 'begun a minute', 'cents today (UTC)', 'cents a turn'],
    ...uses.map((use) => {
      const { atOnce, unitsPerMinute, centsPerDay, centsPerTurn } = use.allowance;
      return [
        use.provider,
        some(atOnce, String(use.running)),
        unitsPerMinute === undefined ? '' : `at most ${unitsPerMinute}`,
        centsPerTurn === undefined ? '' : some(centsPerDay, inCents(spentToday(use, nowMs))),
        centsPerTurn === undefined ? '' : String(centsPerTurn),
      ];
    }),
  ]);

/** Why a unit waits though boards are free. */
export function heldInWords({ provider, by, used, limit }: Held): string {
  if (by === 'at-once') return `${provider} plays ${used} of ${limit} at once`;
  if (by === 'per-minute') return `${provider} has begun ${used} of ${limit} this minute`;
  return `${provider} has spent ${inCents(used)} of ${limit} cents today (UTC), too much for one more`;
}
