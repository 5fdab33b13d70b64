import { measures } from '../../measurement';
import type { FinishedRun } from '../../run';
import { whyOf } from '../judged-turn';
import { headlineOf } from '../kinds';
import { plain } from '../wording';
import { fileOf, isResultFile, resultOf, type AllureFile } from './allure-result';
import { categories } from './categories';
import { labelResult } from './label-result';
import { metricsOf } from './metrics';

/** Java properties: Latin-1 with escapes; `=`, `:` and blanks in keys are escaped. */
const property = (key: string, value: string): string => {
  const escape = (text: string): string =>
    plain(text)
      .replaceAll('\\', '\\\\')
      .replace(/[^\u0020-\u007e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `${escape(key).replace(/[ =:#!]/g, '\\$&')}=${escape(value)}`;
};

/** `655.2 ms (p95 812.0 ms, n = 96)`; undefined of a run without a verdict or a measured turn. */
function headlineInWords({ verdict }: FinishedRun): [string, string] | undefined {
  if (verdict === undefined) return undefined;
  const measure = headlineOf(verdict);
  const { n, p50, p95 } = verdict.distributions[measure];
  const said = (value: number | undefined): string =>
    value === undefined ? '–' : Number.isFinite(value) ? `${value.toFixed(1)} ms` : 'no answer';
  return [
    measures[measure].title,
    `median ${said(p50?.valueMs)}, p95 ${said(p95?.valueMs)}, ${n} ${n === 1 ? 'turn' : 'turns'}`,
  ];
}

function environmentOf(run: FinishedRun): string {
  const { record } = run;
  const headline = headlineInWords(run);
  const environment: [string, string][] = [
    ['Run', record.runId],
    ['Earshot', record.earshotVersion],
    ['Outcome', record.outcome ?? 'aborted'],
    ['Why', whyOf(run)],
    ...(headline === undefined ? [] : [headline]),
    ['Bench', record.bench.name],
    ...record.boards.flatMap(({ name, model, dialect, firmware }): [string, string][] => [
      [`Board ${name}`, `${model}, ${dialect.name}`],
      [
        `Firmware ${name}`,
        [firmware?.project, firmware?.version].filter((part) => part !== undefined).join(' '),
      ],
    ]),
    ...(record.rig === undefined
      ? []
      : [
          ['Rig', `${record.rig.name} (${record.rig.topology}, ${record.rig.rateHz} Hz)`] as [string, string],
        ]),
    ['Provider', `${record.provider.name} (${record.provider.way ?? record.provider.protocol})`],
    ['Scenario', record.scenario.name],
    ...(record.faults.length === 0 ? [] : [['Faults', record.faults.join(', ')] as [string, string]]),
  ];
  return `${environment.map(([key, value]) => property(key, value)).join('\n')}\n`;
}

/**
 * What `report/allure` adds to the results that allure-jest wrote live: environment, categories by origin, the latencies as metrics, and
 * labels and parameters to each result.
 * @param results - The files `*-result.json` of the folder. One that was cut off is left as it is.
 * @returns Files to write there. The same for results that were enriched before.
 */
export function enrichAllure(run: FinishedRun, results: readonly AllureFile[]): AllureFile[] {
  const labelled = results
    .filter(({ name }) => isResultFile(name))
    .flatMap((file) => {
      const result = resultOf(file);
      return result === undefined ? [] : [fileOf(file.name, labelResult(run, result))];
    });
  const metrics = metricsOf(run);
  return [
    { name: 'environment.properties', content: environmentOf(run) },
    fileOf('categories.json', categories()),
    ...(metrics.length === 0 ? [] : [fileOf('earshot-perf.json', metrics)]),
    ...labelled,
  ];
}
