import type { Argv } from 'yargs';
import type { OrderKind } from '../../fleet';
import type { FollowArguments } from '../commands/fleet-submit';
import type { FleetPlace } from '../fleet/fleet-link';
import { givenOnce, wholeNumber } from './argument-checks';
import { addFleetDashboard } from './fleet-dashboard';
import { addFleetLimits } from './fleet-limits';
import { bundles, fleetPlace } from './fleet-options';
import { readProviderChoice } from './provider-choice';
import { json, lang, reports } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

const detach = {
  type: 'boolean',
  default: false,
  describe:
    'Print the name of the job and leave: an agent makes one run of it; earshot fleet watch waits for it',
} as const;

const withJob = <T>(command: Argv<T>) =>
  command.positional('job', {
    type: 'string',
    demandOption: true,
    describe: 'As earshot fleet submit printed it',
  });

const withTarget = <T>(command: Argv<T>) =>
  command
    .positional('target', { type: 'string', demandOption: true, describe: 'BENCH, or BENCH/BOARD' })
    .options(fleetPlace)
    .option('reason', { type: 'string', describe: 'Why, for whoever asks later' });

interface Ordered extends FleetPlace {
  readonly target: string;
  readonly reason: string | undefined;
}

/** What goes with a job that is waited for. */
const followOptions = <T>(command: Argv<T>) =>
  command
    .options(fleetPlace)
    .option('bundles', bundles)
    .option('budget', {
      type: 'string',
      describe: 'Budgets file (default: the one that the benches name, where it is on this machine)',
    })
    .option('reports', reports)
    .option('lang', lang)
    .option('json', json)
    .check(givenOnce(['queue', 'redis-ca', 'prefix', 'bundles', 'budget', 'reports', 'lang']));

type Followed = Omit<FollowArguments, 'language'> & { readonly lang: FollowArguments['language'] };

const followed = ({ queue, redisCa, prefix, bundles: store, ...rest }: Followed): FollowArguments => ({
  queue,
  redisCa,
  prefix,
  bundles: store,
  reports: rest.reports,
  budget: rest.budget,
  language: rest.lang,
  json: rest.json,
});

