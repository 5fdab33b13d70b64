import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../config';
import type { Verdict } from '../../verdict';

export const program = join(packageRoot(), 'dist/harness/cli/main.js');

/** What `--json` prints, as far as tests read it. */
export interface RunSummary extends Pick<
  Verdict,
  'outcome' | 'exitCode' | 'why' | 'turns' | 'findings' | 'selfCheck'
> {
  readonly runId: string;
  readonly runPath: string;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own for the runs of one test. */
export const temporaryReports = (): string => mkdtempSync(join(tmpdir(), 'earshot-e2e-'));

/** Starts the command line as a person would. */
export function startEarshot(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  options: { readonly detached?: boolean } = {},
): ChildProcess {
  return spawn(process.execPath, [program, ...args], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', EARSHOT_HOST: '', ...env },
  });
}

/** Collects what a process prints until it ends. */
export function ending(child: ChildProcess): Promise<Ended> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) =>
      resolve({ exitCode, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
}

export const runEarshot = (args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> =>
  ending(startEarshot(args, env));

/** `earshot run --json` into a folder of its own, with its summary parsed. */
export async function runBench(args: readonly string[]): Promise<Ended & { readonly summary: RunSummary }> {
  const ended = await runEarshot(['run', '--json', '--reports', temporaryReports(), ...args]);
  return { ...ended, summary: JSON.parse(ended.stdout || '{}') as RunSummary };
}
