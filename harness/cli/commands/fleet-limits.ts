import { ConfigError } from '../../errors';
import type { Allowance, BenchRoll, FleetQueue } from '../../fleet';
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

type LimitedQueue = Pick<FleetQueue, 'limit' | 'providers'>;
type Change = Pick<FleetLimitsArguments, 'provider' | 'wanted' | 'none'>;

/** Whether limits are to change, and not only to be shown. @throws ConfigError `HIL_CONFIG_USAGE` for what nobody can mean. */
function isChange({ provider, wanted, none }: Change): boolean {
  const wants = Object.keys(wanted).length > 0;
  if ((none || wants) && provider === undefined)
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      'Name the provider that is limited, such as proxy:openai-realtime.',
    );
  if (none && wants)
    throw new ConfigError('HIL_CONFIG_USAGE', '--none takes all limits away; it goes with no other.');
  return none || wants;
}

/** What is to hold of what held and what is wanted; undefined: no limit. @throws ConfigError `HIL_CONFIG_USAGE` for a cap on money without a price. */
function allowanceAfter(
  before: Allowance | undefined,
  { provider, wanted, none }: Change,
): Allowance | undefined {
  const allowance = { ...before, ...wanted };
  if (!none && allowance.centsPerDay !== undefined && allowance.centsPerTurn === undefined)
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `${provider} has no price: --cents-per-day counts nothing without --cents-per-turn.`,
      { provider },
    );
  return none ? undefined : allowance;
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/**
 * Says what all benches together may ask of a provider, and shows it.
 * @throws ConfigError `HIL_CONFIG_USAGE` for limits of nobody, and for a cap on money without a price.
 */
export async function fleetLimitsCommand(args: FleetLimitsArguments): Promise<number> {
  isChange(args);
  const fleet = await openFleet(args, say);
  try {
    process.stdout.write(await limitProviders(fleet, args));
    return exitCodes.passed;
  } finally {
    await fleet.close();
  }
}

/** Changes limits where that is asked for. @returns All that hold then, of one provider or of any, for a person or as JSON. */
export async function limitProviders(
  { queue, roll }: { readonly queue: LimitedQueue; readonly roll: Pick<BenchRoll, 'nowMs'> },
  args: Change & Pick<FleetLimitsArguments, 'json'>,
): Promise<string> {
  const { provider, json } = args;
  if (isChange(args) && provider !== undefined) {
    const before = (await queue.providers()).find((use) => use.provider === provider)?.allowance;
    await queue.limit(provider, allowanceAfter(before, args));
  }
  const [uses, nowMs] = [await queue.providers(), await roll.nowMs()];
  const shown = uses.filter((use) => provider === undefined || use.provider === provider);
  if (json)
    return `${JSON.stringify({ schema: 'earshot/fleet-limits@1', nowMs, providers: shown }, null, 2)}\n`;
  if (shown.length > 0) return renderProviders(shown, nowMs);
  return `${provider ?? 'No provider'} is ${provider === undefined ? '' : 'not '}limited.\n`;
}
