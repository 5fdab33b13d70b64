import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { renderFinished } from '../finish-run';
import { allureProgram } from '../allure/allure-program';
import { before, readHistory, withRun, writeHistory } from '../allure/history-file';
import { historyCommand, publishCommand } from './history';

const fixtures = resolve(__dirname, '../../../fixtures/runs');

describe('a run that is rendered while it goes on', () => {
  it('is judged anew once it has gone on and was broken off', () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-going-on-'));
    cpSync(join(fixtures, 'gate-crash'), folder, { recursive: true });
    rmSync(join(folder, 'verdict.json'), { force: true });
    const record = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Record<string, unknown>;
    const unended = { ...record, outcome: undefined, exitCode: undefined, endedAtHostMs: undefined };
    writeFileSync(join(folder, 'run.json'), JSON.stringify(unended));
    const lines = readFileSync(join(folder, 'turns.jsonl'), 'utf8').split('\n');
    const rendered = (turns: number): number => {
      writeFileSync(join(folder, 'turns.jsonl'), `${lines.slice(0, turns).join('\n')}\n`);
      const { run, verdict } = renderFinished(folder);
      expect(run.record.outcome).toBe('aborted');
      return verdict.turns.length;
    };
    expect([rendered(2), rendered(3), rendered(3)]).toEqual([2, 3, 3]);
    rmSync(folder, { recursive: true });
  });
});

describe('earshot publish and report --history', () => {
  let folder: string;
  let printed: string;
  let complained: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-history-'));
    for (const name of ['gate-pass', 'gate-slower', 'gate-crash']) {
      cpSync(join(fixtures, name), join(folder, name), { recursive: true });
      renderFinished(join(folder, name));
    }
  });
  beforeEach(() => {
    printed = '';
    complained = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed += String(text)), true));
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((complained += String(text)), true));
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('writes the trends of a folder beside its runs', () => {
    expect(historyCommand({ folder, json: false })).toBe(0);
    expect(printed).toMatch(
      /^ESP32-S3-Korvo-2 · openai-demo · provider mock · voice-to-voice in ms\n {2}v1\.4\.3 /,
    );
    expect(readFileSync(join(folder, 'history.html'), 'utf8')).toContain('href="gate-slower/report.html"');
  });

  it('writes a site whose every link leads somewhere, without recordings', () => {
    mkdirSync(join(folder, 'gate-pass/korvo-1/captures'), { recursive: true });
    writeFileSync(join(folder, 'gate-pass/korvo-1/captures/t0001.wav'), 'sound');
    const player = '<div class="players"><audio src="data:audio/wav;base64,UklGRg=="></audio></div>';
    appendFileSync(join(folder, 'gate-pass/report.html'), player);
    const out = join(folder, 'site');
    expect(publishCommand({ folder, out, captures: false, json: true })).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({
      schema: 'earshot/history@1',
      runs: 3,
      unreadable: [],
      trends: [
        {
          releases: [
            { firmware: 'v1.4.3', n: 204 },
            { firmware: 'v1.5.0-rc1', n: 96 },
          ],
        },
      ],
    });
    const index = readFileSync(join(out, 'index.html'), 'utf8');
    const links = [...index.matchAll(/href="([^"#]+)"/g)].map(([, link = '']) => link);
    expect(links).toHaveLength(3);
    for (const link of links) expect(existsSync(join(out, link))).toBe(true);
    expect(readFileSync(join(out, 'badge.svg'), 'utf8')).toContain('ms · ');
    expect(existsSync(join(out, 'runs/gate-pass/korvo-1'))).toBe(false);
    const page = (): string => readFileSync(join(out, 'runs/gate-pass/report.html'), 'utf8');
    expect(page()).not.toContain('data:audio');
    publishCommand({ folder, out, captures: true, json: true });
    expect(existsSync(join(out, 'runs/gate-pass/korvo-1/captures/t0001.wav'))).toBe(true);
    expect(page()).toContain('data:audio');
    // A run may come from anybody: its links and its boards' names lead nowhere.
    const secret = join(folder, 'secret.wav');
    writeFileSync(secret, 'secret');
    symlinkSync(secret, join(folder, 'gate-pass/korvo-1/captures/t0002.wav'));
    mkdirSync(join(folder, 'captures'));
    const manifest = join(folder, 'gate-crash/run.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replaceAll('"korvo-1"', '".."'));
    publishCommand({ folder, out, captures: true, json: true });
    expect(existsSync(join(out, 'runs/gate-pass/korvo-1/captures/t0002.wav'))).toBe(false);
    expect(existsSync(join(out, 'runs/captures'))).toBe(false);
  });

  it('leaves out a run that cannot be read, and says so', () => {
    // The last one that reads this run.
    writeFileSync(join(folder, 'gate-crash/run.json'), '{');
    expect(historyCommand({ folder, json: true })).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({
      runs: 2,
      unreadable: [{ path: join(folder, 'gate-crash') }],
    });
    expect(complained).toContain('gate-crash is left out: ');
  });

  it('says so where there is no run', () => {
    const empty = join(folder, 'nothing');
    expect(() => historyCommand({ folder: empty, json: false })).toThrow(
      expect.objectContaining({ code: 'HIL_RUN_NOT_FOUND' }) as Error,
    );
  });
});

describe("Allure's history", () => {
  const runOf = (day: number) => ({ runId: `run-${day}`, startedAt: `2026-01-0${day}T00:00:00Z` });
  const folder = mkdtempSync(join(tmpdir(), 'earshot-allure-'));
  const file = join(folder, 'history.jsonl');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has each run once and in its place, however often and in whatever order they are rendered', () => {
    for (const day of [1, 3, 2, 3, 2]) writeHistory(file, withRun(readHistory(file), runOf(day), { day }));
    expect(readHistory(file).map(({ earshotRun, day }) => [earshotRun, day])).toEqual([
      ['run-1', 1],
      ['run-2', 2],
      ['run-3', 3],
    ]);
  });

  it('shows a run what lay behind it, and not itself', () => {
    const names = (day: number) => before(readHistory(file), runOf(day)).map(({ earshotRun }) => earshotRun);
    expect([names(1), names(2), names(3)]).toEqual([[], ['run-1'], ['run-1', 'run-2']]);
  });

  it('survives a line that was cut off', () => {
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"uuid":`);
    expect(readHistory(file)).toHaveLength(3);
  });

  it('needs a generator that is new enough, and says how to get one', () => {
    const missing = expect.objectContaining({ code: 'HIL_REPORT_ALLURE_MISSING' }) as Error;
    const install = (version: string): string => {
      const at = join(folder, 'node_modules/allure');
      mkdirSync(at, { recursive: true });
      writeFileSync(join(at, 'package.json'), JSON.stringify({ name: 'allure', version, bin: './cli.js' }));
      return join(at, 'cli.js');
    };
    const inside = join(folder, 'bench/deep');
    expect(() => allureProgram([inside])).toThrow(missing);
    install('2.34.0');
    expect(() => allureProgram([inside])).toThrow(missing);
    const program = install('3.18.0');
    expect(allureProgram([inside])).toBe(program);
  });
});
