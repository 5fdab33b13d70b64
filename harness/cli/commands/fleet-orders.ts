import { ConfigError } from '../../errors';
import type { OrderKind } from '../../fleet';
import { exitCodes } from '../exit-codes';
import { openFleet, type FleetPlace } from '../fleet/fleet-link';
import { jobCalled } from '../fleet/follow-job';
import { renderFleet, type RenderedFleet } from '../fleet/render-fleet';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** So many verdicts are shown. */
const RECENT = 10;

/** Shows benches, jobs, providers that are limited and the latest verdicts. */
export async function fleetStatusCommand(place: FleetPlace, json: boolean): Promise<number> {
  const fleet = await openFleet(place, say);
  const { queue, roll, verdicts } = fleet;
  try {
    const [nowMs, benches, jobs, providers, recent] = await Promise.all([
      roll.nowMs(),
      roll.benches(),
      queue.status(),
      queue.providers(),
      verdicts.recent(RECENT),
    ]);
    const status: RenderedFleet = { nowMs, benches, jobs, providers, verdicts: recent };
    process.stdout.write(
      json ? `${JSON.stringify({ schema: 'earshot/fleet@1', ...status }, null, 2)}\n` : renderFleet(status),
    );
    return exitCodes.passed;
  } finally {
    await fleet.close();
  }
}

/** Ends a job; whoever plays a unit of it stops. @throws FleetError `HIL_FLEET_JOB_UNKNOWN`. */
export async function fleetCancelCommand(place: FleetPlace, jobId: string): Promise<number> {
  const fleet = await openFleet(place, say);
  const { queue } = fleet;
  try {
    const { isOver } = await jobCalled(jobId, queue);
    await queue.cancel(jobId);
    process.stdout.write(isOver ? `${jobId} was over already.\n` : `${jobId} is cancelled.\n`);
    return exitCodes.passed;
  } finally {
    await fleet.close();
  }
}

export interface FleetOrderArguments extends FleetPlace {
  readonly kind: OrderKind;
  /** `BENCH` or `BENCH/BOARD`. */
  readonly target: string;
  readonly reason: string | undefined;
}

const done: Readonly<Record<OrderKind, string>> = {
  drain: 'takes no more units once it hears of it',
  resume: 'takes units again once it hears of it',
  quarantine: 'is in quarantine once it hears of it',
  release: 'gets work again once it hears of it',
};

/** Tells a bench, or one board of it, what a person wants. @throws ConfigError `HIL_CONFIG_USAGE` for one that the fleet does not have. */
export async function fleetOrderCommand({
  kind,
  target,
  reason,
  ...place
}: FleetOrderArguments): Promise<number> {
  const fleet = await openFleet(place, say);
  const { roll } = fleet;
  try {
    const benches = await roll.benches();
    const found = benches
      .flatMap(({ bench, boards }) => [{ bench }, ...boards.map(({ name }) => ({ bench, board: name }))])
      .find((one) => target === ('board' in one ? `${one.bench}/${one.board}` : one.bench));
    if (found === undefined) {
      const there = benches.flatMap(({ bench, boards }) => boards.map(({ name }) => `${bench}/${name}`));
      const message = `The fleet has no bench or board "${target}"; it has ${there.join(', ') || 'none'}.`;
      throw new ConfigError('HIL_CONFIG_USAGE', message, { target, there });
    }
    await roll.order({ kind, ...found, ...(reason === undefined ? {} : { reason }) });
    process.stdout.write(`${target} ${done[kind]}.\n`);
    return exitCodes.passed;
  } finally {
    await fleet.close();
  }
}
