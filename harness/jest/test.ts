import type { Capability } from '../ports';
import { benchHandles, type BenchHandles } from './bench-handles';
import { suiteBridge } from './suite-bridge';

export interface TestOptions {
  /** What the firmware must be able to do. Where its dialect lacks one, the test is skipped and says so. */
  readonly needs?: readonly Capability[];
  /** It judges what the provider received, decided or sent: skipped where the board talks to the provider directly. */
  readonly watched?: boolean;
  /** Longest time for the whole test. Default 120 s. */
  readonly timeoutMs?: number;
}

export type TestBody = (handles: BenchHandles) => Promise<void> | void;

const DEFAULT_TIMEOUT_MS = 120_000;

/**
 * Declares a test on the bench. Tests of a file run one after the other on one board.
 * @param body - Gets the board, the bench and `turn`.
 */
export function test(name: string, body: TestBody): void;
export function test(name: string, options: TestOptions, body: TestBody): void;
export function test(name: string, optionsOrBody: TestOptions | TestBody, maybeBody?: TestBody): void {
  const options = typeof optionsOrBody === 'function' ? {} : optionsOrBody;
  const body = typeof optionsOrBody === 'function' ? optionsOrBody : maybeBody;
  if (body === undefined) throw new TypeError(`test "${name}" has no body`);
  const { dialect, providerName, unwatched } = suiteBridge().bench;
  const missing = (options.needs ?? []).filter((capability) => !dialect.capabilities.includes(capability));
  const why =
    missing.length > 0
      ? `dialect ${dialect.name} lacks ${missing.join(', ')}`
      : options.watched === true && unwatched === true
        ? `nobody sees what ${providerName} does`
        : undefined;
  if (why !== undefined) {
    globalThis.test.skip(`${name} (skipped: ${why})`, () => undefined);
    return;
  }
  globalThis.test(name, async () => body(benchHandles()), options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
}

/** Groups tests. */
export function describe(name: string, body: () => void): void {
  globalThis.describe(name, body);
}

/** What the bench is made of, for a suite that builds its tests from it. */
export const benchDescription = (): BenchHandles['bench'] => suiteBridge().bench;
