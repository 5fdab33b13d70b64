import { ConfigError } from '../../errors';
import type { Allowance } from '../../fleet';
import { exitCodes } from '../exit-codes';
import { openFleet, type FleetPlace } from '../fleet/fleet-link';
import { renderProviders } from '../fleet/render-providers';

export interface FleetLimitsArguments extends FleetPlace {
  /** As units name it; undefined: all that are limited are shown. */
  readonly provider: string | undefined;
  /** What is to hold from now on; what is absent stays as it is. */
  readonly wanted: Allowance;
  /** The provider is not to be limited any more. */
  readonly none: boolean;
  readonly json: boolean;
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/**
 * Says what all benches together may ask of a provider, and shows it.
 * @throws ConfigError `HIL_CONFIG_USAGE` for limits of nobody, and for a cap on money without a price.
 */
export async function fleetLimitsCommand(args: FleetLimitsArguments): Promise<number> {
  const { provider, wanted, none, json } = args;
  const isChange = none || Object.keys(wanted).length > 0;
  if (isChange && provider === undefined)
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      'Name the provider that is limited, such as proxy:openai-realtime.',
    );
  if (none && Object.keys(wanted).length > 0)
    throw new ConfigError('HIL_CONFIG_USAGE', '--none takes all limits away; it goes with no other.');
  const fleet = await openFleet(args, say);
  const { queue, roll } = fleet;
  try {
    if (isChange && provider !== undefined) {
      const before = (await queue.providers()).find((use) => use.provider === provider)?.allowance;
      const allowance = { ...before, ...wanted };
      if (!none && allowance.centsPerDay !== undefined && allowance.centsPerTurn === undefined)
        throw new ConfigError(
          'HIL_CONFIG_USAGE',
          `${provider} has no price: --cents-per-day counts nothing without --cents-per-turn.`,
          { provider },
        );
      await queue.limit(provider, none ? undefined : allowance);
    }
    const [uses, nowMs] = [await queue.providers(), await roll.nowMs()];
    const shown = uses.filter((use) => provider === undefined || use.provider === provider);
    process.stdout.write(
      json
        ? `${JSON.stringify({ schema: 'earshot/fleet-limits@1', nowMs, providers: shown }, null, 2)}\n`
        : shown.length > 0
          ? renderProviders(shown, nowMs)
          : `${provider ?? 'No provider'} is ${provider === undefined ? '' : 'not '}limited.\n`,
    );
    return exitCodes.passed;
  } finally {
    await fleet.close();
  }
}
