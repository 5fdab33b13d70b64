import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildEnvironment, type BuildRecipe } from '../../config';
import type { BoardHands, BundleStore, Claim, Played, Readiness } from '../../fleet';
import type { Cancel, Clock } from '../../ports';
import type { DeskQuarantine } from './desk-quarantine';
import { copyFirmware } from './firmware-folder';

export interface BuildHandsOptions {
  /** By name: what this machine builds, and how. */
  readonly recipes: Readonly<Record<string, BuildRecipe>>;
  readonly bundles: Pick<BundleStore, 'fetch'>;
  /** Folder that is built in; emptied each time. */
  readonly folder: string;
  readonly clock: Clock;
  readonly quarantine: Pick<DeskQuarantine, 'look' | 'put' | 'lift'>;
}

/** What of a build's complaint goes on to whoever ordered it. */
const TAIL_CHARACTERS = 500;

/**
 * Builds firmware from a source by a recipe of this machine. An order names the recipe and says no word of the command; the source is code
 * all the same, and is run with the rights of whoever runs the agent.
 */
export class BuildHands implements BoardHands {
  constructor(private readonly options: BuildHandsOptions) {}

  look(): Promise<Readiness> {
    return Promise.resolve(this.options.quarantine.look());
  }

  async play({ unit }: Claim, signal: AbortSignal): Promise<Played> {
    const { recipes, bundles, folder } = this.options;
    const { chore } = unit;
    const recipe =
      chore?.kind === 'build' && Object.hasOwn(recipes, chore.recipe) ? recipes[chore.recipe] : undefined;
    if (chore?.kind !== 'build' || recipe === undefined)
      return { end: 'spoilt', reason: 'was given what it has no recipe for' };
    const [source, firmware] = [join(folder, 'source'), join(folder, 'firmware')];
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    try {
      await bundles.fetch(chore.source, source);
      const failure = await this.run(recipe, source, signal);
      if (failure !== undefined) return { end: 'spoilt', reason: `${chore.recipe}: ${failure}` };
      copyFirmware(join(source, recipe.output), firmware, source);
      return { end: 'judged', runPath: firmware };
    } finally {
      rmSync(source, { recursive: true, force: true });
    }
  }

  quarantine(reason: string): Promise<void> {
    this.options.quarantine.put(reason);
    return Promise.resolve();
  }

  release(): Promise<void> {
    this.options.quarantine.lift();
    return Promise.resolve();
  }

  /** Undefined: it went well. All that the program started ends with it. */
  private run(
    { command, environment, within }: BuildRecipe,
    cwd: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const [program = '', ...args] = command;
    return new Promise((resolve) => {
      let tail = '';
      let fate: string | undefined;
      let cancel: Cancel = () => undefined;
      const child = spawn(program, args, {
        cwd,
        env: buildEnvironment(environment),
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own: what the program started is ended with it.
        detached: true,
      });
      const kill = (why: string): void => {
        fate ??= why;
        if (child.pid === undefined) return;
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          // It has ended at this very moment, or it is Windows, which has no groups.
          child.kill('SIGKILL');
        }
      };
      const abort = (): void => kill('was broken off');
      const end = (how: string | undefined): void => {
        cancel();
        signal.removeEventListener('abort', abort);
        // What was left behind would hold the pipes, and the source.
        kill('');
        const why = fate === '' ? how : fate;
        resolve(why === undefined ? undefined : `${why}: ${tail.trim() || 'it wrote nothing'}`);
      };
      for (const stream of [child.stdout, child.stderr])
        stream
          .setEncoding('utf8')
          .on('data', (text: string) => (tail = (tail + text).slice(-TAIL_CHARACTERS)));
      child.on('error', (error) => end(`did not start: ${error.message}`));
      child.on('exit', (code, by) => end(code === 0 ? undefined : `ended with ${by ?? `exit code ${code}`}`));
      cancel = this.options.clock.after(within, () => kill(`took longer than ${within} ms`));
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
    });
  }
}
