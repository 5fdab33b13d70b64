import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { differenceNames, readRun } from '../../run';
import { despiteChoices } from '../command-table/baseline-choice';
import { acceptCommand, diffCommand, listCommand } from './baseline';
import { renderFinished } from '../finish-run';
import { printSummary } from '../print-summary';
import type { WrittenReports } from '../write-reports';
import { gateCommand, type GateArguments } from './gate';
import { historyCommand } from './history';
import { mergeCommand } from './merge';

const fixtures = resolve(__dirname, '../../../fixtures');
const baselinePath = join(fixtures, 'baselines/gate-example.json');

describe('earshot gate and baseline', () => {
  let folder: string;
  let printed: string;
  let complained: string;
  const variables = ['GITHUB_ACTIONS', 'GITHUB_STEP_SUMMARY', 'GITLAB_CI'] as const;
  const before = variables.map((name) => process.env[name]);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-gate-'));
    printed = '';
    complained = '';
    for (const name of variables) Reflect.deleteProperty(process.env, name);
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed += String(text)), true));
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((complained += String(text)), true));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true, force: true });
    variables.forEach((name, index) => {
      if (before[index] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[index];
    });
  });

  /** A copy of an example run, which a gate may write into. */
  const copyOf = (name: string): string => {
    const path = join(folder, name);
    cpSync(join(fixtures, `runs/gate-${name}`), path, { recursive: true });
    return path;
  };
  const gate = (over: Partial<GateArguments>): number =>
    gateCommand({
      runs: [],
      budget: undefined,
      baseline: { path: baselinePath, marginMs: 30, despite: [] },
      out: undefined,
      reports: folder,
      json: false,
      ...over,
    });

  const against = 'against the baseline korvo-1-mock of 2026-11-03 (openai_demo v1.4.2 9f3b0c6d11)';
  it.each([
    ['pass', 0, `PASS  All 200 judged turns passed; voice-to-voice is +1.1 ms ${against}`],
    ['slower', 1, `FAIL  The board failed: voice-to-voice is +89.7 ms ${against}`],
    ['undecided', 5, `INCONCLUSIVE  More turns are needed: voice-to-voice is +26.8 ms ${against}`],
    [
      'bench-fault',
      3,
      'NOT JUDGED  Not judged, the bench or the harness failed: The serial port /dev/ttyACM0 of korvo-1 is gone.\n',
    ],
    [
      'provider-outage',
      4,
      'NOT JUDGED  Not judged, the provider failed: The provider process ended by itself with code 1.\n',
    ],
    [
      'crash',
      1,
      "FAIL  The board failed in 1 of 4 judged turns: korvo-1 crashed: Guru Meditation Error: Core 0 panic'ed (LoadProhibited).\n",
    ],
  ])('judges the example %s with exit code %d', (name, exitCode, sentence) => {
    const path = copyOf(name);
    expect(gate({ runs: [path] })).toBe(exitCode);
    expect(printed.startsWith(sentence)).toBe(true);
    expect(printed.split('\n').length).toBeLessThan(24);
    expect(readRun(path)).toMatchObject({ record: { exitCode }, verdict: { exitCode } });
    for (const file of ['verdict.json', 'junit.xml', 'summary.md', 'report.html'])
      expect(existsSync(join(path, file))).toBe(true);
    expect(complained).toBe('');
  });

  it('says which part of the turn grew, what would be found, and what to do', () => {
    gate({ runs: [copyOf('slower')] });
    expect(printed).toMatch(/of which +reply lead-in \+8\d\.\d ms, /);
    expect(printed).toMatch(
      /power +by the spread of these turns, \+100 ms of voice-to-voice is found in 95 % of cases with \d+ turns\n/,
    );
    expect(printed).toMatch(/to do +See which part of the turn grew/);
  });

  it('takes several runs as one, and writes beside none of them', () => {
    const runs = [copyOf('pass'), copyOf('undecided')].map((path) => path);
    // The same firmware, as far as the gate can see.
    const manifest = join(runs[1] ?? '', 'run.json');
    const { boards } = readRun(runs[0] ?? '').record;
    writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), boards }));
    const out = join(folder, 'together');
    expect(gate({ runs, out, json: true })).toBe(0);
    const summary = JSON.parse(printed) as { schema: string; runIds: string[]; turns: { turnId: string }[] };
    expect(summary).toMatchObject({ schema: 'earshot/gate@1', runIds: ['gate-pass', 'gate-undecided'], out });
    expect(summary.turns).toHaveLength(240);
    expect(summary.turns.at(-1)?.turnId).toBe('2/t0040');
    expect(existsSync(join(out, 'verdict.json'))).toBe(true);
    expect(existsSync(join(runs[0] ?? '', 'report.html'))).toBe(false);
  });

  it('judges a merged run as one run, which a baseline is made of and held against as of any other', () => {
    const runs = [copyOf('pass'), copyOf('undecided')];
    const manifest = join(runs[1] ?? '', 'run.json');
    const { boards } = readRun(runs[0] ?? '').record;
    const alike = { ...(JSON.parse(readFileSync(manifest, 'utf8')) as object), boards };
    writeFileSync(manifest, JSON.stringify(alike));
    const out = join(folder, 'merged');
    expect(mergeCommand({ runs, out, budget: undefined, json: true })).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ outcome: 'pass', runPath: out });
    for (const file of ['verdict.json', 'junit.xml', 'summary.md', 'report.html'])
      expect(existsSync(join(out, file))).toBe(true);
    printed = '';
    expect(gate({ runs: [out] })).toBe(0);
    expect(printed).toContain('turns     240 of 240 judged passed, 240 played');
    expect(
      acceptCommand({
        runs: [out],
        name: 'merged',
        folder: join(folder, 'baselines'),
        force: false,
        reports: folder,
        json: false,
      }),
    ).toBe(0);
    expect(printed).toContain('  240 turns · korvo-1 (openai-demo)');
    // One shard was killed: the whole is no pass, however the other ended.
    writeFileSync(manifest, JSON.stringify({ ...alike, outcome: undefined }));
    const broken = join(folder, 'broken');
    expect(mergeCommand({ runs, out: broken, budget: undefined, json: true })).toBe(130);
    expect(readRun(broken)).toMatchObject({ aborted: true, record: { sources: [{}, { aborted: true }] } });
    const budget = join(folder, 'none.yaml');
    const refused = join(folder, 'refused');
    expect(() => mergeCommand({ runs, out: refused, budget, json: true })).toThrow(/none\.yaml/);
    expect(existsSync(refused)).toBe(false);
  });

  it('takes no run in noise for one without', () => {
    const runs = [copyOf('pass'), copyOf('undecided')];
    const manifest = join(runs[1] ?? '', 'run.json');
    const { boards } = readRun(runs[0] ?? '').record;
    const noisy = {
      ...JSON.parse(readFileSync(manifest, 'utf8')),
      boards,
      conditions: { snrDb: 10 },
    } as object;
    writeFileSync(manifest, JSON.stringify(noisy));
    expect(() => gate({ runs })).toThrow(/prompts is \w{12} with {"snrDb":10}, not \w{12}\.$/);
  });

  it('takes no run twice: its turns are no more for that', () => {
    const path = copyOf('undecided');
    expect(() => gate({ runs: [path, path] })).toThrow(
      expect.objectContaining({ code: 'HIL_BASELINE_UNFIT' }) as Error,
    );
  });

  /** Two runs that are alike as far as the gate can see, the second with more in its record. */
  const alike = (over: object = {}): [first: string, second: string] => {
    const [first, second] = [copyOf('pass'), copyOf('undecided')];
    const manifest = join(second, 'run.json');
    const { boards } = readRun(first).record;
    const record = JSON.parse(readFileSync(manifest, 'utf8')) as object;
    writeFileSync(manifest, JSON.stringify({ ...record, boards, ...over }));
    return [first, second];
  };

  it('takes no runs of two benches as one, nor of two cards, where they are known', () => {
    const bench = { name: 'lab-3', path: '/bench/bench.yaml' };
    expect(() => gate({ runs: alike({ bench }) })).toThrow(/: bench is lab-3, not lab-2\.$/);
    const rigOf = (stableId?: string) => ({
      name: 'usb-rig',
      topology: 'loopback',
      rateHz: 48_000,
      ...(stableId === undefined ? {} : { card: { kind: 'alsa', name: 'Card', stableId } }),
    });
    const [first, second] = alike({ rig: rigOf('usb-2') });
    // The first, as the baseline, was made before cards were recorded.
    expect(gate({ runs: [first, second] })).toBe(0);
    const manifest = join(first, 'run.json');
    const record = JSON.parse(readFileSync(manifest, 'utf8')) as object;
    writeFileSync(manifest, JSON.stringify({ ...record, rig: rigOf('usb-1') }));
    expect(() => gate({ runs: [first, second] })).toThrow(
      /: rig is usb-rig \(loopback, 48000 Hz\) on usb-2, not usb-rig \(loopback, 48000 Hz\) on usb-1\.$/,
    );
    expect(gate({ runs: [first] })).toBe(0);
  });

  it('takes no run beside one that it was merged into', () => {
    const runs = alike();
    const out = join(folder, 'merged');
    expect(mergeCommand({ runs, out, budget: undefined, json: true })).toBe(0);
    expect(() => gate({ runs: [runs[0], out] })).toThrow(/^Run gate-pass would be in it twice/);
  });

  it('judges the same of the same runs in whatever order they are named', () => {
    const runs = alike();
    const seen = [runs, [...runs].reverse()].map((named) => {
      printed = '';
      gate({ runs: named, out: join(folder, 'together'), json: true });
      const { comparison, runIds, runId } = JSON.parse(printed) as Record<string, unknown>;
      return { comparison, runIds, runId };
    });
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]).toMatchObject({ runId: 'gate-pass', runIds: ['gate-pass', 'gate-undecided'] });
  });

  it.each([
    [
      'a soak',
      {
        soak: {
          forMs: 1,
          playedMs: 0,
          pattern: 'steady',
          bounds: { internal: {}, psram: {} },
          isBound: true,
          keepEvery: 1,
        },
      },
      /^Run gate-undecided is a soak/,
    ],
    ['a run in turns', { inTurnsWith: 'release' }, /^Run gate-undecided was played in turns/],
  ])('takes %s with no other run: what it is judged by would be gone', (_what, over, message) => {
    expect(() => gate({ runs: alike(over) })).toThrow(message);
  });

  it('refuses runs of different firmware as one, and a baseline of another board', () => {
    const runs = [copyOf('pass'), copyOf('undecided')];
    expect(() => gate({ runs })).toThrow(
      expect.objectContaining({
        code: 'HIL_BASELINE_DIFFERENT',
        message: expect.stringContaining(
          'firmware is openai_demo v1.4.4 9f3b0c6d14, not openai_demo v1.4.3 9f3b0c6d12',
        ) as string,
      }) as Error,
    );
    const sample = join(folder, 'sample');
    cpSync(join(fixtures, 'runs/sample'), sample, { recursive: true });
    const refused = expect.objectContaining({
      code: 'HIL_BASELINE_DIFFERENT',
      message: expect.stringMatching(
        /board is atom-s3r .*, not korvo-1 .*; rig is virtual .*, not usb-rig/,
      ) as string,
    }) as Error;
    expect(() => gate({ runs: [sample] })).toThrow(refused);
    const despite = ['board', 'bench', 'rig'] as const;
    const against = { runs: [sample], baseline: { path: baselinePath, marginMs: 30, despite } };
    // It was judged by budgets, and is not to be judged without them where nobody has them.
    expect(() => gate(against)).toThrow(/which names them, is not on this machine/);
    expect(gate({ ...against, budget: join(fixtures, 'benches/budgets.yaml') })).toBe(1);
  });

  it('judges by budgets that are named, and by none where there never were any', () => {
    const path = copyOf('pass');
    const budget = join(folder, 'budgets.yaml');
    writeFileSync(budget, 'schema: earshot/budgets@1\nmeasures:\n  voiceToVoice: { p50: 300ms }\n');
    expect(gate({ runs: [path], baseline: undefined })).toBe(0);
    expect(gate({ runs: [path], baseline: undefined, budget })).toBe(1);
    expect(printed).toContain('budgets   0 held, 1 failed, 0 undecided, 0 not judged');
  });

  it('prints what is above every number as a number, whatever prints it', () => {
    const mute = copyOf('pass');
    const lines = readFileSync(join(mute, 'turns.jsonl'), 'utf8').trim().split('\n');
    const censored = { state: 'censored', aboveMs: 9_000, reason: 'no-onset' };
    const unanswered = lines.map((line) => {
      const turn = JSON.parse(line) as { measurement: { measures: object } };
      const measures = { ...turn.measurement.measures, voiceToVoice: censored };
      return `${JSON.stringify({ ...turn, measurement: { ...turn.measurement, measures } })}\n`;
    });
    writeFileSync(join(mute, 'turns.jsonl'), unanswered.join(''));
    const of = (act: () => unknown): string => {
      printed = '';
      act();
      return printed;
    };
    const said = [
      of(() => gate({ runs: [mute], json: true })),
      of(() => {
        const { run, verdict } = renderFinished(mute);
        printSummary(
          { run, verdict, reports: { html: '' } as WrittenReports },
          { json: true, colours: false },
        );
      }),
      of(() => diffCommand({ path: baselinePath, runs: [mute], reports: folder, json: true })),
      of(() => historyCommand({ folder, json: true })),
    ];
    for (const text of said) {
      expect(text).toContain('1e999');
      expect(text).not.toMatch(/"(estimateMs|upperMs|valueMs|maxMs)": null/);
    }
  });

  it('tells GitHub and GitLab in their own words', () => {
    const summaryPath = join(folder, 'step.md');
    Object.assign(process.env, {
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: summaryPath,
      GITLAB_CI: 'true',
    });
    const path = copyOf('crash');
    expect(gate({ runs: [path] })).toBe(1);
    expect(complained.split('\n')[0]).toMatch(
      /^::error title=Earshot%3A fail::The board failed in 1 of 4 judged turns: korvo-1 crashed/,
    );
    expect(complained).toContain('::error title=HIL_BOARD_PANIC in t0004::');
    expect(readFileSync(summaryPath, 'utf8')).toContain('## ❌ Earshot: fail');
    const quality = JSON.parse(readFileSync(join(path, 'gl-code-quality-report.json'), 'utf8')) as unknown[];
    expect(quality).toEqual([
      {
        description: "korvo-1 crashed: Guru Meditation Error: Core 0 panic'ed (LoadProhibited).",
        check_name: 'HIL_BOARD_PANIC',
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        severity: 'major',
        location: { path: '/bench/bench.yaml', lines: { begin: 1 } },
      },
    ]);
  });

  it('names a baseline that is not there, and one that is damaged', () => {
    const runs = [copyOf('pass')];
    const at = (path: string) => () => gate({ runs, baseline: { path, marginMs: 30, despite: [] } });
    expect(at(join(folder, 'none.json'))).toThrow(
      expect.objectContaining({ code: 'HIL_BASELINE_NOT_FOUND' }) as Error,
    );
    const damaged = join(folder, 'damaged.json');
    writeFileSync(damaged, '{"schema":"earshot/baseline@1","name":7}');
    expect(at(damaged)).toThrow(expect.objectContaining({ code: 'HIL_RUN_DAMAGED' }) as Error);
    writeFileSync(damaged, '{"schema":"earshot/baseline@2"}');
    expect(at(damaged)).toThrow(expect.objectContaining({ code: 'HIL_RUN_TOO_NEW' }) as Error);
  });

  it('bears with --despite whatever it may refuse', () => {
    expect(despiteChoices).toEqual(differenceNames);
  });

  describe('baselines', () => {
    const accept = (runs: readonly string[], over: object = {}): number =>
      acceptCommand({
        runs,
        name: undefined,
        folder: join(folder, 'baselines'),
        force: false,
        reports: folder,
        json: false,
        ...over,
      });

    it('are accepted, listed, compared with, and not written over', () => {
      const path = copyOf('pass');
      expect(accept([path])).toBe(0);
      const file = join(folder, 'baselines/korvo-1-mock.json');
      expect(printed).toContain(`${file}\n  the baseline korvo-1-mock of 20`);
      expect(printed).toContain('  200 turns · korvo-1 (openai-demo) · provider mock · earshot 0.1.0\n');
      expect(() => accept([path])).toThrow(expect.objectContaining({ code: 'HIL_CONFIG_USAGE' }) as Error);
      expect(accept([path], { force: true, name: 'Korvo #1' })).toBe(0);
      printed = '';
      expect(listCommand({ folder: join(folder, 'baselines'), json: true })).toBe(0);
      expect(JSON.parse(printed)).toMatchObject({
        schema: 'earshot/baselines@1',
        baselines: [
          { name: 'korvo-1-mock', runIds: ['gate-pass'] },
          { name: 'Korvo #1', turns: 200 },
        ],
      });
      printed = '';
      expect(diffCommand({ path: file, runs: [copyOf('slower')], reports: folder, json: false })).toBe(0);
      expect(printed).toContain('alike in board, bench, rig, provider, scenario, prompts and version');
      expect(printed).toMatch(/voice-to-voice is \+8\d\.\d ms against the baseline korvo-1-mock/);
      // Against itself nothing moved at all.
      expect(gate({ runs: [path], baseline: { path: file, marginMs: 30, despite: [] } })).toBe(0);
      expect(printed).toContain('voice-to-voice: pass, +0.0 ms');
    });

    it('say what a run differs in that cannot be compared', () => {
      const code = diffCommand({
        path: baselinePath,
        runs: [join(fixtures, 'runs/sample')],
        reports: folder,
        json: false,
      });
      expect(code).toBe(2);
      expect(printed).toContain(
        '  rig       virtual (virtual, 48000 Hz), not usb-rig (loopback, 48000 Hz)\n',
      );
      expect(printed).toContain('not judged, no prompt was measured in both.');
    });

    it('are not made of runs that failed, unless it is insisted on', () => {
      const path = copyOf('crash');
      expect(() => accept([path])).toThrow(expect.objectContaining({ code: 'HIL_BASELINE_UNFIT' }) as Error);
      expect(accept([path], { force: true })).toBe(0);
      expect(printed).toContain('nothing can be held against fewer than 40');
    });

    it('are none in a folder that is not there', () => {
      expect(listCommand({ folder: join(folder, 'nowhere'), json: false })).toBe(0);
      expect(printed).toBe(`No baseline in ${join(folder, 'nowhere')}.\n`);
    });
  });
});
