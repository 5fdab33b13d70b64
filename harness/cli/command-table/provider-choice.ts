import { providerProtocols, type ProviderProtocol } from '../../ports';
import { UsageError } from './argument-checks';

export interface ProviderChoice {
  readonly kind: 'mock' | 'proxy';
  readonly protocol: ProviderProtocol;
}

/**
 * Reads `mock:spark`, `proxy:deepseek`, or `mock` or `proxy` alone, which is the one that hears.
 * @throws UsageError naming what there is.
 */
export function readProviderChoice(written: string): ProviderChoice {
  const [kind = '', name, ...rest] = written.split(':');
  const protocol = providerProtocols.find((one) => one === (name ?? 'openai-realtime'));
  if (rest.length === 0 && (kind === 'mock' || kind === 'proxy') && protocol !== undefined)
    return { kind, protocol };
  throw new UsageError(
    `--provider takes mock:NAME or proxy:NAME (${providerProtocols.join(', ')}), not "${written}".`,
  );
}
