import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { join } from 'node:path';
import { childEnvironment, readEnvironment } from '../config';
import { HilError } from '../errors';
import { createRedactor } from '../run';
import { fork, type ChildProcess } from 'node:child_process';

/** What the Jest child is to run. */
export interface SuiteOrder {
  readonly hostAddress: string;
  readonly runPath: string;
  readonly files: readonly string[];
  readonly testNamePattern: string | undefined;
}

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
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        for (const end of ends) end();
        log.end();
        const crashed = signal !== null || (code !== 0 && code !== 1);
        resolve(
          crashed
            ? new HilError(
                'HIL_HARNESS_UNEXPECTED',
                `Jest ended with ${signal ?? `exit code ${code}`}; see jest.log.`,
                {
                  code,
                  signal,
                },
              )
            : undefined,
        );
      });
    });
  }

  kill(): void {
    this.child.kill('SIGTERM');
  }
}
