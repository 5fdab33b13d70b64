import { didYouMean } from '../../config';
import { providerProtocols, type ProviderProtocol } from '../../ports';
import { UsageError } from '../command-table';

/** One entry of `--provider`: `mock:spark`, `live:openai`, `live:siliconflow/deepseek-ai/DeepSeek-R1`. */
export interface ProbeTarget {
  /** As it was written. */
  readonly name: string;
  readonly kind: 'mock' | 'live';
  readonly protocol: ProviderProtocol;
  /** Behind the first slash; undefined: the protocol's own. */
  readonly model: string | undefined;
}

const isProtocol = (name: string): name is ProviderProtocol =>
  (providerProtocols as readonly string[]).includes(name);

/** @throws UsageError naming what is near. */
function targetOf(name: string): ProbeTarget {
  const [, kind, rest] = /^(\w+):(.*)$/.exec(name) ?? [];
  const known = ['mock', 'live'].flatMap((which) =>
    providerProtocols.map((protocol) => `${which}:${protocol}`),
  );
  const [protocol = '', ...model] = (rest ?? '').split('/');
  const unknown = (): UsageError =>
    new UsageError(
      `--provider does not know "${name}"${didYouMean(name, known) || `; expected mock: or live: and one of ${providerProtocols.join(', ')}.`}`,
    );
  if ((kind !== 'mock' && kind !== 'live') || !isProtocol(protocol)) throw unknown();
  return { name, kind, protocol, model: model.length === 0 ? undefined : model.join('/') };
}

/**
 * The providers of a comma-separated list.
 * @throws UsageError for an unknown one, and for one that is named twice.
 */
export function probeTargets(list: string): readonly ProbeTarget[] {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new UsageError('--provider needs a provider such as mock:siliconflow.');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`--provider names ${twice} twice.`);
  return names.map(targetOf);
}
