import type { BenchConfig, BoardConfig, ProviderConfig } from '../../config';
import { loadCorpus } from '../../corpus';
import type { Offer } from '../../fleet';

/** A board without sound is asked in writing. */
const NO_RIG = 'none';

/** By what names units may ask for a provider that a bench has: the way alone means its own. */
const namesOf = (provider: ProviderConfig): readonly string[] =>
  provider.kind === 'plugin' ? [provider.name] : [provider.kind, `${provider.kind}:${provider.protocol}`];

/**
 * What a board on its bench can play.
 * @param further - Ways to providers that the bench has keys for beside its own, as `--provider` is written.
 * @param suites - That did not come with Earshot. Default: none.
 * @throws ConfigError of the corpus.
 */
export function offerOf(
  config: BenchConfig,
  board: BoardConfig,
  further: readonly string[],
  suites?: readonly string[],
): Offer {
  const { prompts } = loadCorpus(config.corpusPath);
  return {
    boardModel: board.model,
    rig: board.rig?.kind ?? NO_RIG,
    languages: [...new Set([...prompts.values()].map(({ language }) => language))].sort(),
    providers: [...new Set([...namesOf(board.provider ?? config.provider), ...further])],
    ...(suites === undefined ? {} : { suites }),
  };
}

/** What `--provider` of a unit's run is; undefined: the bench's own. */
export const providerFor = (config: BenchConfig, board: BoardConfig, wanted: string): string | undefined =>
  namesOf(board.provider ?? config.provider).includes(wanted) ? undefined : wanted;
