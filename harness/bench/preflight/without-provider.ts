import type { BenchParts } from '../bench-parts';
import type { CheckResult } from './check';

/**
 * A simulated board is told where its provider is, so without one nothing of it is there to be looked at; undefined when the provider
 * is open, or the board of metal.
 */
export async function withoutProvider(parts: BenchParts): Promise<CheckResult | undefined> {
  if (parts.boardConfig.kind !== 'virtual') return undefined;
  const isOpen = await parts.provider().then(
    () => true,
    () => false,
  );
  const seen = 'not looked at, since provider failed';
  return isOpen ? undefined : { state: 'skipped', seen, because: 'provider' };
}
