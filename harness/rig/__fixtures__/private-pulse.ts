/** A private PulseAudio for tests: the one of scripts/with-pulse.mjs, with its null sink and two cables. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';

const script = join(__dirname, '../../../scripts/with-pulse.mjs');
const needed = ['pulseaudio', 'pactl', 'parec', 'pacat'];
const hasPulse = needed.every((program) => spawnSync(program, ['--version']).status === 0);

/** Its title has to say that the tests are skipped where PulseAudio is not installed. */
export const describeWithPulse = hasPulse ? describe : describe.skip;

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
