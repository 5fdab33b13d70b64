import {
  InProcessQueue,
  priorities,
  type Acceptance,
  type BundleRef,
  type Claim,
  type JobOrder,
  type JobOutcome,
  type PieceOrder,
  type Priority,
  type Seat,
} from '../../fleet';
import { derivedSeed, seededUniform } from '../../units';
import { FLASH_MS, suiteSeconds, type FleetModel, type JobKind } from './fleet-model';
import { VirtualTime } from './virtual-time';

const POLL_MS = 1_000;
/** The fleet begins empty; from then on as many jobs end as begin. */
const FILLED_AFTER_MS = 15 * 60_000;
const HEARTBEAT_MS = 10_000;

export interface WaitReport {
  readonly priority: Priority;
  readonly units: number;
  /** From when a board could have had it to when one took it. */
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export interface FleetReport {
  readonly model: string;
  readonly boards: number;
  readonly pieces: number;
  /** Share of the time of boards in service, from when the fleet has filled to the last arrival, in which they played. */
  readonly playing: number;
  /** Share in which images were written. */
  readonly flashing: number;
  readonly meanUnitMs: number;
  readonly waits: readonly WaitReport[];
  /** Bundles beyond the first that were accepted for a piece. */
  readonly acceptedTwice: number;
  /** Pieces of jobs at their end without a bundle, and pieces of jobs that never ended. */
  readonly lost: number;
  readonly refused: { readonly stale: number; readonly repeated: number };
  readonly attempts: number;
}

interface Board {
  readonly seat: Seat;
  readonly bench: Bench;
  firmwareSha256: string | undefined;
  /** Grows when the board loses what it plays. */
  life: number;
}

interface Bench {
  isLost: boolean;
  isCut: boolean;
}

interface Arrival {
  readonly atMs: number;
  readonly order: JobOrder;
}

/** Jobs of a model's own boards, spread at random over as long as these boards need for them at the offered load. */
function arrivalsOf(model: FleetModel, boardModel: string, uniform: () => number): Arrival[] {
  const pieces = model.pieces / model.models;
  const boards = (model.benches * model.boardsOfBench) / model.models;
  const jobs: Omit<Arrival, 'atMs'>[] = [];
  let totalMs = 0;
  for (const [kindIndex, kind] of model.kinds.entries()) {
    const ofKind = Math.round(pieces * kind.share);
    for (let made = 0; made < ofKind; made += kind.piecesOfJob) {
      const count = Math.min(kind.piecesOfJob, ofKind - made);
      const order = orderOf(kind, boardModel, `${boardModel}-${kindIndex}-${made}`, count, uniform);
      totalMs += order.pieces.reduce((sum, { expectedMs }) => sum + expectedMs, 0);
      jobs.push({ order });
    }
  }
  const spanMs = totalMs / (boards * model.offeredLoad);
  return jobs.map((job) => ({ ...job, atMs: uniform() * spanMs }));
}

function orderOf(
  { priority, boards }: JobKind,
  boardModel: string,
  firmwareSha256: string,
  count: number,
  uniform: () => number,
): JobOrder {
  const piece = (): PieceOrder => {
    const seconds = suiteOf(uniform) + suiteOf(uniform);
    const language = uniform() < 0.5 ? 'en' : 'zh';
    return {
      needs: { boardModel, rig: 'alsa', language, provider: 'mock' },
      suites: ['suite'],
      // The same suites take a tenth more or less.
      expectedMs: 1_000 * seconds * (0.9 + 0.2 * uniform()),
    };
  };
  return { priority, firmwareSha256, boards, pieces: Array.from({ length: count }, piece) };
}

const suiteOf = (uniform: () => number): number =>
  suiteSeconds[Math.floor(uniform() * suiteSeconds.length)] ?? suiteSeconds[0];

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

/** A fleet over the very queue, placement and fence that benches use, in virtual time. */
export async function simulateFleet(model: FleetModel): Promise<FleetReport> {
  const time = new VirtualTime();
  const queue = new InProcessQueue({ clock: time });
  const uniform = seededUniform(derivedSeed(model.seed, 'work'));
  const arrivals = Array.from({ length: model.models }, (_, index) =>
    arrivalsOf(model, `model-${index}`, uniform),
  ).flat();
  const lastArrivalMs = Math.max(...arrivals.map(({ atMs }) => atMs));
  const world = new World(model, time, queue, lastArrivalMs);
  for (const { atMs, order } of arrivals)
    time.after(atMs, () => {
      void queue.submit(order);
    });
  queue.onJobOver((outcome) => world.jobIsOver(outcome));
  world.start();
  await time.runUntil(() => world.jobsOver === arrivals.length);
  await queue.close();
  return world.report(arrivals.length);
}

class World {
  jobsOver = 0;
  private readonly boards: Board[] = [];
  private readonly benches: Bench[];
  private readonly faultDice: () => number;
  private readonly accepted = new Map<string, number>();
  private readonly outcomes: JobOutcome[] = [];
  private readonly waits = new Map<Priority, number[]>(priorities.map((priority) => [priority, []]));
  private readonly refused = { stale: 0, repeated: 0 };
  private playedMs = 0;
  private flashedMs = 0;
  private outOfServiceMs = 0;
  private unitMs = 0;
  private attempts = 0;

