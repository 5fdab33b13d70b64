import { resolve } from 'node:path';
import { z } from 'zod';
import type { Budgets } from './bench-config';
import { deepFreeze } from './deep-freeze';
import { duration } from './duration';
import { readYamlFile } from './yaml-file';

const statistics = ['p50', 'p90', 'p95', 'max'] as const;
const bound = duration().exactOptional();

/** Upper bounds of one measure; every one is optional, a wider statistic has no lower bound than a narrower one. */
const bounds = z
  .strictObject({ p50: bound, p90: bound, p95: bound, max: bound })
  .superRefine((written, context) => {
    let highestMs = 0;
    let highest = '';
    for (const statistic of statistics) {
      const boundMs = written[statistic];
      if (boundMs === undefined) continue;
      if (boundMs < highestMs) {
        const message = `the bound of ${highest} is higher, which this one cannot be below`;
        context.addIssue({ code: 'custom', path: [statistic], message });
      } else {
        [highestMs, highest] = [boundMs, statistic];
      }
    }
  })
  .exactOptional();

/** Bounds by measure. The names are those of harness/measurement, which config may not import; a test keeps them equal. */
const measures = z.strictObject({
  voiceToVoice: bounds,
  timeToFunctionCall: bounds,
  timeToConfirmation: bounds,
  uplink: bounds,
  endpointing: bounds,
  ttfa: bounds,
  replyLeadIn: bounds,
  downlink: bounds,
  bargeInStop: bounds,
  questionToAnswer: bounds,
  timeToFirstToken: bounds,
  totalTime: bounds,
  boardTimeToFirstText: bounds,
});

/** budgets.yaml as written; docs/bench-file.md explains every key. */
export const budgetsFile = z.strictObject({
  schema: z.literal('earshot/budgets@1'),
  /** Default: no bound. */
  successRate: z.number().min(0).max(1).exactOptional(),
  /** Default: no bounds. */
  measures: measures.prefault({}),
  /** Default: none. */
  goals: measures.exactOptional(),
  /** Default: no bounds on the turns of one kind. */
  kinds: z
    .strictObject({
      cold: measures.exactOptional(),
      warm: measures.exactOptional(),
      tool: measures.exactOptional(),
      plain: measures.exactOptional(),
    })
    .exactOptional(),
});

/**
 * A budgets file, bounds in ms, frozen.
 * @throws ConfigError as `readYamlFile` does; a measure that does not exist is an unknown key.
 */
export function loadBudgets(path: string): Budgets {
  const { successRate, measures: all, goals, kinds } = readYamlFile(path, budgetsFile, 'budgets file');
  return deepFreeze({
    path: resolve(path),
    successRate,
    measures: all,
    ...(goals === undefined ? {} : { goals }),
    ...(kinds === undefined ? {} : { kinds }),
  });
}
