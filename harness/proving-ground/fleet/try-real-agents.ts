import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../ports';
import { contentOf, differencesOf, type RunContent } from './compare-runs';
import { RunningCommand, type CommandEnd, type CommandPlace } from './real-agents';

export interface RealAgentsOptions {
  /** Folder with `dist`. */
  readonly root: string;
  readonly redis: { readonly host: string; readonly port: number };
  /** Paths of images: one that its boards pass with, and one that they fail with. */
  readonly firmware: { readonly good: string; readonly faulty: string };
  /** The comparison of a good firmware alone, with few turns. */
  readonly isSmall: boolean;
  readonly environment: CommandPlace['environment'];
  /** Hears of each trial as it ends. */
  readonly onTrial: (trial: RealTrial) => void;
}

/** What was tried with agents as they are, and what is wrong. */
export interface RealTrial {
  readonly name: string;
  /** In words; empty when nothing is. */
  readonly wrong: readonly string[];
  readonly tookMs: number;
  /** From what was done to the board's being free. Absent: nothing was broken off. */
  readonly freeAfterMs?: number;
  /** From the loss of an agent to its unit's beginning on the other. Absent: none was lost. */
  readonly elsewhereMs?: number;
}

export interface RealAgentsReport {
  readonly trials: readonly RealTrial[];
  /** What agents said, for whoever looks into a failure. */
  readonly said: readonly string[];
}

const benches = ['one', 'two'] as const;
type Bench = (typeof benches)[number];
const boards = ['a', 'b'] as const;
const suites = ['boot', 'text-chat'] as const;
/** Nothing of a trial takes longer, unless it hangs. */
const HUNG_AFTER_MS = 400_000;

const within = async <T>(work: Promise<T>, what: string): Promise<T> => {
  let cancel: () => void = () => undefined;
  const hung = new Promise<never>((_, reject) => {
    cancel = systemClock.after(HUNG_AFTER_MS, () => reject(new Error(`${what} hangs`)));
  });
  return Promise.race([work, hung]).finally(() => cancel());
};

/** Two agents with two virtual boards each, a bench of its own beside them, and the commands that are given to them. */
class RealFleet {
  readonly agents = new Map<Bench, RunningCommand>();
  private readonly all: RunningCommand[] = [];
  private readonly place: CommandPlace;

  constructor(
    private readonly folder: string,
    private readonly options: RealAgentsOptions,
  ) {
    const environment = {
      ...options.environment,
      XDG_STATE_HOME: join(folder, 'state'),
      EARSHOT_LEASES: join(folder, 'leases'),
    };
    this.place = { root: options.root, folder, environment };
    for (const bench of benches) this.bench(bench, boards);
    this.bench('alone', ['a']);
  }

  private bench(name: string, names: readonly string[]): void {
    const board = (each: string): string =>
      `  - { name: ${each}, kind: virtual, dialect: hunyuan-chat, addressAfter: 1s, flash: ${name}-${each}.flash }`;
    const lines = ['schema: earshot/bench@1', `name: ${name}`, 'provider: { protocol: hunyuan }', 'boards:'];
    writeFileSync(join(this.folder, `${name}.yaml`), [...lines, ...names.map(board), ''].join('\n'));
  }

  start(...args: readonly string[]): RunningCommand {
    const command = new RunningCommand(args, this.place);
    this.all.push(command);
    return command;
  }

