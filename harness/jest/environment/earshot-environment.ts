import type { EnvironmentContext, JestEnvironmentConfig } from '@jest/environment';
import type { Circus } from '@jest/types';
import { createJestEnvironment } from 'allure-jest/factory';
import type { Writer } from 'allure-js-commons/sdk/reporter';
import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';
import { readEnvironment } from '../../config';
import { HilError, isHilError, toWireError } from '../../errors';
import { HostClient, type BenchDescription, type TestRecord } from '../../host';
import type { Finding } from '../../ports';
import { createRedactor } from '../../run';
import { judgeBoundOfTurns } from '../../verdict';
import { installBridge } from '../suite-bridge';
import { maskingWriter } from './masking-writer';

const nameOf = (test: Circus.TestEntry): string[] => {
  const names = [test.name];
  for (let block: Circus.DescribeBlock | undefined = test.parent; block !== undefined; block = block.parent) {
    if (block.name !== 'ROOT_DESCRIBE_BLOCK') names.unshift(block.name);
  }
  return names;
};

/** True when a finding exists for what a test threw: matchers and the host mark their errors. */
const wasRecorded = (thrown: unknown): boolean =>
  typeof thrown === 'object' && thrown !== null && 'recorded' in thrown && thrown.recorded === true;

/**
 * Connects each test file to the host before its tests are collected, so that a suite knows the bench's capabilities, and
 * reports every test as it ends.
 */
class EarshotEnvironment extends NodeEnvironment {
  private client: HostClient | undefined;
  private readonly file: string;
  private turnIds: string[] = [];
  /** Tests that another board does. */
  private readonly elsewhere = new Set<Circus.TestEntry>();

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    this.file = context.testPath;
  }

  override async setup(): Promise<void> {
    await super.setup();
    const { hostAddress } = readEnvironment();
    if (hostAddress === undefined) {
      throw new HilError(
        'HIL_HOST_UNREACHABLE',
        'EARSHOT_HOST is not set: no host was started for this suite.',
      );
    }
    const client = await HostClient.connect(hostAddress);
    this.client = client;
    const bench: BenchDescription = await client.call('describe', {});
    await client.call('suiteStarted', { file: this.file });
    installBridge(this.global, {
      bench,
      call: async (method, params) => {
        const result = await client.call(method, params);
        if (method === 'turn' || method === 'ask')
          this.turnIds.push((result as { record: { turnId: string } }).record.turnId);
        return result;
      },
      recordFinding: (finding) => this.record(finding),
      judgeBound: (bound, turns) => {
        const turnIds = turns.map(({ record }) => record.turnId);
        // A host that is gone has its own finding.
        client.call('bound', { bound: { ...bound, turnIds } }).catch(() => undefined);
        return judgeBoundOfTurns(bound, turns);
      },
    });
  }

  override async teardown(): Promise<void> {
    await this.client?.settled();
    // A host that is gone has its own finding.
    await this.client?.call('fileFinished', { file: this.file }).catch(() => undefined);
    this.client?.close();
    await super.teardown();
  }

  async handleTestEvent(event: Circus.AsyncEvent | Circus.SyncEvent): Promise<void> {
    if (event.name === 'test_start') {
      this.turnIds = [];
      const { test } = event;
      const asked = { name: nameOf(test).join(' › '), file: this.file };
      const { isMine } = (await this.client?.call('testStarted', asked)) ?? { isMine: true };
      if (isMine) return;
      // Jest looks at the mode when this has been handled.
      this.elsewhere.add(test);
      test.mode = 'skip';
    } else if (event.name === 'test_skip') {
      if (!this.elsewhere.has(event.test)) await this.finish(event.test, 'skipped');
    } else if (event.name === 'test_done') {
      for (const error of event.test.errors) this.recordUnlessKnown(Array.isArray(error) ? error[0] : error);
      await this.finish(event.test, event.test.errors.length === 0 ? 'passed' : 'failed');
    } else if (event.name === 'hook_failure') {
      this.recordUnlessKnown(event.error);
    }
  }

  private async finish(test: Circus.TestEntry, status: TestRecord['status']): Promise<void> {
    const name = nameOf(test);
    const skipReason = /\(skipped: (.*)\)$/.exec(test.name)?.[1];
    await this.client?.settled();
    await this.client?.call('testFinished', {
      test: {
        schema: 'earshot/test@1',
        file: this.file,
        name,
        status,
        durationMs: test.duration ?? 0,
        failures: test.errors.map((error) => messageOf(Array.isArray(error) ? error[0] : error)),
        turnIds: [...this.turnIds],
        ...(skipReason === undefined ? {} : { skipReason }),
      },
    });
  }

  private recordUnlessKnown(thrown: unknown): void {
    if (wasRecorded(thrown)) return;
    const { code, message, facts } = toWireError(thrown);
    const origin = isHilError(thrown) ? thrown.origin : 'harness';
    this.record({ code, origin, message, facts });
  }

  private record(finding: Omit<Finding, 'hostAtMs' | 'test'>): void {
    // A host that is gone has its own finding; the test fails either way.
    this.client?.call('finding', { finding }).catch(() => undefined);
  }
}

const messageOf = (thrown: unknown): string => {
  if (typeof thrown === 'object' && thrown !== null) {
    if ('stack' in thrown && typeof thrown.stack === 'string') return thrown.stack;
    if ('message' in thrown && typeof thrown.message === 'string') return thrown.message;
  }
  return String(thrown);
};

/** Allure's lifecycle over ours. Its results go into the run folder, which nobody knows before the host has started. */
export default class BenchEnvironment extends createJestEnvironment(EarshotEnvironment) {
  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    const { allureResultsPath, secrets } = readEnvironment();
    const placed = allureResultsPath === undefined ? {} : { resultsDir: allureResultsPath };
    const { projectConfig } = config;
    const testEnvironmentOptions = { ...projectConfig.testEnvironmentOptions, ...placed };
    super({ ...config, projectConfig: { ...projectConfig, testEnvironmentOptions } }, context);
    // Allure takes no writer from outside; nothing is written before the first test.
    const { runtime } = this as unknown as { readonly runtime: { writer: Writer } };
    runtime.writer = maskingWriter(runtime.writer, createRedactor(secrets), allureResultsPath);
  }
}
