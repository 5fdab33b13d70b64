import { isHilError, toWireError } from '../errors';
import { keepNewest, type Clock, type Finding } from '../ports';
import { OrderedFaults } from './ordered-faults';

/** A board that is found at fault ever anew is so in a few ways at a time. */
const MOST_SEEN = 10_000;

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
    /** What the bench had the provider do wrong. Default: nothing. */
    readonly ordered = new OrderedFaults([]),
  ) {}

  /**
   * Records a finding unless the same one (code, message, turn) is there already. What broke in a turn and is not the board's
   * stays broken: every later call repeats it, and those repetitions are no findings of their own.
   */
  record(found: NewFinding): void {
    const finding = this.ordered.attributed(found);
    const keyOf = (turnId: string | undefined): string =>
      JSON.stringify([finding.code, finding.message, turnId]);
    if (this.wasSeen(keyOf(finding.turnId))) return;
    if (finding.origin !== 'board') this.wasSeen(keyOf(undefined));
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

  /** Whether this key is known; from now on it is, until so many others have come that nobody repeats it. */
  private wasSeen(key: string): boolean {
    const isKnown = this.seen.delete(key);
    this.seen.add(key);
    keepNewest(this.seen, MOST_SEEN);
    return isKnown;
  }
}
