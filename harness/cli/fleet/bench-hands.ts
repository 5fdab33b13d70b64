import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  boardsInQuarantine,
  describeHolder,
  leaseKeyOf,
  liftQuarantine,
  putInQuarantine,
  readLeases,
} from '../../bench';
import { findPort } from '../../board';
import type { BenchConfig, BoardConfig } from '../../config';
import type { BoardHands, BundleStore, Claim, FirmwareCache, Played, Readiness } from '../../fleet';
import { isoNow, type ChildLauncher, type Clock } from '../../ports';
import { exitCodes } from '../exit-codes';
import { lastWords, runChild, type ChildEnd } from './earshot-child';
import { examined } from './examined';
import { providerFor } from './offer-of';
import { suitesOfUnit } from './own-suites';
import { Preflight } from './preflight';
import type { UnitOrder } from './unit-order';

export interface BenchHandsOptions {
  readonly config: BenchConfig;
  readonly board: BoardConfig;
  /** Name of the bench in the fleet. */
  readonly bench: string;
  /** Folder that units are played into. */
  readonly reportsPath: string;
  readonly firmware: Pick<FirmwareCache, 'use'>;
  /** Where suites come from that did not come with Earshot. */
  readonly bundles: Pick<BundleStore, 'fetch'>;
  /** Which of those are played, as `Offer.suites` says it; undefined: none. */
  readonly suites: readonly string[] | undefined;
  readonly launch: ChildLauncher;
  readonly clock: Clock;
  readonly say: (text: string) => void;
}

/** What was proven holds for so long, and a unit that went well proves as much. */
const PROVEN_MS = 10 * 60_000;

/** Runs that nobody took, because they were broken off or nobody's verdict, are kept for whoever looks for the reason: so many. */
const KEPT_RUNS = 5;

/** Folder that a team's own suites are in while a unit is played. */
const SUITES = 'suites';

/** Exit codes of runs whose verdict counts: somebody can be judged, or more turns are needed. */
const judging: readonly (number | undefined)[] = [
  exitCodes.passed,
  exitCodes.boardFailed,
  exitCodes.providerFault,
  exitCodes.inconclusive,
];

/** A board of a bench of this machine. All that takes long is done by other processes, so that heartbeats go on. */
export class BenchHands implements BoardHands {
  private provenUntilMs = -Infinity;
  private readonly preflight: Preflight;
  /** Hash of the firmware that was written last; undefined: somebody else may have had the board. */
  private written: string | undefined;
  private key: string | undefined;

  constructor(private readonly options: BenchHandsOptions) {
    this.preflight = new Preflight(() => examined(options), options.clock);
  }

  async look(): Promise<Readiness> {
    const { config, board, clock } = this.options;
    const kept = boardsInQuarantine().find((one) => one.bench === config.path && one.board === board.name);
    if (kept !== undefined) return { state: 'quarantined', reason: kept.reason };
    const holder = await this.holder();
    if (holder !== undefined) {
      this.doubt();
      return { state: 'busy', reason: `is held by ${holder}` };
    }
    if (clock.nowMs() < this.provenUntilMs) return { state: 'ready' };
    return this.prove();
  }

  async play(claim: Claim, signal: AbortSignal): Promise<Played> {
    const { reportsPath, bundles, suites, say } = this.options;
    const into = join(reportsPath, SUITES);
    dropOldRuns(reportsPath);
    try {
      // Before anything is written to the board: that takes a minute, and wears its flash.
      const ready = await suitesOfUnit(claim.unit, into, suites, bundles);
      if ('refusal' in ready) return spoilt(ready.refusal);
      const played = await this.playSuites(ready.suites, claim, signal);
      if (played.end === 'judged') this.provenUntilMs = this.options.clock.nowMs() + PROVEN_MS;
      else this.doubt();
      if (signal.aborted) say('is muted, reset and free again');
      return played;
    } finally {
      rmSync(into, { recursive: true, force: true });
    }
  }

  private async playSuites(suites: readonly string[], claim: Claim, signal: AbortSignal): Promise<Played> {
    const { board, firmware } = this.options;
    const { unit } = claim;
    // A virtual one without a flash of its own simulates its firmware, whatever was built.
    const isWritten =
      unit.firmware !== undefined && (board.kind === 'serial' || board.flashPath !== undefined);
    if (!isWritten) return this.playUnit(suites, claim, signal);
    return firmware.use(unit.firmware, async (folder) => {
      const image = await imageIn(folder);
      const problem = await this.write(image, unit.firmwareSha256, signal);
      return problem === undefined ? this.playUnit(suites, claim, signal, image) : spoilt(problem);
    });
  }

  quarantine(reason: string): Promise<void> {
    const { config, board } = this.options;
    putInQuarantine({
      schema: 'earshot/quarantine@1',
      board: board.name,
      bench: config.path,
      model: board.model,
      reason,
      since: isoNow(),
      runPath: undefined,
    });
    return Promise.resolve();
  }

