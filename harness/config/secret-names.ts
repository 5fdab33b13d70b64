import type { BenchConfig, ProviderConfig } from './bench-config';
import { readEnvironment, setEnvironment } from './environment';

const namedBy = (provider: ProviderConfig | undefined): readonly string[] =>
  provider?.kind === 'mock' || provider?.kind === 'proxy' ? Object.values(provider.credentials ?? {}) : [];

/**
 * From here on this process, and those that it starts, take for secret what the variables hold that a bench names as credentials, whatever
 * their names are.
 */
export function keepSecretsOf({ provider, boards }: Pick<BenchConfig, 'provider' | 'boards'>): void {
  const named = [provider, ...boards.map((board) => board.provider)].flatMap(namedBy);
  if (named.length === 0) return;
  setEnvironment({ secretNames: [...new Set([...(readEnvironment().secretNames ?? []), ...named])] });
}
