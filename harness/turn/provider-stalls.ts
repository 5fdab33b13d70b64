import { toWireError, type WireError } from '../errors';
import type { Clock, Stall, VoiceProvider } from '../ports';

/** When the provider's process stood still from this instant up to now. Undefined: nobody watches it, or it has died. */
export function stallsSince(
  { provider, clock }: { readonly provider: VoiceProvider; readonly clock: Clock },
  startedAtHostMs: number,
  faults: WireError[],
): Promise<readonly Stall[] | undefined> {
  const window = { fromHostAtMs: startedAtHostMs, toHostAtMs: clock.nowMs() };
  return unlessGone(provider.stalls?.(window), faults);
}

/** What a provider answers; undefined of one that died, which is in `faults` already as with what it received. */
export async function unlessGone<T>(
  answer: Promise<T> | undefined,
  faults: WireError[],
): Promise<T | undefined> {
  try {
    return await answer;
  } catch (cause) {
    if (faults.length === 0) faults.push(toWireError(cause));
    return undefined;
  }
}
