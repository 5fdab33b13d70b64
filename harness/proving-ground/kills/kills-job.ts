import type { Target } from '../accuracy/targets';
import type { LongJob } from '../long/long-job';
import { sourcesKey } from '../long/sources-key';
import { tryKill, type KillTrial } from './try-kill';

export interface KillsJobOptions {
  /** Of the repository: holds `dist`. */
  readonly root: string;
  readonly kills: number;
}

const IN_PART = 20;

/** Writers of runs that are killed, in parts of 20 seeds. */
export function killsJob({ root, kills }: KillsJobOptions): LongJob {
  const folders = ['dist/harness/run', 'dist/harness/proving-ground/kills'];
  const sources = sourcesKey(root, folders, (path) => path.endsWith('.js'));
  const parts = Array.from({ length: Math.ceil(kills / IN_PART) }, (_, index) => index * IN_PART);
  return {
    name: 'kills',
    title: `kills: ${kills} writers of runs, each killed at an instant of its own`,
    key: JSON.stringify({ kills, sources }),
    parts: parts.map((first) => `seeds-${first + 1}`),
    async run(part, signal) {
      const first = Number(/\d+$/.exec(part)?.[0]);
      const trials: KillTrial[] = [];
      for (let seed = first; seed < first + IN_PART && seed <= kills; seed += 1) {
        signal.throwIfAborted();
        trials.push(await tryKill(root, seed));
      }
      return trials;
    },
    finish: (results) => {
      const trials = [...results.values()].flatMap((part) => part as KillTrial[]);
      const none = (name: string, failing: readonly KillTrial[]): Target => ({
        name: failing.length === 0 ? name : `${name} (seed ${failing.map(({ seed }) => seed).join(', ')})`,
        value: failing.length,
        unit: `of ${trials.length} kills`,
        bound: '= 0',
        ok: failing.length === 0,
      });
      return {
        targets: [
          none(
            'runs that lost an acknowledged turn',
            trials.filter(({ lost }) => lost.length > 0),
          ),
          none(
            'runs that cannot be read',
            trials.filter(({ unreadable }) => unreadable !== undefined),
          ),
          none(
            'writers that were not killed',
            trials.filter(({ endedBy }) => endedBy !== 'SIGKILL'),
          ),
        ],
        figures: {
          acknowledged: trials.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
          read: trials.reduce((sum, { read }) => sum + read, 0),
        },
      };
    },
  };
}
