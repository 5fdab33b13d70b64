import type { ProviderConfig } from '../config';
import { ConfigError } from '../errors';
import type { DialectDescription } from '../ports';

/** Protocols that firmware with this word for its own can talk to. */
const families: Readonly<Record<string, readonly string[]>> = {
  'chat completions': ['openai', 'siliconflow', 'deepseek'],
};

/** Protocols of providers that a board can talk to, the likeliest first. */
export const fittingProtocols = ({ protocol }: Pick<DialectDescription, 'protocol'>): readonly string[] =>
  families[protocol] ?? [protocol];

/**
 * Holds a bench to a provider that its board can talk to: otherwise the board would be blamed for not being answered. What a
 * plugin speaks is the team's affair.
 * @throws ConfigError `HIL_CONFIG_USAGE` naming what fits.
 */
export function checkProtocol(dialect: DialectDescription, provider: ProviderConfig): void {
  if (provider.kind === 'plugin') return;
  const fitting = fittingProtocols(dialect);
  if (fitting.includes(provider.protocol)) return;
  throw new ConfigError(
    'HIL_CONFIG_USAGE',
    `Firmware of dialect ${dialect.name} speaks ${dialect.protocol}, and the provider ${provider.protocol}; it can talk to ${fitting.join(', ')}.`,
    { dialect: dialect.name, protocol: provider.protocol, fitting },
  );
}
