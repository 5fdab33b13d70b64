/** A simulated board's console as a person watches it: boot, a typed command, a crash as it comes, Ctrl-C. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { program, startEarshot, temporaryReports } from './__fixtures__/run-earshot';

jest.setTimeout(60_000);

/** Resolves with everything that was printed once it matches. */
const shows = (child: ChildProcess, pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (pattern.test(text)) resolve(text);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code} before ${pattern}: ${text}`)));
  });

describe('earshot monitor', () => {
  it('shows what a virtual board prints, types a command that crashes it, decodes the crash, and ends with 0', async () => {
    const board = startEarshot(['virtual-board', '--json', '--provider-url', 'ws://127.0.0.1:9']);
    const folder = temporaryReports();
    try {
      const { ptyPath } = JSON.parse(await shows(board, /\n/)) as { readonly ptyPath: string };
      const log = join(folder, 'console.log');
      const monitor = spawn(
        process.execPath,
        [program, 'monitor', '--port', ptyPath, '--json', '--log', log],
        {
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      );
      const ended = new Promise<number | null>((resolve) => monitor.once('close', resolve));
      const crashed = shows(monitor, /"type":"crash".*\n/);
      // Its boot may be over by then; that it finds no provider it says every two seconds.
      await shows(monitor, /Connect failed/);
      monitor.stdin.write('assert\n');
      const events = (await crashed)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown> & { readonly type: string });
      const of = (type: string) => events.filter((event) => event.type === type);
      expect(of('opened')).toMatchObject([{ schema: 'earshot/monitor@1', port: ptyPath }]);
      expect(of('crash')).toMatchObject([
        {
          reason: 'StoreProhibited',
          nullPointer: true,
          endState: 'gdb-stub',
          elfCheck: 'none',
          signature: { basis: 'addresses' },
        },
      ]);
      monitor.kill('SIGINT');
      expect(await ended).toBe(0);
      expect(readFileSync(log, 'latin1')).toContain('Entering gdb stub now.');
    } finally {
      board.kill('SIGTERM');
      rmSync(folder, { recursive: true });
    }
  });
});
