/** The C code of the overlays, compiled for the machine that tests it: strict, and with what finds wrong memory at run time. */
import { spawnSync } from 'node:child_process';

const hasGcc = spawnSync('gcc', ['--version']).status === 0;
/** Its title has to say that the tests are skipped where there is no gcc. */
export const describeWithGcc = hasGcc ? describe : describe.skip;

export const strict = [
  '-std=c99',
  '-pedantic',
  '-Wall',
  '-Wextra',
  '-Wshadow',
  '-Wconversion',
  '-Wmissing-prototypes',
  '-Werror',
];
export const sanitized = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

/** What a program printed. @throws Error with what it said when it cannot be started, or ends with another code than 0. */
export function run(command: string, args: readonly string[]): string {
  // A sanitizer's finding is a failure of its own; leaks cannot be looked for in every container.
  const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' };
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return stdout;
}
