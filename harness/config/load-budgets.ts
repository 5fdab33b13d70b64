import { resolve } from 'node:path';
import { z } from 'zod';
import type { Budgets, BudgetSection } from './bench-config';
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

const kinds = z
  .strictObject({
    cold: measures.exactOptional(),
    warm: measures.exactOptional(),
    tool: measures.exactOptional(),
    plain: measures.exactOptional(),
  })
  .exactOptional();

const rate = z.number().min(0).max(1).exactOptional();

const name = z.string().min(1);
/** One name, or several of which any will do. */
const names = z
  .union([name, z.array(name).min(1)])
  .transform((written) => [written].flat())
  .exactOptional();

/** Bounds of a section, and whom they are for. */
const section = z
  .strictObject({
    dialect: names,
    provider: names,
    board: names,
    successRate: rate,
    measures: measures.exactOptional(),
    goals: measures.exactOptional(),
    kinds,
  })
  .superRefine(({ dialect, provider, board, ...bounds }, context) => {
    // A key that is misspelt says more than that it is missing.
    if ((context.issues as readonly unknown[]).length > 0) return;
    const complain = (message: string): void => context.addIssue({ code: 'custom', message });
    if ((dialect ?? provider ?? board) === undefined)
      complain('it says not whom it is for: name a dialect, a provider or a board');
    if (Object.keys(bounds).length === 0)
      complain('it bounds nothing: give measures, kinds, goals or a successRate');
  });

const loss = z.number().positive().exactOptional();

/** Smallest losses of one memory that matter, in bytes. */
const losses = z.strictObject({ bytesPerHour: loss, bytesPerTurn: loss }).prefault({});

/** budgets.yaml as written; docs/bench-file.md explains every key. */
export const budgetsFile = z.strictObject({
  schema: z.literal('earshot/budgets@1'),
  /** Default: no bound. */
  successRate: rate,
  /** Default: no bounds. */
  measures: measures.prefault({}),
  /** Default: none. */
  goals: measures.exactOptional(),
  /** Default: no bounds on the turns of one kind. */
  kinds,
  /** Default: the bounds above are for all boards. */
  for: z.array(section).exactOptional(),
  /** What a soak may lose of each memory. Default: what `earshot soak` says. */
  memory: z.strictObject({ internal: losses, psram: losses }).exactOptional(),
});

function readSection({
  dialect,
  provider,
  board,
  successRate,
  measures: all = {},
  ...rest
}: z.infer<typeof section>): BudgetSection {
  return {
    ...(dialect === undefined ? {} : { dialects: dialect }),
    ...(provider === undefined ? {} : { providers: provider }),
    ...(board === undefined ? {} : { boards: board }),
    successRate,
    measures: all,
    ...rest,
  };
}

/**
 * A budgets file, bounds in ms, frozen.
 * @throws ConfigError as `readYamlFile` does; a measure that does not exist is an unknown key.
 */
export function loadBudgets(path: string): Budgets {
  const written = readYamlFile(path, budgetsFile, 'budgets file');
  const { successRate, measures: all, goals, kinds: ofKinds, for: sections, memory } = written;
  return deepFreeze({
    path: resolve(path),
    successRate,
    measures: all,
    ...(goals === undefined ? {} : { goals }),
    ...(ofKinds === undefined ? {} : { kinds: ofKinds }),
    ...(memory === undefined ? {} : { memory }),
    ...(sections === undefined ? {} : { sections: sections.map(readSection) }),
  });
}
