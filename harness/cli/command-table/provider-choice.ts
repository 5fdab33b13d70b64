import { providerProtocols, writtenProtocols, type ProviderProtocol } from '../../ports';
import { UsageError } from './argument-checks';

export interface ProviderChoice {
  readonly kind: 'mock' | 'proxy';
  readonly protocol: ProviderProtocol;
}

/**
 * Reads `mock:spark`, `proxy:deepseek`, or `mock` alone, which is the one that hears.
 * @throws UsageError naming what there is.
 */
export function readProviderChoice(written: string): ProviderChoice {
  const [kind = '', name, ...rest] = written.split(':');
  const protocol = providerProtocols.find((one) => one === (name ?? 'openai-realtime'));
  if (rest.length === 0 && kind === 'mock' && protocol !== undefined) return { kind, protocol };
  const canProxy = writtenProtocols.some((one) => one === name);
  if (rest.length === 0 && kind === 'proxy' && protocol !== undefined && canProxy) return { kind, protocol };
  throw new UsageError(
    `--provider takes mock:NAME (${providerProtocols.join(', ')}) or proxy:NAME (${writtenProtocols.join(', ')}), not "${written}".`,
  );
}