  constructor(
    private readonly model: FleetModel,
    private readonly time: VirtualTime,
    private readonly queue: InProcessQueue,
    private readonly lastArrivalMs: number,
  ) {
    this.faultDice = seededUniform(derivedSeed(model.seed, 'faults'));
    this.benches = Array.from({ length: model.benches }, () => ({ isLost: false, isCut: false }));
    for (const [benchIndex, bench] of this.benches.entries())
      for (let index = 0; index < model.boardsOfBench; index++) {
        // Boards are dealt one by one, so that every model has as many.
        const boardModel = `model-${this.boards.length % model.models}`;
        const offer = { boardModel, rig: 'alsa', languages: ['en', 'zh'], providers: ['mock'] };
        const seat = { board: `bench-${benchIndex}/board-${index}`, bench: `bench-${benchIndex}`, offer };
        this.boards.push({ seat, bench, firmwareSha256: undefined, life: 0 });
      }
  }

  start(): void {
    for (const [index, board] of this.boards.entries())
      this.time.after((index * POLL_MS) / this.boards.length, () => void this.look(board));
    const { benchLosses, benchLostForMs, networkCuts, networkCutForMs } = this.model.faults;
    this.strike(benchLosses, (bench) => this.loseBench(bench, benchLostForMs));
    this.strike(networkCuts, (bench) => {
      bench.isCut = true;
      this.time.after(networkCutForMs, () => (bench.isCut = false));
    });
  }

  jobIsOver(outcome: JobOutcome): void {
    this.jobsOver += 1;
    this.outcomes.push(outcome);
  }

  report(jobs: number): FleetReport {
    const { model, boards, refused, attempts } = this;
    const pieces = this.outcomes.flatMap((outcome) => outcome.pieces);
    const serviceMs = boards.length * (this.lastArrivalMs - FILLED_AFTER_MS) - this.outOfServiceMs;
    const missing = pieces.filter((piece) => !('bundle' in piece)).length;
    const undelivered = pieces.filter(
      (piece) => 'bundle' in piece && (this.accepted.get(piece.piece) ?? 0) === 0,
    ).length;
    return {
      model: model.name,
      boards: boards.length,
      pieces: pieces.length,
      playing: this.playedMs / serviceMs,
      flashing: this.flashedMs / serviceMs,
      meanUnitMs: this.unitMs / Math.max(1, attempts),
      waits: priorities.map((priority) => {
        const sorted = (this.waits.get(priority) ?? []).sort((a, b) => a - b);
        return {
          priority,
          units: sorted.length,
          p50Ms: quantile(sorted, 0.5),
          p95Ms: quantile(sorted, 0.95),
        };
      }),
      acceptedTwice: [...this.accepted.values()].filter((count) => count > 1).length,
      lost: missing + undelivered + (jobs - this.jobsOver),
      refused,
      attempts,
    };
  }

