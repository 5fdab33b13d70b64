import type { HilError } from '../../errors';
import type { HostProcess } from '../../host';
import type { Finding } from '../../ports';
import { findingsOfHost } from '../bench-session';
import { describeError } from '../describe-error';

/** Where the suites of a lane find their host, and where they record. */
export interface LanePlace {
  readonly hostAddress: string;
  readonly runPath: string;
}

/** Suites that are being run. */
export interface LaneWork {
  /** Resolves when they have ended, with an error if that was not of their own accord. */
  readonly ended: Promise<HilError | undefined>;
  kill(): void;
}

/** What is left of a lane whose processes are gone. */
export interface LaneEnd {
  /** Undefined: it ended before it had a run folder. */
  readonly runPath: string | undefined;
  /** What its host could not record itself. */
  readonly findings: readonly Finding[];
  /** Why there is no run folder. Absent: there is one, or the lane was interrupted before that. */
  readonly error?: unknown;
  readonly interrupted: boolean;
}

/** Whoever has waited so often for an end wants it now. */
const PATIENT_FOR = 1;

/** One board under test: its host process and the suites on it, from the first to the last. Nothing that befalls it reaches another. */
export class Lane {
  private work: LaneWork | undefined;
  private interruptions = 0;
  /** Resolves when all its processes are gone. Never rejects. */
  readonly ended: Promise<LaneEnd>;

  /**
   * @param begin - Starts the suites on a bench that is open; what it throws ends the lane.
   * @param say - Takes what a person should read at once.
   */
  constructor(
    private readonly host: HostProcess,
    private readonly begin: (place: LanePlace) => LaneWork,
    private readonly say: (text: string) => void,
  ) {
    this.ended = this.play();
  }

  private wasInterrupted(): boolean {
    return this.interruptions > 0;
  }

  /** Ends the lane in order, keeping what was recorded; called again, at once. */
  interrupt(): void {
    this.interruptions += 1;
    this.work?.kill();
    if (this.interruptions > PATIENT_FOR) this.host.kill();
    else void this.host.close();
  }

  private async play(): Promise<LaneEnd> {
    const findings: Finding[] = [];
    let error: unknown;
    let told: unknown;
    try {
      const hostAddress = await this.host.ready;
      const { runPath } = this.host;
      if (runPath !== undefined && !this.wasInterrupted()) {
        const work = this.begin({ hostAddress, runPath });
        this.work = work;
        const crash = await Promise.race([work.ended, this.host.ended]);
        work.kill();
        await work.ended;
        if (crash !== undefined && !this.wasInterrupted()) findings.push(...findingsOfHost(crash));
      }
    } catch (thrown) {
      if (this.host.runPath === undefined) error = thrown;
      else if (!this.wasInterrupted()) {
        told = thrown;
        this.say(describeError(thrown));
        findings.push(...findingsOfHost(thrown));
      }
    }
    const unclosed = await this.host.close();
    // The turns are judged all the same; whoever uses the bench next is to know. What did not open is told elsewhere.
    if (unclosed !== undefined && error === undefined && unclosed !== told) this.say(describeError(unclosed));
    return {
      runPath: this.host.runPath,
      findings: [...this.host.unrecorded, ...findings],
      ...(error === undefined || this.wasInterrupted() ? {} : { error }),
      interrupted: this.wasInterrupted(),
    };
  }
}
