import type { BoardHands, BundleRef, Claim, Played, Readiness, VerdictBook } from '../../fleet';
import type { ChildLauncher, Clock } from '../../ports';
import { exitCodes } from '../exit-codes';
import type { DeskQuarantine } from './desk-quarantine';
import { lastWords, runChild } from './earshot-child';
import type { FleetPlace } from './fleet-link';
import type { MergeOrder } from './merge-order';
import { readMergedVerdict, type MergedVerdict } from './merged-run';

export interface MergeHandsOptions extends FleetPlace {
  /** Address of the store, as the agent was given it. */
  readonly bundles: string;
  readonly verdicts: Pick<VerdictBook, 'record'>;
  /** Folder that runs are made in; emptied each time. */
  readonly reportsPath: string;
  readonly launch: ChildLauncher;
  readonly clock: Clock;
  readonly quarantine: Pick<DeskQuarantine, 'look' | 'put' | 'lift'>;
}

/** Makes one run of what the boards of a job played, and puts its verdict into the book. It is done by another process. */
export class MergeHands implements BoardHands {
  /** By piece: of those whose bundle is under way. */
  private readonly verdicts = new Map<string, MergedVerdict>();

  constructor(private readonly options: MergeHandsOptions) {}

  look(): Promise<Readiness> {
    return Promise.resolve(this.options.quarantine.look());
  }

  async play({ unit }: Claim, signal: AbortSignal): Promise<Played> {
    const { queue, redisCa, prefix, bundles, reportsPath } = this.options;
    if (unit.chore?.kind !== 'merge') return { end: 'spoilt', reason: 'was given what is no merge' };
    const order: MergeOrder = {
      jobId: unit.jobId,
      queue,
      ...(redisCa === undefined ? {} : { redisCa }),
      prefix,
      bundles,
      reports: reportsPath,
      ...(unit.chore.budgets === undefined ? {} : { budgets: unit.chore.budgets }),
    };
    const { exitCode, stdout, tail } = await runChild(['merge-child', JSON.stringify(order)], {
      ...this.options,
      signal,
    });
    if (exitCode !== exitCodes.passed) return { end: 'spoilt', reason: lastWords(tail) };
    const { runPath } = JSON.parse(stdout) as { readonly runPath: string };
    this.verdicts.set(unit.piece, readMergedVerdict(runPath));
    return { end: 'judged', runPath };
  }

  async accepted({ unit }: Claim, { uri }: BundleRef): Promise<void> {
    const verdict = this.verdicts.get(unit.piece);
    this.verdicts.delete(unit.piece);
    if (verdict === undefined) return;
    const { jobId, firmwareSha256, outcome, exitCode, atMs, turns } = verdict;
    await this.options.verdicts.record({
      jobId,
      firmwareSha256,
      outcome,
      exitCode,
      atMs,
      turns,
      report: uri,
    });
  }

  quarantine(reason: string): Promise<void> {
    this.options.quarantine.put(reason);
    return Promise.resolve();
  }

  release(): Promise<void> {
    this.options.quarantine.lift();
    return Promise.resolve();
  }
}
