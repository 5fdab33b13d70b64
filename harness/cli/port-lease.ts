import { describeHolder, leaseKeyOf, takeLease, type Lease } from '../bench';
import { parseDuration } from '../config';
import { ConfigError } from '../errors';
import type { Clock } from '../ports';

/** How long `--wait` says; 0 where it does not. @throws ConfigError `HIL_CONFIG_USAGE`. */
export function waitMsOf(wait: string | undefined): number {
  if (wait === undefined) return 0;
  const waitMs = parseDuration(wait);
  if (waitMs !== undefined) return waitMs;
  throw new ConfigError('HIL_CONFIG_USAGE', `--wait is "${wait}"; expected a duration such as 10min.`);
}

export interface PortLeaseOptions {
  /** What the port was found to be. */
  readonly path: string;
  /** The board's name where its bench is known. */
  readonly name?: string | undefined;
  /** Such as `earshot monitor`. */
  readonly command: string;
  readonly wait: string | undefined;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Told while another one has it. */
  readonly tell: (line: string) => void;
}

/**
 * Takes the board on a port for this process, so that nobody else reads its bytes or types into it meanwhile.
 * @throws HilError `HIL_BENCH_HELD`, `HIL_BENCH_LEASE_FAILED`; ConfigError for a `--wait` that is no duration; the signal's reason.
 */
export async function leasePort(options: PortLeaseOptions): Promise<Lease> {
  const { path, name = path, command, wait, clock, signal, tell } = options;
  return takeLease({
    key: await leaseKeyOf(path),
    name,
    command,
    clock,
    waitMs: waitMsOf(wait),
    ...(signal === undefined ? {} : { signal }),
    onWait: (holder) =>
      tell(`Waiting for ${name}: it is held by ${describeHolder(holder, clock.nowMs())}.\n`),
  });
}
