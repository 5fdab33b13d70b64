import type { FinishedRun } from '../../run';
import { firmwareOf } from '../history/releases';
import { shownTurns, type ShownTurn } from '../judged-turn';
import { outcomeInWords, plain } from '../wording';
import {
  fileOf,
  idsIn,
  resultOf,
  turnIdOf,
  type AllureAttachment,
  type AllureFile,
  type AllureResult,
  type AllureStep,
} from './allure-result';
import { categoryRules } from './categories';
import { performanceOf } from './metrics';
import { turnPage, type TurnPageOptions } from './turn-page';

/** What Allure's generator is to be given of a run. */
export interface AllureInput {
  /** Name of the report. */
  readonly title: string;
  /** For `allurerc.json`. */
  readonly config: object;
  /** Files that take the place of those of the same name, or come to them. */
  readonly files: readonly AllureFile[];
  /** Names of recordings that a page plays: Allure has no player for them and would hold them a second time. */
  readonly replaced: ReadonlySet<string>;
}

export interface AllureInputOptions {
  /** The files `*-result.json` of the run, enriched. */
  readonly results: readonly AllureFile[];
  /** Peaks and sound of a turn. */
  readonly soundOf: (turn: ShownTurn) => TurnPageOptions;
}

const pageNameOf = (turnId: string): string => `earshot-${turnId}-attachment.html`;

/** The steps with each recording of a turn replaced by the page of that turn. */
function withPages(
  steps: readonly AllureStep[],
  pages: ReadonlySet<string>,
  replaced: Set<string>,
  idIn: (turnId: string) => string,
): AllureStep[] {
  return steps.map((step) => {
    const own = turnIdOf(step);
    const turnId = own === undefined ? undefined : idIn(own);
    if (turnId === undefined || !pages.has(turnId)) {
      return step.steps === undefined
        ? step
        : { ...step, steps: withPages(step.steps, pages, replaced, idIn) };
    }
    const name = `${turnId} plot, sound and logs`;
    const attachment: AllureAttachment = { name, source: pageNameOf(turnId), type: 'text/html' };
    const isRecording = ({ attachments = [] }: AllureStep): boolean =>
      attachments.length > 0 && attachments.every(({ type }) => type === 'audio/wav');
    const kept = (step.steps ?? []).filter((inner) => {
      if (!isRecording(inner)) return true;
      for (const { source } of inner.attachments ?? []) replaced.add(source);
      return false;
    });
    return { ...step, steps: [{ name, attachments: [attachment] }, ...kept] };
  });
}

/** A run for Allure's generator: its results with a page for each turn that plays, and the configuration of the report. */
export function allureInput(run: FinishedRun, { results, soundOf }: AllureInputOptions): AllureInput {
  const turns = shownTurns(run);
  const turnIds = new Set(turns.map(({ record }) => record.turnId));
  const replaced = new Set<string>();
  const rewritten = results.flatMap((file) => {
    const result: AllureResult | undefined = resultOf(file);
    return result?.steps === undefined
      ? []
      : [
          fileOf(file.name, {
            ...result,
            steps: withPages(result.steps, turnIds, replaced, idsIn(run, result)),
          }),
        ];
  });
  const pages = turns.map((turn) => ({
    name: pageNameOf(turn.record.turnId),
    content: turnPage(turn, soundOf(turn)),
  }));
  const { record } = run;
  const boards = record.boards.map(({ name }) => name).join(', ');
  const outcome = outcomeInWords[record.outcome ?? 'aborted'];
  const title = plain(`${boards} ${firmwareOf(run)} · ${outcome} · ${record.runId}`);
  const config = { name: title, categories: { rules: categoryRules() }, performance: performanceOf(run) };
  return { title, config, files: [...rewritten, ...pages], replaced };
}
