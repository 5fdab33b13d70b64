import { existsSync, statSync } from 'node:fs';
import { loadBudgets } from '../../config';
import { ConfigError } from '../../errors';
import {
  isMergedBy,
  needsOfChore,
  playAgain,
  recipesIn,
  type BenchState,
  type BundleStore,
  type Chore,
  type JobOrder,
  type JobRecord,
  type PieceOrder,
} from '../../fleet';

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

/** Somewhat; nobody plans by it. */
const BUILD_MS = 300_000;
const MERGE_MS = 30_000;

const pieceOf = (chore: Chore): PieceOrder => ({
  needs: needsOfChore(chore),
  suites: [chore.kind === 'build' ? `build ${chore.recipe}` : 'merge'],
  expectedMs: chore.kind === 'build' ? BUILD_MS : MERGE_MS,
  chore,
});

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
  return { kind: 'build', recipe: build, source: await bundles.put('source', source) };
}

/** An order with what is to be done beside playing: a build ahead of it, and a merge after it where nobody waits. */
export async function withChores(order: JobOrder, wishes: ChoreWishes, means: ChoreMeans): Promise<JobOrder> {
  const { benches, bundles, say } = means;
  const build = await buildOf(wishes, means);
  const built = build === undefined ? order : { ...order, firmwareSha256: build.source.sha256 };
  const before = build === undefined ? [] : [pieceOf(build)];
  const pieces = [...before, ...order.pieces];
  if (!wishes.detach) return { ...built, pieces };
  if (!isMergedBy(benches)) {
    say('no agent of the fleet merges: earshot fleet watch makes one run of it');
    return { ...built, pieces };
  }
  const { budget } = wishes;
  if (budget !== undefined) loadBudgets(budget);
  const budgets = budget === undefined ? {} : { budgets: await bundles.put('budgets', budget) };
  return { ...built, pieces: [...pieces, pieceOf({ kind: 'merge', ...budgets })] };
}

/**
 * What a job could not play, as a job of its own that goes on from it.
 * @param detach - Nobody waits: the fleet merges it, where it merged the first.
 * @throws ConfigError `HIL_CONFIG_USAGE` for a job that is under way, and for one of which nothing is missing.
 */
export function orderAgain(job: JobRecord, detach: boolean): JobOrder {
  const { jobId } = job;
  const again = playAgain(job, !detach);
  if (again === 'under-way')
    throw new ConfigError('HIL_CONFIG_USAGE', `${jobId} is still under way.`, { jobId });
  if (again === 'complete') {
    const message = `All of ${jobId} was played; earshot fleet watch ${jobId} has its run, earshot fleet submit plays it once more.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { jobId });
  }
  return again;
}
