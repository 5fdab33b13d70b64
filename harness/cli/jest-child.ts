import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { join } from 'node:path';
import { childEnvironment, readEnvironment } from '../config';
import { HilError } from '../errors';
import { systemClock, type Cancel } from '../ports';
import { createRedactor } from '../run';
import { fork, type ChildProcess } from 'node:child_process';

/** What the Jest child is to run. */
export interface SuiteOrder {
  readonly hostAddress: string;
  readonly runPath: string;
  readonly files: readonly string[];
  readonly testNamePattern: string | undefined;
}

/** What Jest's child tells once every suite was run: an exit code may be that of a suite which ended the process. */
export const SUITES_RAN = { type: 'suites-ran' } as const;

/** What a suite left running may hold Jest's output open; what Jest wrote itself has come by then. */
const DRAIN_MS = 1_000;

/** Jest as a child process. Its own talk goes to `jest.log` of the run; the verdict never reads its exit code. */
export class JestChild {
  private readonly child: ChildProcess;
  /** Resolves when it has ended, with an error if that was not of its own accord. */
  readonly ended: Promise<HilError | undefined>;

  constructor({ hostAddress, runPath, files, testNamePattern }: SuiteOrder) {
    const allureResultsPath = join(runPath, 'allure-results');
    const pattern = testNamePattern === undefined ? [] : ['--test-name-pattern', testNamePattern];
    this.child = fork(join(__dirname, 'main.js'), ['jest-child', ...pattern, '--', ...files], {
      env: childEnvironment({ hostAddress, allureResultsPath }),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const log = createWriteStream(join(runPath, 'jest.log'));
    // A failure quotes what it likes: the log is masked like everything else that enters the run folder.
    const redactor = createRedactor(readEnvironment().secrets);
    const masked = (output: Readable | null): (() => void) => {
      const stream = redactor.stream();
      output?.on('data', (chunk: Buffer) => log.write(stream.push(chunk)));
      return () => log.write(stream.end());
    };
    const ends = [masked(this.child.stdout), masked(this.child.stderr)];
    log.on('error', () => undefined); // A full disk is the store's to report; nothing is judged by this log.
    let ran = false;
    this.child.on('message', (message: Partial<typeof SUITES_RAN> | null) => {
      if (message?.type === SUITES_RAN.type) ran = true;
    });
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        for (const stream of [this.child.stdout, this.child.stderr]) stream?.destroy();
        for (const endOf of ends) endOf();
        log.end();
        const how = signal ?? `exit code ${code}`;
        const crashed = signal !== null || (code !== 0 && code !== 1);
        const message = crashed
          ? `Jest ended with ${how}; see jest.log.`
          : `Jest ended with ${how} before all suites were run: one of them, or what it imports, ended the process; see jest.log.`;
        resolve(
          crashed || !ran
            ? new HilError('HIL_HARNESS_UNEXPECTED', message, { code, signal, ran })
            : undefined,
        );
      };
      let isOver = false;
      let patience: Cancel = () => undefined;
      const once = (code: number | null, signal: NodeJS.Signals | null): void => {
        patience();
        if (!isOver) end(code, signal);
        isOver = true;
      };
      this.child.on('close', once);
      this.child.on('exit', (code, signal) => {
        patience = systemClock.after(DRAIN_MS, () => once(code, signal));
      });
      this.child.on('error', (cause) => {
        if (this.child.pid !== undefined || isOver) return;
        isOver = true;
        resolve(
          new HilError('HIL_HARNESS_UNEXPECTED', `Jest did not start: ${cause.message}`, {}, { cause }),
        );
      });
    });
  }

  kill(): void {
    this.child.kill('SIGTERM');
  }
}
