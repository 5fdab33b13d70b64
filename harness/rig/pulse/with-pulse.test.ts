import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../config';
import { missingPackages } from '../__fixtures__/private-pulse';

const script = join(packageRoot(), 'scripts/with-pulse.mjs');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function withPulse(args: readonly string[], env = process.env) {
  const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, ...said })));
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text;
      if (said.stdout.includes('\n')) resolve(said.stdout.split('\n')[0]!);
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  return { child, ended, firstLine };
}

describe('with-pulse', () => {
  it('says how it is called', async () => {
    const { code, stderr } = await withPulse([]).ended;
    expect([code, stderr]).toEqual([2, 'usage: node scripts/with-pulse.mjs -- COMMAND [ARGUMENTS]\n']);
  });

  it('names the package that is missing', async () => {
    const { code, stderr } = await withPulse(['--', 'true'], { PATH: '/nonexistent' }).ended;
    expect([code, stderr]).toEqual([
      2,
      'with-pulse: there is no pulseaudio: install the Debian package pulseaudio.\n',
    ]);
  });

  (missingPackages.length === 0 ? it : it.skip)(
    'hands signals on to the command, ends as it does and leaves nothing behind',
    async () => {
      const hold =
        'process.on("SIGTERM", () => process.exit(42)); setInterval(() => {}, 1e6); console.log(process.env.XDG_RUNTIME_DIR)';
      const { child, ended, firstLine } = withPulse(['--', process.execPath, '-e', hold]);
      const folder = await firstLine;
      expect(existsSync(join(folder, 'native'))).toBe(true);
      child.kill('SIGTERM');
      expect(await ended).toMatchObject({ code: 42, stderr: '' });
      expect(existsSync(folder)).toBe(false);
    },
  );
});
