/** A private PulseAudio for tests: the one of scripts/with-pulse.mjs, with its null sink and two cables. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const script = join(__dirname, '../../../scripts/with-pulse.mjs');
const packages = { pulseaudio: 'pulseaudio', pactl: 'pulseaudio-utils', arecord: 'alsa-utils' } as const;

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

/** `describe`, or where packages are missing a skipped one whose name says which. */
export const describeWithPulse = (name: string, tests: () => void): void => {
  if (missingPackages.length === 0) describe(name, tests);
  else describe.skip(`${name} (skipped: install ${missingPackages.join(' ')})`, tests);
};

export interface PrivatePulse {
  /** Variables by which programs find the server, and ALSA names for its devices. */
  readonly env: Readonly<Record<string, string>>;
  /** What `PULSE_SERVER` says. */
  readonly server: string;
  /** What `pactl` printed. @throws Error with what it said when it failed. */
  readonly pactl: (...args: readonly string[]) => Promise<string>;
  /** Ends the server; harmless the second time. */
  close(): Promise<void>;
}

/** Starts a server and waits until it answers; it is gone, folder and all, when `close` resolves or this process has ended. */
export async function startPrivatePulse(): Promise<PrivatePulse> {
  // It lives as long as its command does, and that reads until its input is closed.
  const child = spawn(process.execPath, [script, '--', 'sh', '-c', 'env; echo ==; exec cat'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const variables = await new Promise<string>((resolve, reject) => {
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.endsWith('==\n')) resolve(printed);
    });
    void ended.then(([code]) => reject(new Error(`with-pulse ended with ${String(code)}: ${said}`)));
  });
  const env = Object.fromEntries(
    [...variables.matchAll(/^((?:PULSE|XDG|ALSA)_\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
  return {
    env,
    server: env['PULSE_SERVER'] ?? '',
    pactl: async (...args) => {
      const { stdout } = await promisify(execFile)('pactl', [...args], { env: { ...process.env, ...env } });
      return stdout;
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
