import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where a browser gets a report.
 * @param report - URI as the book of verdicts has it.
 * @param folder - Whose reports the dashboard shows itself, below `reports/`; undefined: none.
 * @returns Undefined when only whoever submitted the job has it.
 */
export function reportLink(report: string | undefined, folder: string | undefined): string | undefined {
  if (report === undefined || !URL.canParse(report)) return undefined;
  const uri = new URL(report);
  if (uri.protocol === 'https:' || uri.protocol === 'http:') return uri.href;
  if (uri.protocol !== 'file:' || uri.hostname !== '' || folder === undefined) return undefined;
  const below = relative(resolve(folder), fileURLToPath(uri));
  if (below === '' || below.startsWith('..') || resolve(folder, below) !== fileURLToPath(uri))
    return undefined;
  return `reports/${below.split(sep).map(encodeURIComponent).join('/')}`;
}
