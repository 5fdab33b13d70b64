import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Topology } from '../ports';
import { isSoundTurn } from '../measurement';
import { readRun, type FinishedRun } from '../run';
import { judgeRun } from '../verdict';
import { displayWidth, pad, truncate } from './display-width';
import {
  allureInput,
  enrichAllure,
  quietPage,
  renderConsole,
  renderHtml,
  renderJunit,
  renderMarkdown,
} from '.';

/** Made by `node fixtures/runs/make-sample.mjs`. */
const sample = readRun(join(__dirname, '../../fixtures/runs/sample'));
const run = { ...sample, turns: sample.turns.filter(isSoundTurn) };
const killed: FinishedRun = {
  ...run,
  verdict: undefined,
  aborted: true,
  record: { ...run.record, outcome: 'aborted' },
};

/** What the parser makes of JUnit XML, as far as the tests look at it. */
interface ParsedSuites {
  tests: string;
  testsuite: {
    properties: { property: { name: string; value: string }[] };
    testcase: {
      'system-out': string;
      skipped: { message: string };
      failure: { message: string; '#text': string }[];
    }[];
  };
}

describe('display width', () => {
  it('counts a Chinese character twice and a combining accent not at all', () => {
    expect(['开门', 'e\u0301', '\u001b[31mred\u001b[39m', 'ＡＢ'].map(displayWidth)).toEqual([4, 1, 3, 4]);
  });

  it('cuts and fills to columns', () => {
    expect(truncate('请把客厅的灯关掉', 6)).toBe('请把…');
    expect(displayWidth(pad('请把客厅', 6))).toBe(6);
    expect(pad('7', 3, 'right')).toBe('  7');
  });
});

