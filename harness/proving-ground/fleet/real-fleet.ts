import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunningCommand, type CommandEnd, type CommandPlace } from './real-agents';

export const benches = ['one', 'two'] as const;
export type Bench = (typeof benches)[number];

export interface RealFleetOptions {
  /** Folder with `dist`. */
  readonly root: string;
  readonly redis: { readonly host: string; readonly port: number };
  readonly environment: CommandPlace['environment'];
  /** Of each agent's bench. */
  readonly boards: readonly string[];
  /** Whether boards have a flash that firmware is written into. */
  readonly isFlashed: boolean;
  /** Suites and turns, as `earshot run` and `earshot fleet submit` are told them. */
  readonly what: readonly string[];
  /** What agents are told beside their bench. */
  readonly ofAgents: readonly string[];
}

/** Two agents with two virtual boards each, a bench of its own beside them, and the commands that are given to them. */
export class RealFleet {
  readonly agents = new Map<Bench, RunningCommand>();
  private readonly all: RunningCommand[] = [];
  private readonly place: CommandPlace;

  constructor(
    private readonly folder: string,
    private readonly options: RealFleetOptions,
  ) {
    const environment = {
      ...options.environment,
      XDG_STATE_HOME: join(folder, 'state'),
      EARSHOT_LEASES: join(folder, 'leases'),
    };
    this.place = { root: options.root, folder, environment };
    for (const bench of benches) this.bench(bench, options.boards);
    this.bench('alone', ['a']);
  }

  private bench(name: string, names: readonly string[]): void {
    const flash = (each: string): string => (this.options.isFlashed ? `, flash: ${name}-${each}.flash` : '');
    const board = (each: string): string =>
      `  - { name: ${each}, kind: virtual, dialect: hunyuan-chat, addressAfter: 1s${flash(each)} }`;
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
    const agent = this.fleet(
      'agent',
      '--bench',
      `${bench}.yaml`,
      '--bundles',
      'bundles',
      ...this.options.ofAgents,
    );
    this.agents.set(bench, agent);
    await agent.line(/ works for /);
    return agent;
  }

  submit(...args: readonly string[]): RunningCommand {
    return this.submitOnly(...this.options.what, ...args);
  }

  /** Suites are told with the rest. */
  submitOnly(...args: readonly string[]): RunningCommand {
    return this.followed('submit', ...args, '--boards', ':2');
  }

  followed(command: string, ...args: readonly string[]): RunningCommand {
    return this.fleet(command, ...args, '--bundles', 'bundles', '--json');
  }

  /** What one board makes of it by itself. @param image - Written first; undefined: it plays what it runs. */
  async alone(image: string | undefined, what = this.options.what): Promise<CommandEnd> {
    if (image !== undefined) await this.done('flash', image, '--bench', 'alone.yaml');
    return this.start('run', '--bench', 'alone.yaml', '--json', '--reports', 'alone', ...what).ended;
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
