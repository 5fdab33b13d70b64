import pc from 'picocolors';
import type { FinishedRun } from '../../run';
import type { Verdict } from '../../verdict';
import { remedyOf } from '../judged-turn';
import { en } from '../language';
import { partsInWords, powerInWords, shiftRows } from '../shifts';
import { outcomeInWords, plain } from '../wording';

/** A word or two, and what there is to say of it. */
type Line = readonly [string, string];

const nextSteps: Readonly<Record<Verdict['exitCode'], string>> = {
  0: 'Nothing: this firmware may ship.',
  1: 'Open the report and mend the firmware.',
  2: 'Mend the arguments or the configuration.',
  3: 'Mend the bench (`earshot doctor`) and run again: nothing was said of the firmware.',
  4: 'Wait for the provider, or run against a mock: nothing was said of the firmware.',
  5: 'Play more turns and judge all runs together: `earshot gate RUN RUN …`.',
  130: 'Run again: this one was stopped.',
};

/** Of a verdict for which more of the same is wanted: runs in turns with another image and soaks are one run each. */
function moreOf({ comparison, soak }: Verdict): string {
  if (soak !== undefined)
    return 'Go on with the soak and judge it then: `earshot soak --resume RUN --hours N`.';
  if (comparison?.shifts.some(({ pairs }) => pairs !== undefined) === true)
    return 'Play more turns in one run: `earshot run --ab RELEASE CANDIDATE --turns N`; two such runs are not taken together.';
  return nextSteps[5];
}

/** What to do about a verdict, in one sentence. */
export function nextStep(verdict: Verdict): string {
  if (verdict.exitCode === 5) return moreOf(verdict);
  const unseen = verdict.comparison?.shifts.filter(({ outcome }) => outcome === 'not-judged') ?? [];
  if (verdict.exitCode === 0 && unseen.length > 0) {
    const titles = unseen.map(({ measure }) => en.measures[measure].title).join(', ');
    return `This firmware may ship by what was compared; ${titles} was not, for which baseline and run need more turns.`;
  }
  const [blame] = verdict.findings.filter(({ origin }) => origin === 'board');
  const remedy = verdict.exitCode === 1 && blame !== undefined ? remedyOf(blame.code) : undefined;
  return remedy ?? nextSteps[verdict.exitCode];
}

function budgetsInWords({ budgets }: Verdict): string {
  const of = (outcome: string): number => budgets.filter((budget) => budget.outcome === outcome).length;
  return `${of('pass')} held, ${of('fail')} failed, ${of('inconclusive')} undecided, ${of('not-judged')} not judged`;
}

function linesOf(run: FinishedRun, verdict: Verdict): Line[] {
  const { boards, bench, provider } = run.record;
  const firmware = boards.map(
    ({ name, firmware: of }) =>
      [of?.project, of?.version, of === undefined ? '' : `on ${name}`].join(' ').trim() || name,
  );
  const parts = partsInWords(verdict);
  const power = powerInWords(verdict);
  const judged = verdict.turns.filter(({ outcome }) => outcome !== 'not-judged');
  const passed = judged.filter(({ outcome }) => outcome === 'pass').length;
  return [
    ['firmware', `${firmware.join(', ')} · bench ${bench.name} · provider ${provider.name}`],
    ['turns', `${passed} of ${judged.length} judged passed, ${verdict.turns.length} played`],
    ...(verdict.budgets.length === 0 ? [] : [['budgets', budgetsInWords(verdict)] as const]),
    ...(verdict.comparison === undefined ? [] : [['against', verdict.comparison.against] as const]),
    ...shiftRows(verdict).map(([outcome, measure, shift, interval, turns, sessions]): Line => [
      '',
      `${measure ?? ''}: ${outcome ?? ''}, ${shift ?? ''} (${interval ?? ''}), turns ${turns ?? ''}, sessions ${sessions ?? ''}`,
    ]),
    ...(parts === undefined ? [] : [['of which', parts] as const]),
    ...(power === undefined ? [] : [['power', power] as const]),
    ['to do', nextStep(verdict)],
  ];
}

/** A verdict on one screen. Ends with LF. @param written - Path of what was written, shown last. */
export function renderGate(
  run: FinishedRun,
  verdict: Verdict,
  { colours = false, written }: { readonly colours?: boolean; readonly written: string },
): string {
  const paint = pc.createColors(colours);
  const tint = verdict.exitCode === 0 ? paint.green : verdict.exitCode === 1 ? paint.red : paint.yellow;
  const lines = [...linesOf(run, verdict), ['written', written] as const].map(
    ([name, text]) => `  ${paint.dim(name.padEnd(9))} ${plain(text)}`,
  );
  const badge = tint(outcomeInWords[verdict.outcome].toUpperCase());
  return `${[`${badge}  ${plain(verdict.why)}`, '', ...lines].join('\n')}\n`;
}
