import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { takeLease } from '../../bench';
import { loadBench, statePath, type BenchConfig, type BoardConfig } from '../../config';
import { closeAll, ConfigError, type Closable } from '../../errors';
import { BenchAgent, FirmwareCache, LEASE_MS, type AgentBoard, type BenchRoll } from '../../fleet';
import { isoNow, systemClock } from '../../ports';
import { exitCodes } from '../exit-codes';
import { BenchHands } from '../fleet/bench-hands';
import { desksOf } from '../fleet/desks';
import { openBundles, openFleet, type FleetPlace } from '../fleet/fleet-link';
import { offerOf } from '../fleet/offer-of';
import { offeredSuites } from '../fleet/own-suites';
import { launchChild } from '../launch-child';
import { packageVersion } from '../package-version';
import { onEndingSignal } from '../run-signals';

export interface FleetAgentArguments extends FleetPlace {
  readonly bench: string;
  readonly bundles: string;
  /** Name of the bench in the fleet; undefined: as its file says. */
  readonly name: string | undefined;
  /** Boards of the bench that take part; undefined: all. */
  readonly board: readonly string[] | undefined;
  /** Further ways to providers that this bench has keys for. */
  readonly provider: readonly string[];
  readonly reports: string;
  /** Folder of suites that it plays where a job brings the same; undefined: none. */
  readonly suites: string | undefined;
  /** Whether it plays whatever suites a job brings. */
  readonly anySuites: boolean;
  /** Whether this machine makes one run of what boards anywhere played, where nobody waits for it. */
  readonly merge: boolean;
  /** Builds file; undefined: no firmware is built here. */
  readonly builds: string | undefined;
  /** Jobs that are over are kept for so long. */
  readonly keepDays: number;
  /** Seconds without a word from here after which a unit is played elsewhere. */
  readonly lease: number;
}

const say = (text: string): void => void process.stdout.write(`${isoNow()} ${text}\n`);

const DAY_MS = 24 * 3_600_000;

/** How long a second wish to end waits for boards to be given back. */
const STOPPED_WITHIN_MS = 20_000;

function boardsOf(config: BenchConfig, names: readonly string[] | undefined): readonly BoardConfig[] {
  const unknown = names?.find((name) => config.boards.every((board) => board.name !== name));
  if (unknown !== undefined) {
    const known = config.boards.map(({ name }) => name).join(', ');
    throw new ConfigError('HIL_CONFIG_USAGE', `${config.path} has no board "${unknown}"; it has ${known}.`);
  }
  return config.boards.filter(({ name }) => names === undefined || names.includes(name));
}

/** @throws ConfigError `HIL_CONFIG_USAGE` where another machine goes by the name. */
async function assertAlone(roll: BenchRoll, bench: string): Promise<void> {
  const [known, nowMs] = [(await roll.benches()).find((one) => one.bench === bench), await roll.nowMs()];
  if (known === undefined || known.host === hostname() || nowMs - known.seenAtMs > LEASE_MS) return;
  const message = `The fleet has a bench "${bench}" already, on ${known.host}; name this one with --name.`;
  throw new ConfigError('HIL_CONFIG_USAGE', message, { bench, host: known.host });
}

/**
 * A bench that works for a fleet, until it is asked to end: it plays its units to the end then, and gives them up when it is asked again.
 * @returns 0; 130 when it gave units up.
 * @throws ConfigError, FleetError `HIL_FLEET_QUEUE_UNREACHABLE`; HilError `HIL_BENCH_HELD` when the bench has an agent already.
 */
export async function fleetAgentCommand(args: FleetAgentArguments): Promise<number> {
  const config = loadBench(args.bench);
  const bench = args.name ?? config.name;
  const boards = boardsOf(config, args.board);
  const reportsPath = resolve(args.reports);
  const suites = offeredSuites({ folder: args.suites, any: args.anySuites });
  const opened: Closable[] = [];
  try {
    // Gone with this process: two agents of one bench would take each other's boards.
    const key = `fleet-agent:${config.path}`;
    opened.push(await takeLease({ key, name: bench, command: 'earshot fleet agent', clock: systemClock }));
    const fleet = await openFleet(args, say, { forMs: args.keepDays * DAY_MS }, args.lease * 1_000);
    opened.push(fleet);
    await assertAlone(fleet.roll, bench);
    const bundles = openBundles(args.bundles);
    opened.push(bundles);
    const firmware = new FirmwareCache(
      bundles,
      join(statePath(), 'firmware', bench.replace(/[^\w.-]+/g, '-')),
    );
    const agent = new BenchAgent({
      bench,
      host: hostname(),
      version: packageVersion(),
      queue: fleet.queue,
      roll: fleet.roll,
      bundles,
      clock: systemClock,
      say,
      // The bundle has it all.
      onDelivered: (runPath) => rmSync(runPath, { recursive: true, force: true }),
      boards: [
        ...desksOf({
          place: args,
          bench: config.path,
          bundlesAddress: args.bundles,
          bundles,
          verdicts: fleet.verdicts,
          folder: reportsPath,
          merges: args.merge,
          builds: args.builds,
          boards,
        }),
        ...boards.map((board): AgentBoard => ({
          name: board.name,
          dialect: board.dialect,
          offer: offerOf(config, board, args.provider, suites),
          ...(board.isolation === undefined ? {} : { isolation: `${bench}/${board.isolation}` }),
          hands: new BenchHands({
            config,
            board,
            bench,
            reportsPath: join(reportsPath, board.name),
            firmware,
            bundles,
            suites,
            launch: launchChild,
            clock: systemClock,
            say: (text) => say(`${bench}/${board.name} ${text}`),
          }),
        })),
      ],
    });
    return await work(
      agent,
      `${bench} works for ${args.queue} with ${boards.map(({ name }) => name).join(', ')}`,
    );
  } finally {
    await closeAll(opened);
  }
}

async function work(agent: BenchAgent, greeting: string): Promise<number> {
  let wishes = 0;
  let forced: () => void = () => undefined;
  const outOfPatience = new Promise<void>((resolve) => (forced = resolve));
  onEndingSignal(() => {
    wishes += 1;
    if (wishes === 1) {
      say('takes no more units and ends with those that it plays (once more to give them up)');
      agent.leave();
      return;
    }
    agent.stop();
    systemClock.after(STOPPED_WITHIN_MS, forced);
  });
  say(greeting);
  await Promise.race([agent.run().then(() => agent.signOff()), outOfPatience]);
  return wishes > 1 ? exitCodes.interrupted : exitCodes.passed;
}
