import type { Finding } from '../../ports';
import type { FinishedRun } from '../../run';
import { remedyOf, shownFindings } from '../judged-turn';
import { plain } from '../wording';
import { idsIn, RUN_LABEL, turnIdsOf, withNamed, type AllureResult } from './allure-result';

/** The label that says who is at fault; the categories are told apart by it. */
export const ORIGIN_LABEL = 'origin';

/** Boards that a test spoke to: those of its turns, or all of the run where it had none. */
function boardsOf(run: FinishedRun, result: AllureResult): FinishedRun['record']['boards'] {
  const { record, turns } = run;
  const own = new Set(turnIdsOf(result.steps).map(idsIn(run, result)));
  const names = new Set(
    turns.filter((turn) => own.has(turn.record.turnId)).map((turn) => turn.record.boardName),
  );
  return names.size === 0 ? record.boards : record.boards.filter(({ name }) => names.has(name));
}

/** What was found in a test: of its turns, and of itself. */
function findingsOf(run: FinishedRun, result: AllureResult): Finding[] {
  const { name, titlePath = [], steps } = result;
  const turns = new Set(turnIdsOf(steps).map(idsIn(run, result)));
  const fullName = [...titlePath, name].join(' › ');
  return shownFindings(run).filter(({ test, turnId }) =>
    turnId === undefined ? test !== undefined && fullName.endsWith(test) : turns.has(turnId),
  );
}

/** The message of a failure with the codes behind it and what to do: a matcher says what it saw only. */
function withCodes(
  { status, statusDetails }: AllureResult,
  findings: readonly Finding[],
): Pick<AllureResult, 'statusDetails'> {
  if (status !== 'failed' && status !== 'broken') return {};
  const said = statusDetails?.message ?? '';
  const lines = findings.map(({ code, origin }) => `${code} (${origin}): ${remedyOf(code) ?? ''}`.trimEnd());
  const message = [...new Set(lines)].reduce(
    (text, line) => (text.includes(line) ? text : `${text}\n\n${line}`),
    said,
  );
  return { statusDetails: { ...statusDetails, message } };
}

/** Whether a result is of a run that this one was merged of. */
const isOfSource = ({ record }: FinishedRun, { labels = [] }: AllureResult): boolean =>
  record.sources !== undefined &&
  labels.some(({ name, value }) => name === RUN_LABEL && value !== record.runId);

const joined = (values: readonly (string | undefined)[]): string =>
  [...new Set(values)]
    .filter((value) => value !== undefined && value !== '')
    .map((value) => plain(value ?? ''))
    .join(', ');

/**
 * A result with the codes behind its failure and what tells it from the same test elsewhere: board, model, dialect, firmware, provider and bench as labels to group and
 * filter by, board and provider as parameters too, so that each has a history of its own; firmware as one that the history goes across.
 */
export function labelResult(run: FinishedRun, result: AllureResult): AllureResult {
  const { record } = run;
  const boards = boardsOf(run, result);
  const board = joined(boards.map(({ name }) => name));
  const firmware = joined(
    boards.map(({ firmware: of }) =>
      [of?.project, of?.version].filter((part) => part !== undefined).join(' '),
    ),
  );
  const findings = findingsOf(run, result);
  const origins = findings.map(({ origin }) => origin);
  // The board's fault weighs more than all others: only that one blocks a release.
  const origin = origins.includes('board') ? 'board' : origins[0];
  const labels = [
    { name: 'board', value: board },
    { name: 'model', value: joined(boards.map(({ model }) => model)) },
    { name: 'dialect', value: joined(boards.map(({ dialect }) => dialect.name)) },
    { name: 'firmware', value: firmware },
    { name: 'provider', value: plain(record.provider.name) },
    { name: 'bench', value: plain(record.bench.name) },
    { name: RUN_LABEL, value: record.runId },
    { name: ORIGIN_LABEL, value: origin ?? '' },
  ];
  const parameters = [
    { name: 'board', value: board },
    { name: 'provider', value: plain(record.provider.name) },
    { name: 'firmware', value: firmware, excluded: true },
  ];
  if (isOfSource(run, result)) {
    // Its own run has said the rest; two boards of one name have two names here.
    const named = turnIdsOf(result.steps).length === 0 ? [] : [{ name: 'board', value: board }];
    return {
      ...result,
      labels: withNamed(result.labels, named),
      parameters: withNamed(result.parameters, named),
    };
  }
  const isSaid = ({ value }: { readonly value: string }): boolean => value !== '';
  return {
    ...result,
    ...withCodes(result, findings),
    labels: withNamed(result.labels, labels).filter(isSaid),
    parameters: withNamed(result.parameters, parameters).filter(isSaid),
  };
}
