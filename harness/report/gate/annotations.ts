import { createHash } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import type { Finding } from '../../ports';
import type { Verdict } from '../../verdict';

/** GitHub shows ten of a kind for each step, GitLab a list that nobody reads to its end. */
const MOST = 10;

/** A workflow command ends at its line, and its properties at `,` and `:`. */
const data = (text: string): string =>
  stripVTControlCharacters(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

const shown = (verdict: Verdict): readonly Finding[] => verdict.findings.slice(0, MOST);

/**
 * Workflow commands of GitHub Actions: the verdict, then its findings; errors against the board, warnings against all else. Nothing for
 * a verdict that passed without findings. Each ends with LF.
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function githubAnnotations(verdict: Verdict): string {
  const { exitCode, why } = verdict;
  const command = (level: string, title: string, message: string): string =>
    `::${level} title=${property(title)}::${data(message)}\n`;
  const headline =
    exitCode === 0 ? '' : command(exitCode === 1 ? 'error' : 'warning', `Earshot: ${verdict.outcome}`, why);
  const findings = shown(verdict).map(({ origin, code, turnId, message }) =>
    command(
      origin === 'board' ? 'error' : 'warning',
      `${code}${turnId === undefined ? '' : ` in ${turnId}`}`,
      message,
    ),
  );
  return headline + findings.join('');
}

/**
 * GitLab's code quality report: JSON text, one entry for each finding.
 * @param path - File that they are shown beside, as GitLab knows it.
 * @see https://docs.gitlab.com/ci/testing/code_quality
 */
export function gitlabCodeQuality(verdict: Verdict, path: string): string {
  const entries = shown(verdict).map(({ origin, code, turnId = '', message }) => ({
    description: stripVTControlCharacters(message),
    check_name: code,
    fingerprint: createHash('sha256').update(`${code}\0${turnId}\0${message}`).digest('hex'),
    severity: origin === 'board' ? 'major' : 'minor',
    location: { path, lines: { begin: 1 } },
  }));
  return `${JSON.stringify(entries, null, 2)}\n`;
}
