import { isHilError, toWireError } from '../errors';
import type { Clock, Finding } from '../ports';

type NewFinding = Omit<Finding, 'hostAtMs' | 'test'> & { readonly test?: string };

/** Keeps what was found wrong, once each, with the test that was running. */
export class FindingLog {
  /** Full name of the test that is running. */
  currentTest: string | undefined;
  private readonly seen = new Set<string>();
  private readonly recordedErrors = new WeakSet();

  constructor(
    private readonly clock: Clock,
    private readonly write: (finding: Finding) => void,
  ) {}

  /** Records a finding unless the same one (code, message, turn) is there already; a broken bench repeats itself. */
  record(finding: NewFinding): void {
    const key = JSON.stringify([finding.code, finding.message, finding.turnId]);
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const test = finding.test ?? this.currentTest;
    this.write({ ...finding, hostAtMs: this.clock.nowMs(), ...(test === undefined ? {} : { test }) });
  }

  /** Records what was thrown: with its own origin if it is ours, as the harness's fault if not. */
  recordThrown(thrown: unknown): void {
    if (typeof thrown === 'object' && thrown !== null) this.recordedErrors.add(thrown);
    const { code, message, facts } = toWireError(thrown);
    this.record({ code, origin: isHilError(thrown) ? thrown.origin : 'harness', message, facts });
  }

  wasRecorded(thrown: unknown): boolean {
    return typeof thrown === 'object' && thrown !== null && this.recordedErrors.has(thrown);
  }
}
