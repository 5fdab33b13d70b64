import { ConfigError } from '../../errors';
import type { FleetQueue, PieceOrder, UnitShare } from '../../fleet';
import type { AskingSuite } from './suite-lengths';

type Priced = Pick<PieceOrder, 'costCents' | 'centsPerTurn'>;

/**
 * What units are thought to cost at a provider, by the price that somebody configured for it: nothing where nobody did.
 * @param lengths - Of the suites that units are made of.
 * @throws ConfigError `HIL_CONFIG_USAGE` where limits of the provider would be passed by, or where a unit is dearer than a day may be: it
 *   would wait for ever.
 */
export async function pricedBy(
  queue: Pick<FleetQueue, 'providers'>,
  provider: string,
  lengths: readonly AskingSuite[],
): Promise<(share: UnitShare) => Priced> {
  const uses = await queue.providers();
  const narrower = uses.find((use) => use.provider.startsWith(`${provider}:`));
  const { centsPerTurn, centsPerDay = Infinity } =
    uses.find((use) => use.provider === provider)?.allowance ?? {};
  if (narrower !== undefined) {
    const message = `${narrower.provider} is limited (earshot fleet limits), and "${provider}" may be that or another: name the provider in full.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { provider, limited: narrower.provider });
  }
  if (centsPerTurn === undefined) return () => ({});
  return ({ suites, turns }) => {
    const asked = suites.reduce((sum, suite) => {
      const length = lengths.find((one) => one.suite === suite);
      // Of the suite that is cut, its share.
      return sum + (length?.turns === undefined ? (length?.asks ?? 0) : (turns ?? length.turns));
    }, 0);
    const costCents = asked * centsPerTurn;
    if (costCents > centsPerDay) {
      const message = `${suites.join(', ')} is thought to cost ${costCents} cents at ${provider} (${asked} turns at ${centsPerTurn}), which may have ${centsPerDay} a day: it would wait for ever. Ask for fewer --turns, or for more with earshot fleet limits.`;
      throw new ConfigError('HIL_CONFIG_USAGE', message, { provider, costCents, centsPerDay });
    }
    return { costCents, centsPerTurn };
  };
}
