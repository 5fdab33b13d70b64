import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../../config';

const packages = {
  pulseaudio: 'pulseaudio',
  pactl: 'pulseaudio-utils',
  arecord: 'alsa-utils',
} as const;

const isOnPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

const PLUGIN = 'alsa-lib/libasound_module_pcm_pulse.so';
const hasAlsaPlugin = (): boolean =>
  existsSync('/usr/lib') &&
  readdirSync('/usr/lib').some((folder) => existsSync(join('/usr/lib', folder, PLUGIN)));

/** Debian packages that a test over a sound server needs and this machine does not have. */
export const missingPackages: readonly string[] = [
  ...Object.entries(packages).flatMap(([program, name]) => (isOnPath(program) ? [] : [name])),
  ...(hasAlsaPlugin() ? [] : ['libasound2-plugins']),
];

/** `describe`, or where packages are missing a skipped one whose name says so. */
export const describeWithPulse = (name: string, tests: () => void): void => {
  if (missingPackages.length === 0) describe(name, tests);
  else describe.skip(`${name} (skipped: install ${missingPackages.join(' ')})`, tests);
};

/** A sound server of a test's own: `scripts/with-pulse.mjs`, held open by its standard input. */
export interface PrivatePulse {
  /** With which programs find it. */
  readonly environment: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

const HOLD =
  'console.log(JSON.stringify(process.env)); process.stdin.on("end", () => process.exit()).resume()';

export async function openPrivatePulse(): Promise<PrivatePulse> {
  const script = join(packageRoot(), 'scripts/with-pulse.mjs');
  const child = spawn(process.execPath, [script, '--', process.execPath, '-e', HOLD], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const [line] = await Promise.race([
    new Promise<[string]>((resolve) => createInterface(child.stdout).once('line', (text) => resolve([text]))),
    ended.then(() => {
      throw new Error(`with-pulse ended before it had a server: ${said}`);
    }),
  ]);
  return {
    environment: JSON.parse(line) as NodeJS.ProcessEnv,
    close: () => {
      child.stdin.end();
      return ended;
    },
  };
}