describe('console', () => {
  const text = renderConsole(run, { reportPath: 'reports/sample/report.html' });
  const lines = text.split('\n');

  it('fits 110 columns', () => {
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(110);
  });

  it('aligns the columns behind Chinese prompts', () => {
    const columns = lines
      .filter((line) => /^t0\d\d /.test(line))
      .map((line) => displayWidth(line.slice(0, line.search(/ (pass|FAIL|n\/j)$/))));
    expect(columns).toHaveLength(30);
    expect(new Set(columns).size).toBe(1);
  });

  it('shows a number with its uncertainty, a censored turn as more than its deadline, and a reason where there is neither', () => {
    expect(lines.find((line) => line.startsWith('t001'))).toMatch(/\d+\.\d ±0\.03 .* pass$/);
    expect(lines.find((line) => line.startsWith('t009'))).toMatch(/> 8000 .* – +FAIL$/);
    expect(lines.find((line) => line.startsWith('t020'))).toMatch(/bad take .* n\/j$/);
  });

  it('says what is not judged at this n, the outcome with its reason, and where the report is', () => {
    expect(text).toMatch(/^voice-to-voice +29 .*p95 not judged at n = 29$/m);
    expect(text).toMatch(/^FAIL {2}The board failed in 4 of 29 judged turns/m);
    expect(text).toContain('reports/sample/report.html');
  });

  it('has colours only when asked', () => {
    expect(text).not.toContain('\u001b[');
    expect(renderConsole(run, { colours: true })).toContain('\u001b[31m');
  });

  it('shows a killed run as far as it came', () => {
    expect(renderConsole(killed)).toContain('ABORTED');
  });

  it('lets no control character of a board through', () => {
    const findings = [{ ...run.findings[0]!, message: 'bad \u001b]0;title\u0007 \u009b2J' }];
    // eslint-disable-next-line no-control-regex -- these are what must be absent
    expect(renderConsole({ ...killed, findings })).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

describe('kinds of turns and topologies', () => {
  const judged = (turns: FinishedRun['turns']): FinishedRun => ({
    ...run,
    turns,
    verdict: judgeRun({ turns, findings: run.findings, budgets: undefined, interrupted: false }),
  });
  const withTopology = (from: number, topology: Topology): FinishedRun =>
    judged(
      run.turns.map((turn, index) =>
        index < from ? turn : { ...turn, measurement: { ...turn.measurement, topology } },
      ),
    );

  it('stand apart in every report, and add up to all turns', () => {
    const all = judged(run.turns);
    const rows = renderConsole(all)
      .split('\n')
      .flatMap((line) => /^(cold|warm|tool|plain) turns +(\d+) /.exec(line)?.slice(1, 3).join(' ') ?? []);
    expect(rows).toEqual(['cold 3', 'warm 26', 'tool 24', 'plain 5']);
    expect(renderMarkdown(all)).toMatch(/\| cold turns \| +3 \|/);
    expect(renderHtml(all)).toMatch(/<td class="nowrap">cold turns<\/td>\s*<td class="num">3<\/td>/);
    expect(Math.max(...renderConsole(all).split('\n').map(displayWidth))).toBeLessThanOrEqual(110);
  });

  it('stand beside the goals of the bench in every report, with the dialect that they are of', () => {
    const { turns, findings } = run;
    const goals = { voiceToVoice: { p50: 500, max: 5_000 } };
    const budgets = { path: 'b.yaml', successRate: undefined, measures: {}, goals };
    const verdict = judgeRun({ turns, findings, budgets, interrupted: false });
    expect(verdict.budgets).toEqual([]);
    const medianMs = verdict.distributions.voiceToVoice.p50!.valueMs;
    const beside = { ...run, verdict };
    for (const text of [renderConsole(beside), renderMarkdown(beside), renderHtml(beside)]) {
      const words = text
        .replace(/<[^>]+>/g, ' ')
        .replace(/[|\\\s]+/g, ' ')
        .replaceAll('&lt;', '<');
      expect(words).toContain(
        `openai-demo voice-to-voice p50 ${medianMs.toFixed(1)} ms ≤ 500 ms reached, ${(500 - medianMs).toFixed(1)} ms to spare`,
      );
    }
    expect(renderConsole(beside)).toContain('missed: above every number');
    expect(Math.max(...renderConsole(beside).split('\n').map(displayWidth))).toBeLessThanOrEqual(110);
    expect(renderConsole(run)).not.toContain('goal');
  });

  it('are left out where they tell nothing apart', () => {
    const warmTools = run.turns.filter(
      ({ record, measurement }) => record.turnInSession > 1 && measurement.calls.length > 0,
    );
    expect(renderConsole(judged(warmTools))).not.toContain('warm turns');
  });

  it('are not mixed, and every report says what is left out', () => {
    const mixed = withTopology(27, 'timestamps');
    for (const text of [renderConsole(mixed), renderMarkdown(mixed), renderHtml(mixed)])
      expect(text.replace(/\s+/g, ' ')).toContain('3 turns taken with topology timestamps are left out');
    expect(renderConsole(withTopology(30, 'bleed'))).not.toContain('left out');
  });

  it('say what a stated air path is and print the median without it apart', () => {
    const turns = run.turns.map((turn) => ({
      ...turn,
      measurement: { ...turn.measurement, acousticDelayMs: 2.5 },
    }));
    const stated = judged(turns);
    const median = stated.verdict!.distributions.voiceToVoice.p50!.valueMs;
    for (const text of [renderConsole(stated), renderMarkdown(stated), renderHtml(stated)]) {
      const words = text.replace(/\s+/g, ' ').replaceAll('\\', '');
      expect(words).toContain('The bench states air paths of 2.5 ms.');
      expect(words).toContain(`without them the median of voice-to-voice is ${(median - 2.5).toFixed(1)} ms`);
    }
    expect(stated.verdict!.distributions).toEqual(judged(run.turns).verdict!.distributions);
  });
});

describe('markdown', () => {
  it('is word for word what was read in review (else build, run `node scripts/write-golden.mjs` and read the difference)', () => {
    const golden = readFileSync(join(__dirname, '../../fixtures/runs/sample/summary.golden.md'), 'utf8');
    expect(renderMarkdown(sample)).toBe(golden);
  });

  it('stays below what GitHub takes for a step, whatever was found, and closes what it opened', () => {
    const long = {
      ...run.turns[0]!,
      record: {
        ...run.turns[0]!.record,
        prompt: { ...run.turns[0]!.record.prompt, transcript: '请'.repeat(4000) },
      },
    };
    const findings = Array.from({ length: 500 }, () => run.findings[0]!);
    const text = renderMarkdown({
      ...run,
      turns: Array.from({ length: 300 }, () => long),
      verdict: undefined,
      findings,
    });
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    expect(text).toContain('The first 50 of 500 findings.');
    expect(text).toMatch(/The rest is in report\.html[^\n]*\n$/);
    const count = (tag: string): number => text.split('\n').filter((line) => line.startsWith(tag)).length;
    expect(count('</details>')).toBe(count('<details>'));
  });

  it('has tables whose rows all have as many cells as their titles', () => {
    const rows = renderMarkdown(run)
      .split('\n')
      .map((line) => (line.startsWith('|') ? line.split(/(?<!\\)\|/).length : 0));
    for (const [index, cells] of rows.entries()) {
      if (cells > 0 && (rows[index - 1] ?? 0) > 0) expect(cells).toBe(rows[index - 1]);
    }
    expect(rows.filter((cells) => cells > 0).length).toBeGreaterThan(40);
  });

  it('leads with the outcome and escapes what a board printed', () => {
    const findings = [{ ...run.findings[0]!, message: '<img src=x> | `x` \n# title' }];
    expect(renderMarkdown(run)).toMatch(/^## ❌ Earshot: fail\n/);
    expect(renderMarkdown({ ...killed, findings })).toContain('&lt;img src=x&gt; \\| \\`x\\`  \\# title');
  });
});

describe('junit', () => {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: (name) => name === 'testcase' || name === 'failure',
  });
  const parse = (of: FinishedRun): ParsedSuites =>
    (parser.parse(renderJunit(of)) as { testsuites: ParsedSuites }).testsuites;

  it('counts tests, failures and skips, and names the turn of each test', () => {
    const suites = parse(run);
    expect(suites).toMatchObject({ tests: '32', failures: '5', testsuite: { skipped: '2' } });
    expect(suites.testsuite.testcase).toHaveLength(32);
    expect(suites.testsuite.testcase[0]!['system-out']).toBe('turns t001');
    expect(suites.testsuite.testcase[30]!.skipped.message).toBe('openai-demo lacks barge-in');
  });

  it('keeps failures readable: no colours, no character that XML refuses', () => {
    const test = {
      ...run.tests[0]!,
      status: 'failed' as const,
      failures: ['\u001b[31mHIL_X\u001b[39m: a < b & "c" \u0000\u0008\ud800]]>\nsecond'],
    };
    const [failure] = parse({ ...run, tests: [test] }).testsuite.testcase[0]!.failure;
    expect(failure!.message).toBe('HIL_X: a < b & "c" \ufffd\ufffd\ufffd]]>');
    expect(failure!['#text']).toBe('HIL_X: a < b & "c" \ufffd\ufffd\ufffd]]>\nsecond');
  });

  it('carries the verdict as properties', () => {
    const { property } = parse(run).testsuite.properties;
    expect(property).toContainEqual({ name: 'earshot.outcome', value: 'fail' });
  });

  describe('by the schema of Jenkins', () => {
    // Elements and attributes of junit-10.xsd of jenkinsci/xunit-plugin (MIT), in the order: children, attributes, those that are required.
    const grammar: Readonly<Record<string, readonly [string, string, string]>> = {
      testsuites: ['testsuite', 'name time tests failures errors', ''],
      testsuite: [
        'testsuite properties testcase system-out system-err',
        'name tests failures errors group time skipped timestamp hostname id package file log url',
        'name tests failures errors',
      ],
      properties: ['property', '', ''],
      property: ['', 'name value', 'name value'],
      testcase: ['skipped error failure system-out system-err', 'name time classname group', 'name'],
      failure: ['#text', 'type message', ''],
      skipped: ['#text', 'type message', ''],
      'system-out': ['#text', '', ''],
    };
    const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');
    type Node = Readonly<Record<string, readonly Node[] | object>>;
    const ordered = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', preserveOrder: true });

    /** Everything that is not in the schema, by its path. */
    function strange(nodes: readonly Node[], allowed: readonly string[], path = ''): string[] {
      return nodes.flatMap((node) => {
        const [name = ''] = Object.keys(node).filter((key) => key !== ':@');
        const at = `${path}/${name}`;
        if (!allowed.includes(name)) return [at];
        if (name === '#text') return [];
        const [children, attributes, required] = grammar[name] ?? ['', '', ''];
        const given = (node[':@'] ?? {}) as Readonly<Record<string, string>>;
        const { time = '0' } = given;
        return [
          ...Object.keys(given)
            .filter((key) => !words(attributes).includes(key))
            .map((key) => `${at}@${key}`),
          ...words(required)
            .filter((key) => given[key] === undefined)
            .map((key) => `${at} lacks @${key}`),
          ...(/^(?:(?:\d{0,3},)*\d{3}|\d{0,3})*(?:\.\d*)?$/.test(time) ? [] : [`${at}@time=${time}`]),
          ...strange((node[name] ?? []) as readonly Node[], words(children), at),
        ];
      });
    }
    const strangeIn = (xml: string): string[] => {
      expect(XMLValidator.validate(xml)).toBe(true);
      const [, ...nodes] = ordered.parse(xml) as readonly Node[];
      return strange(nodes, ['testsuites']);
    };
    const hostile =
      '\u001b[31m<script>alert(1)</script> ]]> & "q" \u0000\u202e\ud800 \u{1f600}' + 'x'.repeat(20_000);
    const [first] = run.tests;
    const odd = {
      ...first!,
      file: `a<b>&"${hostile}`,
      name: [hostile, `${hostile}\nmore`],
      durationMs: 3_661_000.5,
      turnIds: [hostile],
      ranOn: hostile,
    };
    const tests = [
      { ...odd, status: 'failed' as const, failures: [hostile, ''] },
      { ...odd, status: 'failed' as const, failures: [] },
      { ...odd, status: 'skipped' as const, skipReason: hostile },
    ];
    const examples = ['pass', 'slower', 'undecided', 'bench-fault', 'provider-outage', 'crash'];

    it.each<readonly [string, FinishedRun]>([
      ['the sample', run],
      ['a run without tests', { ...run, tests: [] }],
      [
        'hostile names, messages and reasons',
        { ...run, tests, record: { ...run.record, bench: { ...run.record.bench, name: hostile } } },
      ],
      ...examples.map((name) => {
        const example = readRun(join(__dirname, `../../fixtures/runs/gate-${name}`));
        return [`the example ${name}`, { ...example, tests: [...run.tests, ...tests] }] as const;
      }),
    ])('is valid for %s', (_what, of) => expect(strangeIn(renderJunit(of))).toEqual([]));

    it('is not where an element, an attribute or a time is none of it', () => {
      const xml = renderJunit({ ...run, tests: run.tests.slice(0, 1) });
      expect(strangeIn(xml.replace('<testcase ', '<testcase file="a" '))).toEqual([
        '/testsuites/testsuite/testcase@file',
      ]);
      expect(strangeIn(xml.replaceAll('system-out', 'output'))).toEqual([
        '/testsuites/testsuite/testcase/output',
      ]);
      expect(strangeIn(xml.replace(/time="[^"]*"/, 'time="-1 s"'))).toEqual(['/testsuites@time=-1 s']);
      expect(strangeIn(xml.replace(/ tests="1"/, ''))).toEqual([]);
      expect(strangeIn(xml.replace(/(<testsuite .*) tests="1"/, '$1'))).toEqual([
        '/testsuites/testsuite lacks @tests',
      ]);
    });
  });

  it('is well-formed without tests', () => {
    expect(parse({ ...run, tests: [] })).toMatchObject({ tests: '0' });
  });
});

describe('allure', () => {
  const recording = { name: 'recording', source: 'r-attachment.wav', type: 'audio/wav' };
  const log = { name: 'console', source: 'c-attachment.txt', type: 'text/plain' };
  const failed = run.tests.find(({ status, turnIds }) => status === 'failed' && turnIds.length > 0)!;
  const [failedTurn = ''] = failed.turnIds;
  /** As allure-jest writes it, with a turn in it. */
  const result = {
    name: failed.name.at(-1)!,
    titlePath: ['earshot', 'suite.hil.ts', ...failed.name.slice(0, -1)],
    status: 'failed',
    statusDetails: { message: 'Not executed.', trace: 'at suite.hil.ts:1' },
    labels: [
      { name: 'framework', value: 'jest' },
      { name: 'board', value: 'somebody else' },
    ],
    steps: [
      {
        name: `turn ${failedTurn}`,
        parameters: [{ name: 'turn', value: failedTurn }],
        steps: [
          { name: 'recording', attachments: [recording] },
          { name: 'console', attachments: [log] },
        ],
      },
    ],
  };
  const results = [
    { name: 'a-result.json', content: JSON.stringify(result) },
    { name: 'cut-off-result.json', content: '{"name":' },
  ];
  const enrich = (given = results) =>
    new Map(enrichAllure(run, given).map(({ name, content }) => [name, content]));
  const files = enrich();
  const enriched = JSON.parse(files.get('a-result.json')!) as typeof result & {
    parameters: { name: string; value: string; excluded?: boolean }[];
  };
  const labels = Object.fromEntries(enriched.labels.map(({ name, value }) => [name, value]));

  it('sorts failures by who is at fault', () => {
    const categories = JSON.parse(files.get('categories.json')!) as { name: string; messageRegex: string }[];
    const of = (message: string) =>
      categories
        .filter(({ messageRegex }) => new RegExp(`^${messageRegex}$`).test(message))
        .map(({ name }) => name);
    expect(of('HIL_TURN_CALL_MISSING: a\nb')).toEqual(['Board: the firmware failed']);
    expect(of(enriched.statusDetails.message)).toEqual(['Board: the firmware failed']);
    expect(of('x\nHIL_RIG_LAGGED: y')).toEqual(['Bench: not judged']);
    expect(of('TypeError: x')).toEqual([]);
  });

  it('writes the environment as Java properties in ASCII', () => {
    const record = { ...run.record, bench: { ...run.record.bench, name: '实验室' } };
    const environment = enrichAllure({ ...run, record }, [])[0]!.content;
    expect(environment).toContain('Bench=\\u5b9e\\u9a8c\\u5ba4\n');
    expect(environment).toMatch(/^[\u0020-\u007e\n]+$/);
  });

  it('labels each result with board, firmware, provider and dialect, and keeps what else is in it', () => {
    const [board] = run.record.boards;
    expect(labels).toMatchObject({
      framework: 'jest',
      board: board!.name,
      model: board!.model,
      dialect: board!.dialect.name,
      provider: run.record.provider.name,
      origin: 'board',
    });
    expect(labels['firmware']).toContain(board!.firmware!.version);
    expect(enriched.statusDetails.trace).toBe('at suite.hil.ts:1');
    expect(enriched.statusDetails.message).toMatch(
      /^Not executed\.\n\nHIL_TURN_SPEAKER_SILENT \(board\): Check /,
    );
  });

  it('compares a test across firmwares, and neither across boards nor across providers', () => {
    const telling = enriched.parameters.filter(({ excluded }) => excluded !== true);
    expect(telling.map(({ name }) => name)).toEqual(['board', 'provider']);
    expect(enriched.parameters.map(({ name }) => name)).toContain('firmware');
  });

  it('leaves alone what was cut off, and does the same the second time', () => {
    expect(files.has('cut-off-result.json')).toBe(false);
    const again = enrich([{ name: 'a-result.json', content: files.get('a-result.json')! }]);
    expect(again).toEqual(files);
  });

  it('finds the turns of a run in the one that it was merged into, and leaves it what its own run said', () => {
    const { runId } = run.record;
    const turns = run.turns.map((turn) => ({
      ...turn,
      record: { ...turn.record, turnId: `${turn.record.turnId}@${runId}`, boardName: 'second board' },
    }));
    const boards = run.record.boards.map((board) => ({ ...board, name: 'second board' }));
    const record = { ...run.record, runId: 'merged', boards, sources: [] };
    const given = [{ name: 'a-result.json', content: files.get('a-result.json')! }];
    const merged = { ...run, record, turns };
    const [relabelled] = enrichAllure(merged, given).filter(({ name }) => name === 'a-result.json');
    const said = JSON.parse(relabelled!.content) as typeof enriched;
    expect(said.labels).toContainEqual({ name: 'run', value: runId });
    expect(said.labels).toContainEqual({ name: 'board', value: 'second board' });
    expect(said.statusDetails).toEqual(enriched.statusDetails);
    const input = allureInput(merged, {
      results: [relabelled!],
      soundOf: () => ({ sound: undefined, inlineAudio: () => undefined }),
    });
    expect([...input.replaced]).toEqual([recording.source]);
  });

  it('hands over the quantiles that are numbers as metrics', () => {
    const metrics = JSON.parse(files.get('earshot-perf.json')!) as { key: string; value: unknown }[];
    expect(metrics.map(({ key }) => key)).toContain('voiceToVoice.p50');
    for (const { value } of metrics) expect(typeof value).toBe('number');
    expect(new Set(metrics.map(({ key }) => key)).size).toBe(metrics.length);
  });

  it('replaces the recording of a turn by a page that plays it', () => {
    const played: string[] = [];
    const input = allureInput(run, {
      results,
      soundOf: () => ({
        sound: undefined,
        inlineAudio: (path) => {
          played.push(path);
          return Uint8Array.of(1);
        },
      }),
    });
    const pageName = `earshot-${failedTurn}-attachment.html`;
    const { steps } = JSON.parse(
      input.files.find(({ name }) => name === 'a-result.json')!.content,
    ) as typeof result;
    const attached = steps[0]!.steps.flatMap(({ attachments }) => attachments);
    expect(attached.map(({ source }) => source)).toEqual([pageName, log.source]);
    expect([...input.replaced]).toEqual([recording.source]);
    const page = input.files.find(({ name }) => name === pageName)!.content;
    expect(page).toContain('src="data:audio/wav;base64,AQ=="');
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org\/)/);
    expect(played.length).toBeGreaterThan(0);
    expect(input.title).toContain(run.record.runId);
  });

  it('makes a page of Allure ask nobody', () => {
    const loud =
      '<html><head lang="en"><script src="data:x"></script></head><body><script async src="https://example.com/gtag/js?id=G"></script>\n<script>\n function gtag(){}\n gtag(1);\n</script><p>kept</p></body></html>';
    const quiet = quietPage(loud);
    expect(quiet).not.toContain('example.com');
    expect(quiet).not.toContain('gtag');
    expect(quiet).toContain('<script src="data:x"></script>');
    expect(quiet).toContain('<p>kept</p>');
    expect(quiet).toMatch(
      /<head lang="en"><meta http-equiv="Content-Security-Policy" content="default-src 'self'/,
    );
    expect(quietPage(quiet)).toBe(quiet);
  });

  it('has a page of Allure wait for the data in it before its program looks for files', () => {
    const program = '<script src="data:text/javascript;base64,"></script>';
    const data = '<script async>window.allureReportData = window.allureReportData || {};</script>';
    const inOne = quietPage(`<html><head></head><body>${program}${data}</body></html>`);
    expect(inOne.indexOf('window.allureReportData = {}')).toBeGreaterThan(0);
    expect(inOne.indexOf('window.allureReportData = {}')).toBeLessThan(inOne.indexOf(program));
    expect(quietPage(inOne)).toBe(inOne);
    // Beside its files it must not believe that they are in it.
    expect(quietPage(`<html><head></head><body>${program}</body></html>`)).not.toContain('allureReportData');
  });
});
