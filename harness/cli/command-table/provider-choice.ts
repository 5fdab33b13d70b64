import { providerProtocols, type ProviderProtocol } from '../../ports';
import { UsageError } from './argument-checks';

export interface ProviderChoice {
  readonly kind: 'mock' | 'proxy' | 'live';
  readonly protocol: ProviderProtocol;
}

/**
 * Reads `mock:spark`, `proxy:deepseek`, or `live:openai`; `mock`, `proxy` or `live` alone is the one that hears.
 * @throws UsageError naming what there is.
 */
export function readProviderChoice(written: string): ProviderChoice {
  const [kind = '', name, ...rest] = written.split(':');
  const protocol = providerProtocols.find((one) => one === (name ?? 'openai-realtime'));
  const known = (['mock', 'proxy', 'live'] as const).find((one) => one === kind);
  if (rest.length === 0 && known !== undefined && protocol !== undefined) return { kind: known, protocol };
  throw new UsageError(
    `--provider takes mock:NAME, proxy:NAME or live:NAME (${providerProtocols.join(', ')}), not "${written}".`,
  );
}