  /** At random instants, so many an hour on average. */
  private strike(perHour: number, hit: (bench: Bench) => void): void {
    if (perHour === 0) return;
    const next = (): void => {
      const inMs = (-Math.log(1 - this.faultDice()) * 3_600_000) / perHour;
      this.time.after(inMs, () => {
        const bench = this.benches[Math.floor(this.faultDice() * this.benches.length)];
        if (bench !== undefined) hit(bench);
        next();
      });
    };
    next();
  }

  private loseBench(bench: Bench, forMs: number): void {
    if (bench.isLost) return;
    bench.isLost = true;
    const lost = this.boards.filter((board) => board.bench === bench);
    for (const board of lost) board.life += 1;
    const fromMs = this.time.nowMs();
    this.outOfServiceMs += this.countedMs(fromMs, fromMs + forMs) * lost.length;
    this.time.after(forMs, () => {
      bench.isLost = false;
      for (const board of lost) void this.look(board);
    });
  }

  private async look(board: Board): Promise<void> {
    const { life, bench } = board;
    if (bench.isLost) return;
    const claim = bench.isCut ? undefined : await this.queue.claim(this.seatOf(board));
    if (claim === undefined) {
      this.time.after(POLL_MS, () => {
        if (board.life === life) void this.look(board);
      });
      return;
    }
    this.play(board, claim);
  }

  private seatOf({ seat, firmwareSha256 }: Board): Seat {
    return firmwareSha256 === undefined ? seat : { ...seat, firmwareSha256 };
  }

  private play(board: Board, claim: Claim): void {
    const { unit } = claim;
    const startMs = this.time.nowMs();
    this.attempts += 1;
    this.unitMs += unit.expectedMs;
    if (unit.attempt === 1) this.waits.get(unit.priority)?.push(startMs - claim.offeredAtMs);
    const flashMs = board.firmwareSha256 === unit.firmwareSha256 ? 0 : FLASH_MS;
    board.firmwareSha256 = unit.firmwareSha256;
    const { life } = board;
    let isOver = false;
    const beat = (): void => {
      if (isOver || board.life !== life) return;
      this.time.after(HEARTBEAT_MS, beat);
      if (board.bench.isCut) return;
      void this.queue.heartbeat(claim).then((hold) => {
        if (hold === 'held' || isOver || board.life !== life) return;
        isOver = true;
        this.count(startMs, flashMs, this.time.nowMs() - startMs - flashMs);
        void this.look(board);
      });
    };
    this.time.after(HEARTBEAT_MS, beat);
    this.time.after(flashMs + unit.expectedMs, () => {
      if (isOver || board.life !== life) return;
      isOver = true;
      this.count(startMs, flashMs, unit.expectedMs);
      void this.deliver(board, claim);
    });
  }

  private count(startMs: number, flashMs: number, playMs: number): void {
    const playsFromMs = startMs + flashMs;
    this.flashedMs += this.countedMs(startMs, playsFromMs);
    this.playedMs += this.countedMs(playsFromMs, playsFromMs + Math.max(0, playMs));
  }

  /** How much of a stretch lies in the time that utilisation is taken over. */
  private countedMs(fromMs: number, toMs: number): number {
    const within = (atMs: number): number => Math.min(Math.max(atMs, FILLED_AFTER_MS), this.lastArrivalMs);
    return within(toMs) - within(fromMs);
  }

  private async deliver(board: Board, claim: Claim): Promise<void> {
    const { life, bench } = board;
    if (bench.isCut) {
      // The bundle stays until the queue can be reached.
      this.time.after(POLL_MS, () => {
        if (board.life === life) void this.deliver(board, claim);
      });
      return;
    }
    const bundle: BundleRef = { uri: `file:///${claim.unit.id}/${claim.token}`, sha256: claim.unit.id };
    this.take(claim, await this.queue.complete(claim, bundle));
    if (this.faultDice() < this.model.faults.repeatedDeliveries)
      this.take(claim, await this.queue.complete(claim, bundle));
    void this.look(board);
  }

  private take({ unit }: Claim, acceptance: Acceptance): void {
    if (acceptance === 'accepted') this.accepted.set(unit.piece, (this.accepted.get(unit.piece) ?? 0) + 1);
    else this.refused[acceptance] += 1;
  }
}
