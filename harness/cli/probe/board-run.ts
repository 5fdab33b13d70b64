import type { Measured } from '../../measurement';
import { spreadOf, type ProbeComparison } from '../../report';
import { readRun } from '../../run';
import { ConfigError } from '../../errors';

/** Measures of a run that begin at a question and end at the first of the answer: heard, or read. */
const fromQuestionToAnswer = ['voiceToVoice', 'questionToAnswer'] as const;

/**
 * How long a board's turns took, from the run folder.
 * @throws RunError as `readRun`; ConfigError `HIL_CONFIG_USAGE` for a run without a measured turn.
 */
export function boardRun(path: string): Pick<ProbeComparison, 'runId' | 'runPath' | 'measure' | 'board'> {
  const run = readRun(path);
  for (const measure of fromQuestionToAnswer) {
    const values = run.turns.flatMap(({ measurement }) => {
      const measured = (measurement.measures as Readonly<Record<string, Measured | undefined>>)[measure];
      return measured?.state === 'measured' ? measured.valueMs : [];
    });
    const board = spreadOf(values);
    if (board !== undefined) return { runId: run.record.runId, runPath: path, measure, board };
  }
  throw new ConfigError(
    'HIL_CONFIG_USAGE',
    `Run ${path} has no turn whose latency was measured; name one that has.`,
    {
      path,
    },
  );
}
