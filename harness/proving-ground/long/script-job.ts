import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LongJob, LongReport } from './long-job';
import { sourcesKey } from './sources-key';

export interface ScriptJobOptions {
  readonly name: string;
  readonly title: string;
  readonly root: string;
  /** From the root; exits with 0 or, with a target missed, with 1. */
  readonly script: string;
  readonly args: readonly string[];
  /** File, from the root, in which the script keeps what it has and from which it goes on (`--resume`); `*` stands for the key. */
  readonly resume: string;
  /** What the script writes, from the root: JSON with `targets`. */
  readonly output: string;
  /** Files and folders that its figures depend on, from the root. */
  readonly sources: readonly string[];
}

/** A script of `scripts/` as a long job of one part. It is ended with SIGTERM when the signal says so. */
export function scriptJob(options: ScriptJobOptions): LongJob {
  const { name, title, root, script, args, resume, output, sources } = options;
  const key = JSON.stringify({ args, sources: sourcesKey(root, [script, ...sources]) });
  // What was kept of other sources is no part of this run.
  const kept = join(root, resume.replace('*', createHash('sha256').update(key).digest('hex').slice(0, 16)));
  return {
    name,
    title,
    key,
    parts: ['all'],
    async run(_part, signal) {
      // What an earlier run wrote is no result of this one.
      rmSync(join(root, output), { force: true });
      mkdirSync(dirname(kept), { recursive: true });
      const child = spawn(process.execPath, [join(root, script), ...args, '--resume', kept], {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const stop = (): void => void child.kill('SIGTERM');
      signal.addEventListener('abort', stop, { once: true });
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      }).finally(() => signal.removeEventListener('abort', stop));
      signal.throwIfAborted();
      if (code !== 0 && code !== 1) throw new Error(`${script} ended with ${code ?? 'a signal'}.`);
      const result = JSON.parse(readFileSync(join(root, output), 'utf8')) as unknown;
      rmSync(kept, { force: true });
      return result;
    },
    finish: (results) => results.get('all') as LongReport,
  };
}