/** Adds `fleet`: many benches, one queue. */
export const addFleet = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command('fleet', 'Have many benches play what is submitted to one queue', (fleet) => {
    addFleetDashboard(fleet, exit);
    addFleetLimits(fleet, exit);
    const ordering =
      (kind: OrderKind) =>
      async ({ target, reason, ...place }: Ordered): Promise<void> => {
        const { fleetOrderCommand } = await import('../commands/fleet-orders.js');
        exit(await fleetOrderCommand({ ...place, kind, target, reason }));
      };
    return fleet
      .command(
        'agent',
        'Have the boards of a bench play units of the fleet, until it is asked to end',
        (command) =>
          command
            .option('bench', { type: 'string', demandOption: true, describe: 'Bench file' })
            .options(fleetPlace)
            .option('bundles', bundles)
            .option('name', {
              type: 'string',
              describe: 'Name of the bench in the fleet (default: as its file says)',
            })
            .option('board', { type: 'string', describe: 'Boards that take part, as a,b,c (default: all)' })
            .option('provider', {
              type: 'string',
              array: true,
              default: [] as string[],
              describe: 'Further providers that this bench has keys for, such as proxy:openai-realtime',
            })
            .option('reports', {
              ...reports,
              default: 'reports/fleet',
              describe: 'Folder that units are played into',
            })
            .option('suites', {
              type: 'string',
              describe:
                "Folder of your own suites, of which a job's are played where every file is the same (default: Earshot's alone)",
            })
            .option('any-suites', {
              type: 'boolean',
              default: false,
              describe: 'Play whatever suites a job brings: they are programs, and run as you',
            })
            .option('only-play', {
              type: 'boolean',
              default: false,
              describe: 'Do not make one run here of what boards played and nobody waits for',
            })
            .option('builds', {
              type: 'string',
              describe: 'Builds file: recipes by which this machine builds firmware (default: builds none)',
            })
            .option('keep-days', {
              type: 'number',
              default: 14,
              describe: 'Days after which a job that is over is forgotten',
            })
            .option('lease', {
              type: 'number',
              default: 30,
              describe: 'Seconds without a word from here after which a unit is played elsewhere',
            })
            .check(
              givenOnce([
                'bench',
                'queue',
                'redis-ca',
                'prefix',
                'bundles',
                'name',
                'board',
                'reports',
                'keep-days',
                'suites',
                'lease',
              ]),
            )
            .check(wholeNumber('keep-days', 1, 3_650))
            .check(wholeNumber('lease', 5, 600))
            .check(({ provider }) => {
              for (const one of provider) readProviderChoice(one);
              return true;
            })
            .example(
              '$0 fleet agent --bench bench.yaml --queue rediss://bench@lab --bundles s3://runs',
              'a bench',
            ),
        async ({
          bench,
          queue,
          redisCa,
          prefix,
          bundles: store,
          name,
          board,
          provider,
          reports: folder,
          suites,
          anySuites,
          onlyPlay,
          builds,
          keepDays,
          lease,
        }) => {
          const { fleetAgentCommand } = await import('../commands/fleet-agent.js');
          exit(
            await fleetAgentCommand({
              bench,
              queue,
              redisCa,
              prefix,
              bundles: store,
              name,
              board: board?.split(','),
              provider,
              reports: folder,
              suites,
              anySuites,
              merge: !onlyPlay,
              builds,
              keepDays,
              lease,
            }),
          );
        },
      )
      .command(
        'submit',
        'Have boards of the fleet play suites, and judge what comes back as one run',
        (command) =>
          followOptions(command)
            .option('firmware', {
              type: 'string',
              describe: 'Build folder, flasher_args.json or image to test (default: whatever the boards run)',
            })
            .option('suite', {
              type: 'string',
              array: true,
              default: [] as string[],
              describe:
                'Suites by name, own files or folders; gate: all that a release has to pass (default: gate)',
            })
            .option('turns', { type: 'number', default: 12, describe: 'Turns of the latency suite' })
            .option('boards', {
              type: 'string',
              describe:
                'Model and how many at once, as korvo2:2 (default: two of the only model that there is)',
            })
            .option('provider', {
              type: 'string',
              default: 'mock',
              describe: 'Provider that boards talk to, such as mock or proxy:openai-realtime',
            })
            .option('rig', { type: 'string', describe: 'Kind of rig, where boards of a model have several' })
            .option('language', {
              type: 'string',
              describe: 'Language of the prompts (default: en, where boards have it)',
            })
            .option('priority', {
              choices: ['gate', 'pull-request', 'nightly'] as const,
              default: 'pull-request' as const,
              describe: 'What goes first where boards are few',
            })
            .option('build', {
              type: 'string',
              describe: 'Recipe by which an agent builds the firmware first, from --source',
            })
            .option('source', {
              type: 'string',
              describe: 'Folder that travels to the agent that builds it',
            })
            .option('at', {
              type: 'string',
              describe: 'Play nothing before this time, such as 2026-11-23T02:00 (default: at once)',
            })
            .option('detach', detach)
            .check(givenOnce(['build', 'source', 'at']))
            .check(givenOnce(['firmware', 'turns', 'boards', 'provider', 'rig', 'language', 'priority']))
            .check(wholeNumber('turns', 1, 100_000))
            .example(
              '$0 fleet submit --firmware build --suite gate --boards korvo2:2 --bundles s3://runs',
              'a release',
            ),
        async ({
          firmware,
          suite,
          turns,
          boards,
          provider,
          rig,
          language,
          priority,
          build,
          source,
          at,
          detach: leave,
          ...rest
        }) => {
          const { fleetSubmitCommand } = await import('../commands/fleet-submit.js');
          exit(
            await fleetSubmitCommand({
              ...followed(rest),
              firmware,
              suite,
              turns,
              boards,
              provider,
              rig,
              promptLanguage: language,
              priority,
              build,
              source,
              at,
              detach: leave,
            }),
          );
        },
      )
      .command(
        'status',
        'Show benches, jobs that are under way and the latest verdicts',
        (command) => command.options(fleetPlace).option('json', json),
        async ({ json: asJson, ...place }) => {
          const { fleetStatusCommand } = await import('../commands/fleet-orders.js');
          exit(await fleetStatusCommand(place, asJson));
        },
      )
      .command(
        'watch <job>',
        'Wait for a job, and judge what comes back as one run',
        (command) => followOptions(withJob(command)),
        async ({ job, ...rest }) => {
          const { fleetWatchCommand } = await import('../commands/fleet-submit.js');
          exit(await fleetWatchCommand(job, followed(rest)));
        },
      )
      .command(
        'retry <job>',
        'Have played again what no board could, and judge it with the rest',
        (command) => followOptions(withJob(command)).option('detach', detach),
        async ({ job, detach: leave, ...rest }) => {
          const { fleetRetryCommand } = await import('../commands/fleet-submit.js');
          exit(await fleetRetryCommand(job, { ...followed(rest), detach: leave }));
        },
      )
      .command(
        'cancel <job>',
        'End a job: what waits is dropped, and what is played is broken off',
        (command) => withJob(command).options(fleetPlace),
        async ({ job, ...place }) => {
          const { fleetCancelCommand } = await import('../commands/fleet-orders.js');
          exit(await fleetCancelCommand(place, job));
        },
      )
      .command('drain <target>', 'Have a bench or board take no more units', withTarget, ordering('drain'))
      .command(
        'resume <target>',
        'Have a drained bench or board take units again',
        withTarget,
        ordering('resume'),
      )
      .command(
        'quarantine <target>',
        'Keep a bench or board from work until somebody has looked at it',
        withTarget,
        ordering('quarantine'),
      )
      .command(
        'release <target>',
        'Give a bench or board in quarantine work again',
        withTarget,
        ordering('release'),
      )
      .demandCommand(1, 'Name what to do with the fleet.');
  });
