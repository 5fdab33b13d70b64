import { catalogue, origins, type Origin } from '../../errors';
import type { FinishedRun } from '../../run';
import { whyOf } from '../judged-turn';
import { plain } from '../wording';

/** A file to put into the results folder. */
export interface AllureFile {
  readonly name: string;
  readonly content: string;
}

const categoryName: Readonly<Record<Origin, string>> = {
  board: 'Board: the firmware failed',
  bench: 'Bench: not judged',
  provider: 'Provider: not judged',
  config: 'Configuration: not judged',
  harness: 'Harness: not judged',
};

/**
 * One category per origin, told apart by the codes that failure messages carry. The expression works for the Java and the
 * JavaScript Allure: both match the whole message, and only the former knows inline flags.
 */
const categories = (): object[] =>
  origins.map((origin) => {
    const codes = Object.entries(catalogue)
      .filter(([, entry]) => entry.origin === origin)
      .map(([code]) => code);
    return {
      name: categoryName[origin],
      matchedStatuses: ['failed', 'broken'],
      messageRegex: `[\\s\\S]*\\b(?:${codes.join('|')})\\b[\\s\\S]*`,
    };
  });

/** Java properties: Latin-1 with escapes; `=`, `:` and blanks in keys are escaped. */
const property = (key: string, value: string): string => {
  const escape = (text: string): string =>
    plain(text)
      .replaceAll('\\', '\\\\')
      .replace(/[^\u0020-\u007e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `${escape(key).replace(/[ =:#!]/g, '\\$&')}=${escape(value)}`;
};

/** What `report/allure` adds to the results that allure-jest wrote live: environment and categories by origin. */
export function enrichAllure(run: FinishedRun): AllureFile[] {
  const { record } = run;
  const environment: [string, string][] = [
    ['Run', record.runId],
    ['Earshot', record.earshotVersion],
    ['Outcome', record.outcome ?? 'aborted'],
    ['Why', whyOf(run)],
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
  return [
    {
      name: 'environment.properties',
      content: `${environment.map(([key, value]) => property(key, value)).join('\n')}\n`,
    },
    { name: 'categories.json', content: `${JSON.stringify(categories(), null, 2)}\n` },
  ];
}
