import type { ProviderEvent, VoiceProvider } from '../../ports';

/** The first event that fits, from the log or still to come. */
export function eventOf(
  provider: VoiceProvider,
  fits: (event: ProviderEvent) => boolean,
): Promise<ProviderEvent> {
  const known = provider.events.find(fits);
  if (known !== undefined) return Promise.resolve(known);
  return new Promise((resolve) => {
    const cancel = provider.onEvent((event) => {
      if (!fits(event)) return;
      cancel();
      resolve(event);
    });
  });
}

/** The end of the response that the provider's log tells of last, or tells of next. */
export const responseDone = (provider: VoiceProvider): Promise<ProviderEvent> =>
  eventOf(provider, ({ type }) => type === 'response-done');
