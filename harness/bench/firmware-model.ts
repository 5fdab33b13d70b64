import type { ProviderConfig } from '../config';
import type { DialectDescription } from '../ports';

/** A small model of each provider that knows none of the names that the firmware has built in (providers.md 3.1). */
const completionModels: Partial<Record<string, string>> = {
  openai: 'gpt-4o-mini',
  deepseek: 'deepseek-chat',
};

/** The model that simulated firmware is built with to ask this provider; undefined: its own. */
export const firmwareModel = (
  { protocol }: Pick<DialectDescription, 'protocol'>,
  provider: ProviderConfig,
): string | undefined =>
  protocol === 'chat completions' && provider.kind !== 'plugin'
    ? completionModels[provider.protocol]
    : undefined;
