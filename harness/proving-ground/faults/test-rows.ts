import type { FaultRow, RowResult } from './fault-row';

/** What Jest writes with `--json`, as far as it is read here. */
export interface JestReport {
  readonly testResults: readonly {
    /** Path of the file. */
    readonly name: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly duration?: number | null;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

type TestRow = FaultRow & { readonly cause: { readonly by: 'test' } };

export const isTestRow = (row: FaultRow): row is TestRow => row.cause.by === 'test';

/** The file of a row's test, and its name as a pattern of Jest. */
export const testsOf = (
  rows: readonly FaultRow[],
): { readonly files: string[]; readonly pattern: string } => {
  const causes = rows.filter(isTestRow).map(({ cause }) => cause);
  return {
    files: [...new Set(causes.map(({ file }) => file))],
    pattern: causes.map(({ name }) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'),
  };
};

/** What rows came to that are tests: a test that was not run, or was skipped, proves nothing. Later reports count before earlier ones. */
export function testResults(rows: readonly FaultRow[], reports: readonly JestReport[]): RowResult[] {
  return rows.filter(isTestRow).map((row): RowResult => {
    const { file, name } = row.cause;
    const found = [...reports]
      .reverse()
      .flatMap(({ testResults: files }) => files.filter((one) => one.name.endsWith(`/${file}`)))
      .flatMap(({ assertionResults }) => assertionResults.filter(({ title }) => title === name))
      .find(({ status }) => status === 'passed' || status === 'failed');
    const ok = found?.status === 'passed';
    const why =
      found === undefined ? `${file} was not run` : (found.failureMessages?.[0]?.split('\n')[0] ?? 'failed');
    return {
      id: row.id,
      ok,
      wrong: ok ? [] : [why],
      origins: ok && row.origin !== undefined ? [row.origin] : [],
      codes: ok ? row.codes.flat() : [],
      turn: row.turn,
      ...(ok ? { exitCode: row.exitCode } : {}),
      recovered: ok,
      ms: found?.duration ?? 0,
    };
  });
}
