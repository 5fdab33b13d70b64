import { conditions, type Condition } from '../accuracy/conditions';
import { accuracyReport, type AccuracyReport } from '../accuracy/report';
import { runCases } from '../accuracy/run-cases';
import type { CaseResult } from '../accuracy/try-case';
import type { LongJob } from './long-job';
import { sourcesKey } from './sources-key';

export interface AccuracyJobOptions {
  /** Of the repository: holds `dist` and `fixtures`. */
  readonly root: string;
  readonly corpusFolder: string;
  readonly turns: number;
  readonly threads: number;
  readonly ffmpeg: boolean;
  /** Receives report and turns, for a page. */
  readonly onReport?: (report: AccuracyReport, results: readonly CaseResult[]) => void;
}

/** Compiled code that the figures depend on. */
const SOURCES = ['audio', 'measurement', 'corpus', 'proving-ground'].map(
  (folder) => `dist/harness/${folder}`,
);
const isCode = (path: string): boolean => path.endsWith('.js') && !path.includes('/html/');

/** The accuracy trials with large counts: a part for each condition. */
export function accuracyJob(options: AccuracyJobOptions): LongJob {
  const { root, turns, threads, corpusFolder, ffmpeg, onReport } = options;
  const sources = sourcesKey(root, SOURCES, isCode);
  const fixtures = sourcesKey(root, ['fixtures/prompts', 'fixtures/replies']);
  const chosen: readonly Condition[] = conditions;
  return {
    name: 'accuracy',
    title: `accuracy: ${turns} turns for each of ${chosen.length} conditions`,
    key: JSON.stringify({ turns, ffmpeg, sources, fixtures }),
    parts: chosen.map(({ name }) => name),
    run(condition, signal) {
      const requests = Array.from({ length: turns }, (_, index) => ({ condition, index }));
      return runCases(requests, { corpusFolder, ffmpeg, threads, signal });
    },
    finish(kept) {
      const results = chosen.flatMap(({ name }) => kept.get(name) as readonly CaseResult[]);
      const report = accuracyReport({ conditions: chosen, results }, turns);
      onReport?.(report, results);
      return report;
    },
  };
}
