import { spawn } from 'node:child_process';

/** Stops the process that its first argument names, for as many milliseconds as the second says. */
const program = `
const [pid, ms] = process.argv.slice(1).map(Number);
process.kill(pid, 'SIGSTOP');
setTimeout(() => process.kill(pid, 'SIGCONT'), ms);
`;

/**
 * Has a process do nothing for a while, as on a machine that is too busy. It may be this one: another process does it, which also lets go of
 * what it stopped when this one dies.
 */
export function standStill(pid: number, forMs: number): void {
  spawn(process.execPath, ['-e', program, String(pid), String(forMs)], {
    stdio: 'ignore',
    detached: true,
  }).unref();
}
