import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { renderFinished } from '../finish-run';
import { historyCommand, publishCommand } from './history';

const fixtures = resolve(__dirname, '../../../fixtures/runs');

describe('earshot publish and report --history', () => {
  let folder: string;
  let printed: string;
  let complained: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-history-'));
    for (const name of ['gate-pass', 'gate-slower', 'gate-crash']) {
      cpSync(join(fixtures, name), join(folder, name), { recursive: true });
      renderFinished(join(folder, name));
    }
    printed = '';
    complained = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed += String(text)), true));
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((complained += String(text)), true));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true, force: true });
  });

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
    const links = [...index.matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links).toHaveLength(3);
    for (const link of links) expect(existsSync(join(out, link))).toBe(true);
    expect(readFileSync(join(out, 'badge.svg'), 'utf8')).toContain('ms · ');
    expect(existsSync(join(out, 'runs/gate-pass/korvo-1'))).toBe(false);
    publishCommand({ folder, out, captures: true, json: true });
    expect(existsSync(join(out, 'runs/gate-pass/korvo-1/captures/t0001.wav'))).toBe(true);
  });

  it('leaves out a run that cannot be read, and says so', () => {
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
