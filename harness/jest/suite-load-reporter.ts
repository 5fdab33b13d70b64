import type { Reporter, Test, TestResult } from '@jest/reporters';
import { readEnvironment } from '../config';
import { HostClient } from '../host';

/**
 * Tells the host of test files that did not load: no test of theirs ran, so nobody else can. They are the author's fault,
 * not the board's.
 */
export default class SuiteLoadReporter implements Pick<Reporter, 'onTestFileResult' | 'onRunComplete'> {
  private client: Promise<HostClient> | undefined;
  private readonly told: Promise<unknown>[] = [];

  onTestFileResult(test: Test, { testExecError, failureMessage }: TestResult): void {
    const { hostAddress } = readEnvironment();
    if (testExecError === undefined || hostAddress === undefined) return;
    this.client ??= HostClient.connect(hostAddress);
    const finding = {
      code: 'HIL_CONFIG_SUITE',
      origin: 'config',
      message: `Test file ${test.path} did not load: ${firstLine(testExecError.message)}`,
      facts: { path: test.path, report: failureMessage ?? testExecError.stack },
    } as const;
    this.told.push(this.client.then((client) => client.call('finding', { finding })));
  }

  async onRunComplete(): Promise<void> {
    // A host that is gone has its own finding; there is nobody left to tell.
    await Promise.allSettled(this.told);
    await this.client?.then(
      (client) => client.close(),
      () => undefined,
    );
  }
}

const firstLine = (text: unknown): string =>
  String(text)
    .split('\n')
    .find((line) => line.trim() !== '') ?? '';
