/** The commands that stand alone, as a person starts them. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerialPort } from 'serialport';
import { WebSocket } from 'ws';
import { packageRoot } from '../config';
import { packageVersion } from './package-version';
import { ending, runEarshot, startEarshot, temporaryReports } from './__fixtures__/run-earshot';

jest.setTimeout(60_000);

/** Resolves with the first line of standard output that matches. */
const lineOf = (child: ChildProcess, pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const line = text.split('\n').find((one) => pattern.test(one));
      if (line !== undefined) resolve(line);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code} before ${pattern}: ${text}`)));
  });

describe('earshot', () => {
  it('prints its version and its help', async () => {
    expect((await runEarshot(['--version'])).stdout.trim()).toBe(packageVersion());
    const help = await runEarshot(['--help']);
    expect(help.exitCode).toBe(0);
    for (const command of ['run', 'report', 'devices', 'decode', 'provider', 'virtual-board', 'prompts']) {
      expect(help.stdout).toContain(`earshot ${command}`);
    }
    expect(help.stdout).not.toContain('-child');
  });

  it.each(['run', 'report', 'devices', 'monitor', 'decode', 'provider', 'probe', 'virtual-board', 'prompts'])(
    'explains %s',
    async (command) => {
      const { exitCode, stdout } = await runEarshot([command, '--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('Options:');
    },
  );

  it('asks for a command when none is named', async () => {
    const { exitCode, stderr } = await runEarshot([]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/Name a command/);
  });
});

describe('earshot devices', () => {
  it('lists serial ports for a script', async () => {
    const { exitCode, stdout } = await runEarshot(['devices', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'earshot/devices@1', serialPorts: expect.any(Array) });
  });
});

describe('earshot prompts', () => {
  it('annotates a recording, checks its corpus, and refuses what is unfit with exit code 2', async () => {
    const folder = temporaryReports();
    try {
      const wav = join(folder, 'en-lamp-on-c.wav');
      cpSync(join(packageRoot(), 'fixtures/prompts/en-light-on-a.wav'), wav);
      const words = ['--transcript', 'Please turn on the kitchen light', '--reports', folder];
      const added = await runEarshot(['prompts', 'annotate', wav, ...words]);
      expect(added).toMatchObject({ exitCode: 0, stderr: '' });
      expect(added.stdout).toContain('en-lamp-on-c  new  speech from 100.0 to 1667.7 ms');
      expect(existsSync(join(folder, 'prompts', 'en-lamp-on-c.html'))).toBe(true);

      const manifest = join(folder, 'prompts.yaml');
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('40023', '40022'));
      const checked = await runEarshot(['prompts', 'check', folder]);
      expect(checked).toMatchObject({ exitCode: 2, stderr: '' });
      expect(checked.stdout).toContain('offsetSample is 40023 in the WAV; the manifest says 40022');
      const refused = await runEarshot(['prompts', 'annotate', wav, '--reports', folder]);
      expect(refused.exitCode).toBe(2);
      expect(refused.stderr).toMatch(/2400 to 40022, annotated anew 2400 to 40023[^]*HIL_CORPUS_REVIEWED/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('earshot provider', () => {
  it('serves a client, tells what it does, and ends at SIGINT', async () => {
    const child = startEarshot(['provider', '--port', '0', '--json']);
    const ended = ending(child);
    const { url } = JSON.parse(await lineOf(child, /"url"/)) as { url: string };
    const opened = lineOf(child, /session-open/);
    const socket = new WebSocket(url, { headers: { authorization: 'Bearer any' } });
    const created = await new Promise<string>((resolve, reject) => {
      socket.once('message', (data: Buffer) => resolve(data.toString()));
      socket.once('error', reject);
    });
    expect(JSON.parse(created)).toMatchObject({ type: 'session.created' });
    expect(JSON.parse(await opened)).toMatchObject({ type: 'session-open' });
    child.kill('SIGINT');
    expect((await ended).exitCode).toBe(0);
    socket.terminate();
  });

  it('lets only its key in where one is set', async () => {
    const child = startEarshot(['provider', '--port', '0', '--json', '--api-key', 'sk-the-one']);
    const ended = ending(child);
    const { url } = JSON.parse(await lineOf(child, /"url"/)) as { url: string };
    const socket = new WebSocket(url, { headers: { authorization: 'Bearer sk-another' } });
    const code = await new Promise((resolve) => socket.once('close', resolve));
    expect(code).toBe(3000);
    child.kill('SIGINT');
    await ended;
  });

  it('does not listen beyond this machine without a key', async () => {
    const { exitCode, stderr } = await runEarshot(['provider', '--host', '0.0.0.0', '--port', '0']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/--api-key/);
  });
});

describe('earshot virtual-board', () => {
  it('boots on a serial port that any terminal can open, and ends at SIGINT', async () => {
    const child = startEarshot([
      'virtual-board',
      '--json',
      '--provider-url',
      'ws://127.0.0.1:9/v1/realtime?model=gpt-realtime',
    ]);
    const ended = ending(child);
    const { ptyPath } = JSON.parse(await lineOf(child, /ptyPath/)) as { ptyPath: string };
    const port = new SerialPort({ path: ptyPath, baudRate: 115_200 });
    const app = await new Promise<string>((resolve, reject) => {
      let text = '';
      port.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const line = text.split('\n').find((one) => one.includes('Calling app_main()'));
        if (line !== undefined) resolve(line);
      });
      port.once('error', reject);
    });
    expect(app).toMatch(/I \(\d+\) main_task: Calling app_main\(\)/);
    await new Promise((resolve) => port.close(resolve));
    child.kill('SIGINT');
    expect((await ended).exitCode).toBe(0);
  });

  it('names the dialects that it has', async () => {
    const { exitCode, stderr } = await runEarshot(['virtual-board', '--dialect', 'xiaozhi']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/xiaozhi.*realtime-ws/);
  });
});

describe('earshot report', () => {
  const copyOfSample = (): string => {
    const folder = join(mkdtempSync(join(tmpdir(), 'earshot-report-')), 'sample');
    cpSync(join(packageRoot(), 'fixtures/runs/sample'), folder, { recursive: true });
    return folder;
  };

  it('renders a stored run again from its folder alone, with the exit code of its verdict', async () => {
    const folder = copyOfSample();
    const { exitCode, stdout } = await runEarshot(['report', folder, '--json']);
    const stored = JSON.parse(readFileSync(join(folder, 'verdict.json'), 'utf8')) as { exitCode: number };
    expect(exitCode).toBe(stored.exitCode);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'earshot/run-summary@1', exitCode: stored.exitCode });
    for (const file of ['report.html', 'junit.xml', 'summary.md'])
      expect(existsSync(join(folder, file))).toBe(true);
  });

  it('refuses a baseline of another bench before the first turn, with exit code 2', async () => {
    const baseline = join(packageRoot(), 'fixtures/baselines/gate-example.json');
    const args = [
      'run',
      '--json',
      '--reports',
      temporaryReports(),
      '--suite',
      'latency',
      '--baseline',
      baseline,
    ];
    const { exitCode, stdout } = await runEarshot(args);
    expect(exitCode).toBe(2);
    const { why, turns } = JSON.parse(stdout) as { why: string; turns: unknown[] };
    expect(why).toMatch(
      /cannot be held against the baseline korvo-1-mock of 2026-11-03.*; rig is virtual-1 rig/,
    );
    expect(turns).toEqual([]);
  });

  it('judges a run that was killed as interrupted and keeps what was recorded', async () => {
    const folder = copyOfSample();
    rmSync(join(folder, 'verdict.json'));
    const record = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Record<string, unknown>;
    for (const end of ['outcome', 'exitCode', 'why', 'endedAtHostMs']) Reflect.deleteProperty(record, end);
    writeFileSync(join(folder, 'run.json'), JSON.stringify(record));
    const { exitCode, stdout } = await runEarshot(['report', folder]);
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/t001 .*ABORTED/s);
    const stored = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
    expect(stored('verdict.json')).toMatchObject({ outcome: 'aborted', exitCode: 130 });
    expect(stored('run.json')).toMatchObject({ outcome: 'aborted', exitCode: 130 });
    expect((stored('run.json') as { endedAtHostMs: number }).endedAtHostMs).toBeGreaterThan(0);
  });
});

describe('earshot run whose reader goes away', () => {
  it('runs on and ends with the exit code of its verdict, not with 1', async () => {
    const child = startEarshot(['run', '--suite', 'boot', '--reports', temporaryReports()]);
    const ended = ending(child);
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await ended).toMatchObject({ exitCode: 5, stderr: '' });
  });
});
