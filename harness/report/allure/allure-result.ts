import type { FinishedRun } from '../../run';

/** What is read of a result that allure-jest wrote; everything else in it is kept as it is. */
export interface AllureResult {
  readonly name: string;
  readonly status?: string;
  readonly statusDetails?: { readonly message?: string };
  readonly titlePath?: readonly string[];
  readonly labels?: readonly AllureValue[];
  readonly parameters?: readonly AllureParameter[];
  readonly steps?: readonly AllureStep[];
}

interface AllureValue {
  readonly name: string;
  readonly value: string;
}

interface AllureParameter extends AllureValue {
  /** True: no part of what tells a test from another in the history. */
  readonly excluded?: boolean;
}

export interface AllureAttachment {
  readonly name: string;
  readonly source: string;
  readonly type: string;
}

export interface AllureStep {
  readonly name?: string;
  readonly parameters?: readonly AllureParameter[];
  readonly attachments?: readonly AllureAttachment[];
  readonly steps?: readonly AllureStep[];
}

/** A file in a folder of results. */
export interface AllureFile {
  readonly name: string;
  readonly content: string;
}

export const isResultFile = (name: string): boolean => name.endsWith('-result.json');

/** A result of a file; undefined for one that was cut off when the run was killed. */
export function resultOf({ content }: AllureFile): AllureResult | undefined {
  try {
    return JSON.parse(content) as AllureResult;
  } catch {
    return undefined;
  }
}

export const fileOf = (name: string, value: unknown): AllureFile => ({
  name,
  content: `${JSON.stringify(value, null, 2)}\n`,
});

/** The label that says of which run a result is. */
export const RUN_LABEL = 'run';

/** How a run calls the turns of a result: in one that was merged, its own runs stand behind their ids. */
export function idsIn({ turns }: Pick<FinishedRun, 'turns'>, { labels = [] }: AllureResult) {
  const known = new Set(turns.map(({ record }) => record.turnId));
  const source = labels.find(({ name }) => name === RUN_LABEL)?.value;
  return (turnId: string): string => {
    const merged = `${turnId}@${source ?? ''}`;
    return known.has(merged) ? merged : turnId;
  };
}

/** Ids of the turns below some steps, in order. */
export const turnIdsOf = (steps: readonly AllureStep[] = []): string[] =>
  steps.flatMap((step) => {
    const turnId = turnIdOf(step);
    return [...(turnId === undefined ? [] : [turnId]), ...turnIdsOf(step.steps)];
  });

/** The turn that a step stands for. */
export const turnIdOf = ({ parameters = [] }: AllureStep): string | undefined =>
  parameters.find(({ name }) => name === 'turn')?.value;

/** A list without what has one of these names, then these: as often as one likes. */
export const withNamed = <T extends { readonly name: string }>(
  list: readonly T[] = [],
  given: readonly T[],
): T[] => {
  const names = new Set(given.map(({ name }) => name));
  return [...list.filter(({ name }) => !names.has(name)), ...given];
};
