import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRun } from '../../run';
import type { CommandEnd } from './real-agents';

/** What a run came to, without times and names of boards. */
export interface RunContent {
  readonly exitCode: number | undefined;
  readonly outcome: string;
  readonly why: string;
  /** Of each judged turn its outcome and what was found in it; sorted. A take that the machine spoilt was repeated, and is none. */
  readonly turns: readonly string[];
  /** Of each test its suite, name and outcome; sorted. */
  readonly tests: readonly string[];
  /** Headings of the report, in order, each once. */
  readonly sections: readonly string[];
}

interface Summary {
  readonly runPath: string;
  readonly outcome: string;
  readonly why: string;
  readonly turns: readonly {
    readonly outcome: string;
    readonly findings: readonly { readonly code: string }[];
  }[];
}

/** Of what a run prints with `--json`, and of its folder. @throws SyntaxError where it printed none. */
export function contentOf({ exitCode, stdout }: CommandEnd): RunContent {
  const { runPath, outcome, why, turns } = JSON.parse(stdout) as Summary;
  const html = readFileSync(join(runPath, 'report.html'), 'utf8');
  const headings = [...html.matchAll(/<h([1-4])[^>]*>(.*?)<\/h\1>/gs)].map(([, , text = '']) =>
    text
      .replace(/<[^>]*>/g, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  return {
    exitCode,
    outcome,
    why: why.replace(/\bBoard \S+ /g, 'Board … '),
    turns: turns
      .filter(({ outcome: of }) => of !== 'not-judged')
      .map((turn) => [turn.outcome, ...turn.findings.map(({ code }) => code)].join(' '))
      .sort(),
    tests: readRun(runPath)
      .tests.map(({ file, name, status }) => `${file.split('/').at(-1)}: ${name.join(' ')}: ${status}`)
      .sort(),
    sections: [...new Set(headings)],
  };
}

/** What differs, in words. A run of several boards may have sections more. */
export function differencesOf(fleet: RunContent, alone: RunContent): string[] {
  const keys = ['exitCode', 'outcome', 'why', 'turns', 'tests'] as const;
  const differing = keys.filter((key) => JSON.stringify(fleet[key]) !== JSON.stringify(alone[key]));
  const missing = alone.sections.filter((section) => !fleet.sections.includes(section));
  return [
    ...differing.map((key) => `${key}: ${JSON.stringify(fleet[key])}, alone ${JSON.stringify(alone[key])}`),
    ...missing.map((section) => `the report has no "${section}"`),
  ];
}
