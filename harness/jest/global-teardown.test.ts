import { EventEmitter } from 'node:events';
import { STARTED_HOST } from './global-setup';
import globalTeardown from './global-teardown';

/** The bench's process, as far as the tear-down knows it. */
class FakeBench extends EventEmitter {
  exitCode: number | null = null;
  constructor(readonly connected: boolean) {
    super();
  }
  ref(): void {}
  send(): void {
    this.exitCode = 0;
    this.emit('exit', 0);
  }
}

const tearDown = async (child: FakeBench): Promise<typeof process.exitCode> => {
  const before = process.exitCode;
  Object.assign(globalThis, { [STARTED_HOST]: { child } });
  try {
    await globalTeardown();
    return process.exitCode;
  } finally {
    process.exitCode = before;
    Reflect.deleteProperty(globalThis, STARTED_HOST);
  }
};

describe('the tear-down of plain Jest', () => {
  it('lets the bench judge and takes its exit code', async () => {
    expect(await tearDown(new FakeBench(true))).toBe(process.exitCode);
  });

  it('does not wait for a bench that was killed, and ends as not judged', async () => {
    expect(await tearDown(new FakeBench(false))).toBe(3);
  });
});
