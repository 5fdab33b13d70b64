import { readEnvironment, type Budgets } from '../../config';
import type { Finding } from '../../ports';
import {
  addFindings,
  createRedactor,
  mergeRuns,
  readRun,
  referenceInTurns,
  writeLatest,
  type FinishedRun,
} from '../../run';
import {
  armsOfTurns,
  isUndecided,
  judgeShifts,
  shiftInWords,
  type Arms,
  type ShiftResult,
} from '../../verdict';
import type { Language } from '../../report';
import { findingOf } from '../bench-session';
import { exitCodes } from '../exit-codes';
import { judgeMerged, type JudgedRun } from '../finish-run';

/** `release`: what is out there; `candidate`: what is to go out, and is judged. */
export type Arm = 'release' | 'candidate';

/** A block that has been played, in a run of its own. */
export interface PlayedBlock {
  /** Undefined: it ended before it had a run folder. */
  readonly runPath: string | undefined;
  /** Of the run by itself; undefined with its folder. */
  readonly exitCode: number | undefined;
  readonly interrupted: boolean;
  /** Why there is no run folder. Absent: there is one, or it was interrupted before that. */
  readonly error?: unknown;
}

export interface InTurnsOptions {
  /** The merged runs are made below this folder. */
  readonly reportsPath: string;
  readonly mostPairs: number;
  readonly marginMs: number;
  readonly budgets: Budgets | undefined;
  /** From 0 to 1: draws which image of a pair begins. */
  readonly uniform: () => number;
  /** Puts an image on the board and plays one block of it. */
  playBlock(arm: Arm, pair: number): Promise<PlayedBlock>;
  /** Takes what a person should read at once. */
  readonly say: (text: string) => void;
  /** Of report.html. Default: English. */
  readonly language?: Language | undefined;
}

/** What came of both images. */
export interface InTurnsEnd {
  /** The candidate's run, held against the release's; undefined: one of them has no run at all. */
  readonly judged: JudgedRun | undefined;
  /** Why the blocks ended early. Absent: they did not, or a run folder says why. */
  readonly error?: unknown;
  readonly interrupted: boolean;
}

interface Block {
  readonly arm: Arm;
  readonly pair: number;
  readonly run: FinishedRun;
}

/** A block that says something of the firmware: it passed, failed, or had too few turns. Others will be no better. */
const tells: ReadonlySet<number | undefined> = new Set<number | undefined>([
  exitCodes.passed,
  exitCodes.boardFailed,
  exitCodes.inconclusive,
]);

function armsOf(blocks: readonly Block[], arm: Arm): Arms {
  const whole: Record<string, NonNullable<Arms['voiceToVoice']>> = {};
  for (const { run, pair } of blocks.filter((block) => block.arm === arm)) {
    for (const [name, turns] of Object.entries(armsOfTurns(run.turns, run.findings, () => String(pair))))
      whole[name] = [
        ...(whole[name] ?? []),
        ...turns.map((turn) => ({ ...turn, session: `${pair}:${turn.session}` })),
      ];
  }
  return whole;
}

const shiftsOf = (blocks: readonly Block[], marginMs: number): ShiftResult[] =>
  judgeShifts(
    { title: 'the release', arms: armsOf(blocks, 'release'), marginMs, pairOf: () => undefined },
    armsOf(blocks, 'candidate'),
  );

function pairInWords(pair: number, [headline]: readonly ShiftResult[]): string {
  const { estimateMs, turns } = headline ?? {};
  const seen = estimateMs === undefined ? 'nothing to compare yet' : `shift ${shiftInWords(estimateMs)}`;
  return `Pair ${pair}: ${seen}, ${turns?.candidate ?? 0} turns of each compared`;
}

/** What spoilt the blocks of the release: it says nothing of the candidate, but the comparison lacks them. */
const ofRelease = ({ findings }: FinishedRun): Finding[] =>
  findings
    .filter(({ origin }) => origin !== 'board')
    .map(({ turnId, ...finding }) => ({
      ...finding,
      message: `While the release was played: ${finding.message}`,
      facts: { ...finding.facts, ...(turnId === undefined ? {} : { turnId }) },
    }));

/**
 * Plays two images in pairs of blocks on one board, in an order that is drawn for each pair, until the candidate is decided or there are
 * as many pairs as were asked for; merges the blocks of each image into one run and judges the candidate's against the release's.
 * A block that is no measurement, because the bench or the provider failed, and a candidate that failed its board, end it early.
 * @throws RunError when a folder cannot be read or written; `HIL_RUN_UNMERGEABLE` where the board did not boot the same image each time.
 */
export async function playInTurns(options: InTurnsOptions): Promise<InTurnsEnd> {
  const { mostPairs, marginMs, uniform, say } = options;
  const blocks: Block[] = [];
  let last: PlayedBlock | undefined;
  let ended = false;
  for (let pair = 1; pair <= mostPairs && !ended; pair += 1) {
    const order: readonly Arm[] = uniform() < 0.5 ? ['release', 'candidate'] : ['candidate', 'release'];
    for (const arm of order) {
      if (ended) break;
      last = await options.playBlock(arm, pair);
      if (last.runPath !== undefined) blocks.push({ arm, pair, run: readRun(last.runPath) });
      ended =
        last.interrupted ||
        !tells.has(last.exitCode) ||
        (arm === 'candidate' && last.exitCode === exitCodes.boardFailed);
    }
    const shifts = shiftsOf(blocks, marginMs);
    say(pairInWords(pair, shifts));
    ended ||= !isUndecided(shifts);
  }
  return {
    judged: judge(blocks, last, options),
    ...(last?.error === undefined ? {} : { error: last.error }),
    interrupted: last?.interrupted ?? false,
  };
}

function judge(
  blocks: readonly Block[],
  last: PlayedBlock | undefined,
  { reportsPath, budgets, marginMs, language }: InTurnsOptions,
): JudgedRun | undefined {
  const of = (arm: Arm): readonly Block[] => blocks.filter((block) => block.arm === arm);
  const pairs = new Map(blocks.map(({ run, pair }) => [run.record.runId, pair]));
  const merged = (arm: Arm, other?: string): FinishedRun =>
    mergeRuns({
      runs: of(arm).map(({ run }) => run.path),
      out: { below: reportsPath },
      inTurns: { pairOf: (runId) => pairs.get(runId), ...(other === undefined ? {} : { with: other }) },
    });
  if (of('release').length === 0 || of('candidate').length === 0) return undefined;
  const release = merged('release');
  judgeMerged(release, undefined, { language });
  const { path, record } = merged('candidate', release.record.runId);
  const broken = last?.error === undefined ? [] : [findingOf(last.error)];
  addFindings(path, [...ofRelease(release), ...broken], createRedactor(readEnvironment().secrets));
  writeLatest(reportsPath, record.runId);
  const candidate = readRun(path);
  return judgeMerged(candidate, budgets, {
    language,
    reference: referenceInTurns(candidate, release, { marginMs }),
  });
}