  /** One that is to do what it is told. @throws Error where it does not. */
  async done(...args: readonly string[]): Promise<void> {
    const { exitCode, stderr } = await this.start(...args).ended;
    if (exitCode !== 0) throw new Error(`${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  }

  /** Arguments of a command of the fleet. */
  fleet(command: string, ...args: readonly string[]): RunningCommand {
    const { host, port } = this.options.redis;
    return this.start('fleet', command, ...args, '--queue', `redis://${host}:${port}`, '--prefix', 'real');
  }

  /** Resolves when the agent works. */
  async agent(bench: Bench): Promise<RunningCommand> {
    const agent = this.fleet('agent', '--bench', `${bench}.yaml`, '--bundles', 'bundles');
    this.agents.set(bench, agent);
    await agent.line(/ works for /);
    return agent;
  }

  submit(...args: readonly string[]): RunningCommand {
    return this.followed('submit', ...args, ...this.what(), '--boards', `:2`);
  }

  followed(command: string, ...args: readonly string[]): RunningCommand {
    return this.fleet(command, ...args, '--bundles', 'bundles', '--json');
  }

  async alone(image: string): Promise<CommandEnd> {
    await this.done('flash', image, '--bench', 'alone.yaml');
    return this.start('run', '--bench', 'alone.yaml', '--json', '--reports', 'alone', ...this.what()).ended;
  }

  private what(): readonly string[] {
    const { isSmall } = this.options;
    const wanted = suites.flatMap((suite) => ['--suite', suite]);
    return [...wanted, '--turns', isSmall ? '1' : '6'];
  }

  get said(): readonly string[] {
    return [...this.agents].flatMap(([bench, { lines }]) => lines.map((line) => `${bench}: ${line}`));
  }

  /** How many agents' lines are as asked for. */
  count(wanted: RegExp): number {
    return this.said.filter((line) => wanted.test(line)).length;
  }

  /** The next unit that an agent's board begins, with how much it had said by then. */
  async plays(
    bench: Bench,
    behind: number,
  ): Promise<{ readonly board: string; readonly unit: string; readonly at: number }> {
    const { text, at } = await this.heard(bench).line(/ plays job-/, behind);
    const [, board = '', unit = ''] = / (\S+) plays (\S+): /.exec(text) ?? [];
    return { board, unit, at };
  }

  heard(bench: Bench): RunningCommand {
    const agent = this.agents.get(bench);
    if (agent === undefined) throw new Error(`there is no agent ${bench}`);
    return agent;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((command) => command.end('SIGKILL')));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Two agents as `earshot fleet agent` is, with two virtual boards each whose flash they write, on a real Redis: what `earshot fleet submit`
 * makes of a job is held against `earshot run` with the same firmware and suites on one board; and what becomes of it when an agent is
 * killed or asked to end, and when a person breaks it off.
 */
export async function tryRealAgents(options: RealAgentsOptions): Promise<RealAgentsReport> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-agents-'));
  mkdirSync(join(folder, 'state'));
  const fleet = new RealFleet(folder, options);
  const { firmware, isSmall, onTrial } = options;
  const trials: RealTrial[] = [];
  const trial = async (
    name: string,
    work: () => Promise<Omit<RealTrial, 'name' | 'tookMs'>>,
  ): Promise<void> => {
    const fromMs = systemClock.nowMs();
    const found = await within(work(), name).catch((error: unknown) => ({ wrong: [String(error)] }));
    const one: RealTrial = { name, tookMs: systemClock.nowMs() - fromMs, ...found };
    trials.push(one);
    onTrial(one);
  };
  try {
    let good: RunContent | undefined;
    const likeGood = async (command: RunningCommand): Promise<readonly string[]> =>
      good === undefined
        ? ['there is nothing to hold it against']
        : differencesOf(contentOf(await command.ended), good);
    await trial('a firmware that is good', async () => {
      const [alone] = await Promise.all([
        fleet.alone(firmware.good),
        ...benches.map((bench) => fleet.agent(bench)),
      ]);
      good = contentOf(alone);
      const wrong = await likeGood(fleet.submit('--firmware', firmware.good));
      const written = fleet.count(/ gets firmware /);
      return {
        wrong: [
          ...wrong,
          ...(good.exitCode === 0 && good.outcome === 'pass' ? [] : [`alone it came to ${good.why}`]),
          ...(written === 2 ? [] : [`${written} boards were given the firmware, not 2`]),
        ],
      };
    });
    if (!isSmall) {
      await trial('a firmware with a fault', async () => {
        const alone = contentOf(await fleet.alone(firmware.faulty));
        const differing = differencesOf(
          contentOf(await fleet.submit('--firmware', firmware.faulty).ended),
          alone,
        );
        return { wrong: [...differing, ...(alone.exitCode === 1 ? [] : [`alone it came to ${alone.why}`])] };
      });
      await trial('kill -9 of an agent whose boards are at work', () =>
        killed(fleet, firmware.good, likeGood),
      );
      await trial('Ctrl-C of who submitted it', () => interrupted(fleet, firmware.good));
      await trial('a job that is cancelled, and retried', () => retried(fleet, firmware.good, likeGood));
      await trial('SIGTERM of an agent whose board is at work', () =>
        drained(fleet, firmware.good, likeGood),
      );
    }
    await trial('agents that are asked to end', async () => {
      const ends = await Promise.all([...fleet.agents.values()].map((agent) => agent.end('SIGTERM')));
      return {
        wrong: ends.flatMap(({ exitCode }) => (exitCode === 0 ? [] : [`one ended with ${exitCode}`])),
      };
    });
  } finally {
    await fleet.close();
  }
  return { trials, said: fleet.said };
}

type Found = Omit<RealTrial, 'name' | 'tookMs'>;
type Hold = (command: RunningCommand) => Promise<readonly string[]>;

async function killed(fleet: RealFleet, image: string, likeGood: Hold): Promise<Found> {
  const behind = linesOf(fleet);
  const submitted = fleet.submit('--firmware', image);
  // One bench may have taken all of it.
  const { bench: lost, unit } = await first(fleet, behind);
  const other: Bench = lost === 'one' ? 'two' : 'one';
  await fleet.heard(lost).end('SIGKILL');
  const fromMs = systemClock.nowMs();
  const piece = unit.replace(/#\d+$/, '');
  const { atMs } = await fleet.heard(other).line(new RegExp(` plays ${piece}#2: `), behind[other]);
  await fleet.agent(lost);
  return { wrong: await likeGood(submitted), elsewhereMs: atMs - fromMs };
}

/** Waits for the board that plays to be free again, as its agent says. */
async function free(fleet: RealFleet, bench: Bench, board: string, behind: number): Promise<number> {
  return (await fleet.heard(bench).line(new RegExp(`${board} is muted, reset and free again`), behind)).atMs;
}

/** The first board of a job that plays. */
async function first(
  fleet: RealFleet,
  behind: Readonly<Record<Bench, number>>,
): Promise<{ readonly bench: Bench; readonly board: string; readonly unit: string; readonly at: number }> {
  return Promise.any(benches.map(async (bench) => ({ bench, ...(await fleet.plays(bench, behind[bench])) })));
}

const linesOf = (fleet: RealFleet): Readonly<Record<Bench, number>> => ({
  one: fleet.heard('one').lines.length,
  two: fleet.heard('two').lines.length,
});

async function interrupted(fleet: RealFleet, image: string): Promise<Found> {
  const submitted = fleet.submit('--firmware', image);
  const { bench, board, at } = await first(fleet, linesOf(fleet));
  submitted.signal('SIGINT');
  const fromMs = systemClock.nowMs();
  const { exitCode, stderr } = await submitted.ended;
  const freeAfterMs = (await free(fleet, bench, board, at)) - fromMs;
  const wrong = [
    ...(exitCode === 130 ? [] : [`it ended with ${exitCode}, not 130`]),
    ...(/Interrupted: job-\S+ is cancelled/.test(stderr) ? [] : ['it did not say what becomes of the job']),
  ];
  return { wrong, freeAfterMs };
}

async function retried(fleet: RealFleet, image: string, likeGood: Hold): Promise<Found> {
  const behind = linesOf(fleet);
  const submitted = fleet.submit('--firmware', image);
  const jobId = /job-[\w-]+/.exec((await submitted.line(/^job-/)).text)?.[0] ?? '';
  const { bench, board, at } = await first(fleet, behind);
  const fromMs = systemClock.nowMs();
  const cancelled = await fleet.fleet('cancel', jobId).ended;
  const freeAfterMs = (await free(fleet, bench, board, at)) - fromMs;
  const { exitCode } = await submitted.ended;
  const differing = await likeGood(fleet.followed('retry', jobId));
  const wrong = [
    ...(cancelled.exitCode === 0 ? [] : [`fleet cancel ended with ${cancelled.exitCode}`]),
    ...(exitCode === 130 ? [] : [`who submitted it ended with ${exitCode}, not 130`]),
    ...differing,
  ];
  return { wrong, freeAfterMs };
}

async function drained(fleet: RealFleet, image: string, likeGood: Hold): Promise<Found> {
  const behind = linesOf(fleet);
  const submitted = fleet.submit('--firmware', image);
  const { bench, board, at } = await first(fleet, behind);
  const agent = fleet.heard(bench);
  const { exitCode } = await agent.end('SIGTERM');
  const later = agent.lines.slice(at + 1);
  const wrong = [
    ...(exitCode === 0 ? [] : [`it ended with ${exitCode}`]),
    ...(later.some((line) => line.includes(`${board} delivered job-`)) ? [] : [`${board} delivered nothing`]),
    ...(await likeGood(submitted)),
  ];
  await fleet.agent(bench);
  return { wrong };
}
