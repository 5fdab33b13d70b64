import type pc from 'picocolors';
import type { CheckReport } from '../../bench';

type Colours = ReturnType<typeof pc.createColors>;

/** Room for the longest id. */
const ID_COLUMNS = 14;

const paint = (state: CheckReport['state'], { green, yellow, red, dim }: Colours): string =>
  ({ ok: green('ok     '), warn: yellow('warn   '), fail: red('fail   '), skipped: dim('skipped') })[state];

/** A check in lines: what was seen; and where it is not as it should be, what was expected and what to do. */
export function renderCheck(report: CheckReport, colours: Colours): string {
  const { id, state, seen, expected } = report;
  const line = (name: string, text: string): string =>
    `           ${colours.dim(name.padEnd(ID_COLUMNS))} ${text}\n`;
  const head = `  ${paint(state, colours)}  ${id.padEnd(ID_COLUMNS)} ${state === 'skipped' ? colours.dim(seen) : seen}\n`;
  if (state === 'ok' || state === 'skipped') return head;
  return `${head}${line('expected', expected)}${line('remedy', report.remedy ?? '')}`;
}

/** Whose fault failures are, in one sentence. */
export function renderSummary(reports: readonly CheckReport[], tookMs: number): string {
  const count = (state: CheckReport['state']): number =>
    reports.filter((report) => report.state === state).length;
  const warned = count('warn');
  const skipped = count('skipped');
  const failed = reports.filter(({ state }) => state === 'fail').map(({ id }) => id);
  const words = [
    `${count('ok')} ok`,
    ...(warned > 0 ? [`${warned} ${warned === 1 ? 'warning' : 'warnings'}`] : []),
    ...(skipped > 0 ? [`${skipped} not looked at`] : []),
  ].join(', ');
  const took = `in ${(tookMs / 1000).toFixed(1)} s`;
  return failed.length === 0
    ? `The bench is ready: ${words}, ${took}.\n`
    : `The bench is not ready: ${failed.join(', ')} failed; ${words}, ${took}.\n`;
}
