import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, readEnvironment, setEnvironment } from '../config';
import { ConfigError, fromWireError, type WireError } from '../errors';

/** What the set-up hands to the tear-down of the same Jest run. */
export interface StartedHost {
  readonly child: ChildProcess;
}

export const STARTED_HOST = Symbol.for('earshot.started-host');

type FromRun =
  | {
      readonly type: 'ready';
      readonly address: string;
      readonly allureResultsPath: string;
      /** Variables that hold the bench's credentials: test files mask what these hold as well. */
      readonly secretNames: readonly string[];
    }
  | { readonly type: 'failed'; readonly error: WireError };

/**
 * Starts a bench for plain `npx jest`: `earshot run` without suites of its own, which judges and reports when it is told to
 * end. Does nothing when somebody has started a host already.
 * @throws HilError what did not open; `HIL_CONFIG_USAGE` when the project has not been built.
 */
export default async function globalSetup(): Promise<void> {
  if (readEnvironment().hostAddress !== undefined) return;
  const program = join(packageRoot(), 'dist/harness/cli/main.js');
  if (!existsSync(program)) {
    throw new ConfigError('HIL_CONFIG_USAGE', `${program} does not exist; run \`npm run build\` first.`, {
      program,
    });
  }
  const child = fork(program, ['bench-for-jest'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const message = await new Promise<FromRun>((resolve, reject) => {
    child.once('message', (value) => resolve(value as FromRun));
    child.once('exit', (code) =>
      reject(new ConfigError('HIL_CONFIG_USAGE', `The bench ended with code ${code}.`)),
    );
  });
  if (message.type === 'failed') {
    child.disconnect();
    throw fromWireError(message.error);
  }
  const { address: hostAddress, allureResultsPath, secretNames } = message;
  setEnvironment({ hostAddress, allureResultsPath, secretNames });
  child.unref();
  Object.assign(globalThis, { [STARTED_HOST]: { child } satisfies StartedHost });
}
