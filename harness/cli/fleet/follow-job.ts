import { FleetError } from '../../errors';
import { placeOf, type BenchRoll, type BenchState, type FleetQueue, type JobRecord } from '../../fleet';
import { delay, type Clock } from '../../ports';
import { heldInWords } from './render-providers';

/** Progress is looked up so often. */
const LOOK_EVERY_MS = 500;

export interface FollowOptions {
  readonly jobId: string;
  readonly queue: Pick<FleetQueue, 'job'>;
  readonly roll: Pick<BenchRoll, 'benches'>;
  readonly clock: Clock;
  /** Takes a line for each unit that begins or ends. */
  readonly say: (line: string) => void;
}

/** @throws FleetError `HIL_FLEET_JOB_UNKNOWN`. */
export async function jobCalled(jobId: string, queue: Pick<FleetQueue, 'job'>): Promise<JobRecord> {
  const job = await queue.job(jobId);
  if (job !== undefined) return job;
  const message = `The fleet knows no job "${jobId}": it never was, or it was over long ago.`;
  throw new FleetError('HIL_FLEET_JOB_UNKNOWN', message, { jobId });
}

/** Where pieces of a job are played just now. */
const playedOn = (benches: readonly BenchState[], jobId: string): ReadonlyMap<string, string> =>
  new Map(
    benches.flatMap(({ bench, boards }) =>
      boards.flatMap(({ name, piece, state, ...board }) =>
        board.jobId === jobId && piece !== undefined && state !== 'lost' ? [[piece, `${bench}/${name}`]] : [],
      ),
    ),
  );

/** Resolves when a job is over; tells of its units meanwhile. @throws FleetError `HIL_FLEET_JOB_UNKNOWN`. */
export async function followJob({ jobId, queue, roll, clock, say }: FollowOptions): Promise<JobRecord> {
  const told = new Set<string>();
  const tell = (key: string, line: string): void => {
    if (told.has(key)) return;
    told.add(key);
    say(line);
  };
  for (;;) {
    const job = await jobCalled(jobId, queue);
    const { pieces } = job.order;
    const suitesOf = (piece: string): string => pieces[placeOf(piece)]?.suites.join(', ') ?? piece;
    for (const [piece, board] of playedOn(await roll.benches(), jobId))
      tell(`${piece} on ${board}`, `${board} plays ${suitesOf(piece)}`);
    const ended = job.outcome.pieces;
    for (const piece of ended) {
      const count = `${[...told].filter((key) => key.startsWith('end ')).length + 1} of ${pieces.length}`;
      const end = 'bundle' in piece ? `came from ${piece.board}` : `is given up: ${piece.missing}`;
      tell(`end ${piece.piece}`, `${count}: ${suitesOf(piece.piece)} ${end}`);
    }
    if (job.isOver) return job;
    if (job.held !== undefined) tell(`held ${job.held.by}`, `waits: ${heldInWords(job.held)}`);
    await delay(clock, LOOK_EVERY_MS);
  }
}