  release(): Promise<void> {
    liftQuarantine({ bench: this.options.config.path, board: this.options.board.name });
    this.preflight.forget();
    this.doubt();
    return Promise.resolve();
  }

  private doubt(): void {
    this.provenUntilMs = -Infinity;
    this.written = undefined;
  }

  /** Who else has the board; undefined: nobody. Of a simulated one everybody has their own. */
  private async holder(): Promise<string | undefined> {
    const { board, clock } = this.options;
    if (board.kind === 'virtual') return undefined;
    // Once it is known, it stays the same in whichever socket the board is.
    this.key ??= await findPort(board.port).then(leaseKeyOf, () => undefined);
    const lease = (await readLeases()).find(
      ({ record, state }) => record.key === this.key && state === 'held',
    );
    return lease && describeHolder(lease.record, clock.nowMs());
  }

  private async prove(): Promise<Readiness> {
    const readiness = await this.preflight.look();
    if (readiness.state === 'ready') this.provenUntilMs = this.options.clock.nowMs() + PROVEN_MS;
    if (readiness.state === 'quarantined') await this.quarantine(`failed its preflight: ${readiness.reason}`);
    return readiness;
  }

  /** Undefined: the firmware is on the board. */
  private async write(image: string, sha256: string, signal: AbortSignal): Promise<string | undefined> {
    const { config, board, launch, clock, say } = this.options;
    if (this.written === sha256) return undefined;
    this.written = undefined;
    say(`gets firmware ${sha256.slice(0, 12)}`);
    const command = ['flash', image, '--bench', config.path, '--board', board.name, '--json'];
    const { exitCode, tail } = await runChild(command, { launch, clock, signal });
    if (exitCode !== exitCodes.passed) return `its firmware could not be written: ${lastWords(tail)}`;
    this.written = sha256;
    return undefined;
  }

  /** @param image - Of the firmware that was written; undefined: none was. */
  private async playUnit(
    suites: readonly string[],
    claim: Claim,
    signal: AbortSignal,
    image?: string,
  ): Promise<Played> {
    const { config, board, reportsPath, launch, clock } = this.options;
    const { unit } = claim;
    const provider = providerFor(config, board, unit.needs.provider);
    const order: UnitOrder = {
      bench: config.path,
      board: board.name,
      suites: [...suites],
      ...(unit.turns === undefined ? {} : { turns: unit.turns }),
      ...(provider === undefined ? {} : { provider }),
      ...(image === undefined ? {} : { image }),
      reports: reportsPath,
    };
    const end = await runChild(['unit-child', JSON.stringify(order)], { launch, clock, signal });
    const summary = summaryOf(end);
    if (summary === undefined) return spoilt(lastWords(end.tail));
    this.sign(summary.runPath, claim);
    if (judging.includes(end.exitCode))
      return { end: 'judged', runPath: summary.runPath, turns: summary.turns };
    return { end: 'spoilt', reason: summary.why, runPath: summary.runPath };
  }

  /** Which attempt of which unit a run folder is of, and with what right it was played. */
  private sign(runPath: string, { unit, token, board }: Claim): void {
    const { id, piece, attempt, jobId, firmwareSha256 } = unit;
    const signed = {
      schema: 'earshot/fleet-unit@1',
      id,
      piece,
      attempt,
      jobId,
      token,
      board,
      firmwareSha256,
    };
    writeFileSync(join(runPath, 'fleet-unit.json'), `${JSON.stringify(signed, null, 2)}\n`);
  }
}

/** Names of runs begin with the time. */
function dropOldRuns(folder: string): void {
  if (!existsSync(folder)) return;
  const runs = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'run.json')))
    .sort();
  for (const name of runs.slice(0, -KEPT_RUNS)) rmSync(join(folder, name), { recursive: true, force: true });
}

const spoilt = (reason: string): Played => ({ end: 'spoilt', reason });

/** What `--json` says of a run; undefined: it came to no run. */
function summaryOf({
  stdout,
}: ChildEnd): { readonly runPath: string; readonly why: string; readonly turns: number } | undefined {
  try {
    const { runPath, why, turns } = JSON.parse(stdout) as {
      readonly runPath?: string;
      readonly why?: string;
      readonly turns?: readonly unknown[];
    };
    if (runPath === undefined) return undefined;
    return { runPath, why: why ?? 'no reason was given', turns: turns?.length ?? 0 };
  } catch {
    return undefined;
  }
}

const ARGS = 'flasher_args.json';

/** A firmware is a build folder, or a folder with one image. */
async function imageIn(folder: string): Promise<string> {
  const names = await readdir(folder);
  const [only = ARGS] = names.filter((name) => name.endsWith('.bin'));
  return join(folder, names.includes(ARGS) ? ARGS : only);
}
