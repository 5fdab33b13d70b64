import { catalogue, type ErrorCode } from '../errors';
import type { Measured, MeasureName, TurnMeasurement } from '../measurement';
import type { AnyTurnRecord, Finding, TurnRecord } from '../ports';
import type { TurnOutcome } from './verdict';

/** What the verdict reads of one turn, spoken or in writing: a measure that is not of its kind is absent. */
export interface JudgedTurn {
  readonly record: Pick<AnyTurnRecord, 'turnId' | 'endedAtHostMs' | 'faults'> &
    Partial<Pick<AnyTurnRecord, 'kind' | 'session' | 'turnInSession' | 'boardName'>> &
    Pick<TurnRecord, 'survey'> & {
      readonly prompt?: { readonly id: string } | undefined;
    };
  readonly measurement: { readonly measures: Readonly<Partial<Record<MeasureName, Measured>>> } & Partial<
    Pick<TurnMeasurement, 'calls' | 'selfCheck' | 'take' | 'topology'>
  >;
}

/**
 * Printed by the board itself, so no sound is needed as a witness. A crash often takes the USB port with it, and the lost
 * port must not excuse the crash.
 */
const selfEvident: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'HIL_BOARD_PANIC',
  'HIL_BOARD_RESTARTED',
  'HIL_BOARD_NO_BOOT',
  'HIL_BOARD_WRONG_DIALECT',
]);

/** Thrown by code around the take; says nothing about the sound or about what the board was asked. */
const besideTheTake: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['HIL_HARNESS_UNEXPECTED']);

/**
 * True when a code takes the yardstick of its turn away: the rig failed, nothing shows that the prompt was in the room, the
 * port was lost, the provider did not do its part, the scenario did not ask for it. The board is not blamed on such a take.
 */
const spoilsTake = (code: ErrorCode): boolean => {
  const { origin } = catalogue[code];
  return origin !== 'board' && origin !== 'config' && !besideTheTake.has(code);
};

/** One turn after judging. `countedFindings` are those that fail the board. */
export interface TurnJudgement extends TurnOutcome {
  readonly goodTake: boolean;
  readonly countedFindings: readonly Finding[];
}

/** Findings of a turn's faults that nobody recorded as findings: what broke must not vanish between two records. */
export function findingsOfFaults(turn: JudgedTurn, recorded: readonly Finding[]): Finding[] {
  const { turnId, faults, endedAtHostMs } = turn.record;
  return faults
    .filter((fault) => !recorded.some((finding) => finding.turnId === turnId && finding.code === fault.code))
    .map(({ code, message, facts }) => {
      const { origin } = catalogue[code];
      return { code, origin, message, facts, hostAtMs: endedAtHostMs, turnId };
    });
}

/**
 * Judges one turn by its own findings: `fail` with a finding against the board on a good take, `not-judged` with any other
 * finding or a bad take, `pass` without findings.
 */
export function judgeTurn(turn: JudgedTurn, findings: readonly Finding[]): TurnJudgement {
  const { turnId } = turn.record;
  const own = findings.filter((finding) => finding.turnId === turnId);
  const measuredBad = Object.values(turn.measurement.measures).some(
    (measured) => measured.state !== 'measured' && measured.reason === 'bad-take',
  );
  // A take that was repeated leaves no finding.
  const spoilt = (turn.measurement.take?.spoiltBy.length ?? 0) > 0;
  const surveyed = turn.record.survey === true;
  const goodTake = !measuredBad && !spoilt && !surveyed && !own.some((finding) => spoilsTake(finding.code));
  const countedFindings = own.filter(
    (finding) => finding.origin === 'board' && (goodTake || selfEvident.has(finding.code)),
  );
  const outcome = countedFindings.length > 0 ? 'fail' : goodTake && own.length === 0 ? 'pass' : 'not-judged';
  return { turnId, outcome, findings: own, goodTake, countedFindings };
}

/** True for a finding against the board that needs no take: it belongs to no turn, or the board printed it itself. */
export const standsWithoutTake = (finding: Finding): boolean =>
  finding.origin === 'board' && (finding.turnId === undefined || selfEvident.has(finding.code));
