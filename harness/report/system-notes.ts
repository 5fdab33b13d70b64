import type { BoardEvent } from '../ports';
import type { FinishedRun } from '../run';
import { en, type Messages } from './language';

/** A sample of the free memory. */
export type Heap = Extract<BoardEvent, { readonly type: 'heap' }>;
type Tasks = Extract<BoardEvent, { readonly type: 'tasks' }>;

export const sampled = <Type extends 'heap' | 'tasks'>(
  { events }: FinishedRun,
  type: Type,
): readonly Extract<BoardEvent, { readonly type: Type }>[] =>
  events.flatMap(({ kind, data }) =>
    kind === 'board' && data['type'] === type
      ? [data as unknown as Extract<BoardEvent, { readonly type: Type }>]
      : [],
  );

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));

function heapInWords(samples: readonly Heap[], words: Messages): readonly string[] {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return [];
  const lowest = least(samples.map((one) => one.leastInternalBytes ?? one.internalBytes));
  return [words.system.heap(samples.length, first.internalBytes, last.internalBytes, lowest)];
}

/** What was left of each core, by the idle task of each. */
function loadInWords(samples: readonly Tasks[], { system, list }: Messages): readonly string[] {
  const idle = ['IDLE0', 'IDLE1'].flatMap((name, core) => {
    const shares = samples.flatMap(({ tasks }) =>
      tasks.filter((task) => task.name === name).map(({ percent }) => percent),
    );
    return shares.length === 0 ? [] : [system.core(core, least(shares))];
  });
  const stacks = samples.flatMap(({ tasks }) => tasks);
  const [tightest] = [...stacks].sort((a, b) => a.leastFreeStack - b.leastFreeStack);
  return [
    ...(idle.length === 0 ? [] : [system.idle(idle.join(list))]),
    ...(tightest === undefined ? [] : [system.stack(tightest.leastFreeStack, tightest.name)]),
  ];
}

/** Heap and load as the firmware printed them, one sentence each; nothing is judged by them. */
export const systemNotes = (run: FinishedRun, words: Messages = en): readonly string[] => [
  ...heapInWords(sampled(run, 'heap'), words),
  ...loadInWords(sampled(run, 'tasks'), words),
];
