import { existsSync, statSync } from 'node:fs';
import { loadBudgets } from '../../config';
import { ConfigError } from '../../errors';
import {
  chorePiece,
  isMergedBy,
  mergeAgain,
  playAgain,
  recipesIn,
  type BenchState,
  type BundleStore,
  type Chore,
  type JobOrder,
  type JobRecord,
  type PieceOrder,
} from '../../fleet';
import { putSource } from './source-folder';

export interface ChoreWishes {
  /** Recipe; undefined: nothing is built. */
  readonly build: string | undefined;
  readonly source: string | undefined;
  /** The firmware to test; undefined: none is named. */
  readonly firmware: string | undefined;
  /** Budgets file of whoever submits; undefined: those of the benches. */
  readonly budget: string | undefined;
  /** Nobody waits. */
  readonly detach: boolean;
}

export interface ChoreMeans {
  readonly benches: readonly BenchState[];
  readonly bundles: Pick<BundleStore, 'put'>;
  readonly say: (text: string) => void;
}

async function buildOf(
  { build, source, firmware }: ChoreWishes,
  { benches, bundles }: ChoreMeans,
): Promise<Extract<Chore, { readonly kind: 'build' }> | undefined> {
  if (build === undefined && source === undefined) return undefined;
  if (build === undefined || source === undefined || firmware !== undefined)
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      '--build RECIPE and --source FOLDER go together, and without --firmware: that is what is built.',
      { build, source, firmware },
    );
  const recipes = recipesIn(benches);
  if (!recipes.includes(build)) {
    const message = `No agent of the fleet builds "${build}"; they build ${recipes.join(', ') || 'nothing'} (earshot fleet agent --builds).`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { build, recipes });
  }
  if (!existsSync(source) || !statSync(source).isDirectory())
    throw new ConfigError('HIL_CONFIG_USAGE', `There is no folder ${source} with a source.`, { source });
  return { kind: 'build', recipe: build, source: await putSource(source, bundles) };
}

/** An order with what is to be done beside playing: a build ahead of it, and a merge after it where nobody waits. */
export async function withChores(order: JobOrder, wishes: ChoreWishes, means: ChoreMeans): Promise<JobOrder> {
  const build = await buildOf(wishes, means);
  const built = build === undefined ? order : { ...order, firmwareSha256: build.source.sha256 };
  const before = build === undefined ? [] : [chorePiece(build)];
  const pieces = [...before, ...order.pieces];
  const merge = await mergeFor(wishes, means);
  return { ...built, pieces: merge === undefined ? pieces : [...pieces, merge] };
}

/** What is to make one run of a job that nobody waits for; undefined: whoever asks for it does. @param job - That is played again. */
async function mergeFor(
  { detach, budget }: Pick<ChoreWishes, 'detach' | 'budget'>,
  { benches, bundles, say }: ChoreMeans,
  job?: JobRecord,
): Promise<PieceOrder | undefined> {
  if (!detach) return undefined;
  if (!isMergedBy(benches)) {
    say('no agent of the fleet merges: earshot fleet watch makes one run of it');
    return undefined;
  }
  if (budget !== undefined) loadBudgets(budget);
  const budgets = budget === undefined ? {} : { budgets: await bundles.put('budgets', budget) };
  return job === undefined ? chorePiece({ kind: 'merge', ...budgets }) : mergeAgain(job, budgets.budgets);
}

/**
 * What a job could not play, as a job of its own that goes on from it.
 * @throws ConfigError `HIL_CONFIG_USAGE` for a job that is under way, and for one of which nothing is missing.
 */
export async function orderAgain(
  job: JobRecord,
  wishes: Pick<ChoreWishes, 'detach' | 'budget'>,
  means: ChoreMeans,
): Promise<JobOrder> {
  const { jobId } = job;
  const again = playAgain(job);
  if (again === 'under-way')
    throw new ConfigError('HIL_CONFIG_USAGE', `${jobId} is still under way.`, { jobId });
  if (again === 'complete') {
    const message = `All of ${jobId} was played; earshot fleet watch ${jobId} has its run, earshot fleet submit plays it once more.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { jobId });
  }
  const merge = await mergeFor(wishes, means, job);
  return merge === undefined ? again : { ...again, pieces: [...again.pieces, merge] };
}
