import { stripVTControlCharacters } from 'node:util';
import { XMLBuilder } from 'fast-xml-parser';
import type { FinishedRun, TestRecord } from '../../run';
import { whyOf } from '../judged-turn';

/** Text without what XML 1.0 cannot hold, not even escaped; each such character becomes U+FFFD. */
const xmlText = (text: string): string =>
  stripVTControlCharacters(text)
    // eslint-disable-next-line no-control-regex -- XML 1.0 section 2.2
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu, '\ufffd');

/** Text of an attribute: parsers turn line ends there into blanks, so the first line is what stays. */
const attribute = (text: string): string => xmlText(text.split(/\r?\n/, 1)[0] ?? '').replaceAll('\t', ' ');

const seconds = (durationMs: number): string => (durationMs / 1000).toFixed(3);

const properties = (entries: readonly (readonly [string, string])[]): object =>
  entries.length === 0
    ? {}
    : {
        properties: {
          property: entries.map(([name, value]) => ({ '@name': name, '@value': attribute(value) })),
        },
      };

/** Where a test of a merged run ran: CI servers tell tests apart by class and name. */
const placeOf = ({ ranOn }: TestRecord): readonly string[] => (ranOn === undefined ? [] : [ranOn]);

function testCase(test: TestRecord): object {
  return {
    '@classname': attribute([...placeOf(test), test.file, ...test.name.slice(0, -1)].join(' > ')),
    '@name': attribute(test.name.at(-1) ?? test.file),
    '@time': seconds(test.durationMs),
    ...(test.status === 'failed'
      ? {
          failure: (test.failures.length === 0 ? ['failed without a message'] : test.failures).map(
            (failure) => ({
              '@message': attribute(stripVTControlCharacters(failure)),
              '#text': xmlText(failure),
            }),
          ),
        }
      : {}),
    ...(test.status === 'skipped' ? { skipped: { '@message': attribute(test.skipReason ?? '') } } : {}),
    // A test case has no properties in the schema that Jenkins holds reports to.
    ...(test.turnIds.length === 0 ? {} : { 'system-out': xmlText(`turns ${test.turnIds.join(', ')}`) }),
  };
}

const skipped = (tests: readonly TestRecord[]): object => ({
  '@skipped': tests.filter(({ status }) => status === 'skipped').length,
});

const counts = (tests: readonly TestRecord[]): object => {
  const of = (status: TestRecord['status']): number => tests.filter((test) => test.status === status).length;
  return {
    '@tests': tests.length,
    '@failures': of('failed'),
    '@errors': 0,
    '@time': seconds(tests.reduce((sum, test) => sum + test.durationMs, 0)),
  };
};

/** What the run was made of and how it was judged; CI servers show them beside the tests. */
function runProperties({ record, verdict, ...rest }: FinishedRun): (readonly [string, string])[] {
  const boards = record.boards.flatMap(
    ({ name, model, dialect, firmware }): (readonly [string, string])[] => [
      [`earshot.board.${name}`, `${model}, ${dialect.name}`],
      [
        `earshot.firmware.${name}`,
        [firmware?.project, firmware?.version, firmware?.elfSha256Prefix].join(' ').trim(),
      ],
    ],
  );
  const headlines = ['voiceToVoice', 'questionToAnswer'] as const;
  const quantiles = headlines.flatMap((name) =>
    (['p50', 'p90', 'p95'] as const).flatMap((quantile): (readonly [string, string])[] => {
      const estimate = verdict?.distributions[name][quantile];
      return estimate === undefined ? [] : [[`earshot.${name}.${quantile}Ms`, String(estimate.valueMs)]];
    }),
  );
  return [
    ['earshot.run', record.runId],
    ['earshot.version', record.earshotVersion],
    ['earshot.bench', record.bench.name],
    ...(record.rig === undefined ? [] : [['earshot.topology', record.rig.topology] as const]),
    ['earshot.provider', record.provider.name],
    ...boards,
    ['earshot.outcome', record.outcome ?? 'aborted'],
    ['earshot.why', whyOf({ record, verdict, ...rest })],
    ...quantiles,
  ];
}

/**
 * JUnit XML of the tests, as the schema of Jenkins' xUnit plugin has it (junit-10.xsd), one suite per file, and per board of a merged run. It shows how the tests ended; the verdict is among the properties, since Jest's
 * pass or fail is not the verdict.
 */
export function renderJunit(run: FinishedRun): string {
  const suiteOf = (test: TestRecord): string => [...placeOf(test), test.file].join(' > ');
  const suites = [...new Set(run.tests.map(suiteOf))];
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is a package of its own, with the same code
  const builder = new XMLBuilder({
    attributeNamePrefix: '@',
    ignoreAttributes: false,
    format: true,
    suppressEmptyNode: true,
    suppressBooleanAttributes: false,
  });
  const tree = {
    testsuites: {
      '@name': 'earshot',
      ...counts(run.tests),
      testsuite: suites.map((suite) => {
        const tests = run.tests.filter((test) => suiteOf(test) === suite);
        return {
          '@name': attribute(suite),
          '@timestamp': attribute(run.record.startedAt),
          ...counts(tests),
          ...skipped(tests),
          '@file': attribute(tests[0]?.file ?? ''),
          ...properties(runProperties(run)),
          testcase: tests.map(testCase),
        };
      }),
    },
  };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(tree)}`;
}
