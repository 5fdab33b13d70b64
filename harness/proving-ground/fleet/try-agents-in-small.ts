import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../ports';
import { contentOf, differencesOf } from './compare-runs';
import type { CommandPlace } from './real-agents';
import { RealFleet } from './real-fleet';
import {
  asked,
  OWN_SUITE,
  trialsOf,
  writeOwnSuite,
  type Found,
  type RealAgentsReport,
  type RealTrial,
} from './real-trials';

export interface SmallAgentsOptions {
  /** Folder with `dist`. */
  readonly root: string;
  readonly redis: { readonly host: string; readonly port: number };
  readonly environment: CommandPlace['environment'];
  /** Of agents. */
  readonly leaseMs: number;
  readonly onTrial: (trial: RealTrial) => void;
}

/** Nothing of a trial takes longer on a busy machine, unless it hangs. */
const HUNG_AFTER_MS = 150_000;

/**
 * Two agents as `earshot fleet agent` is, with one virtual board each, and one unit: the first agent is killed as its board begins it, the
 * second plays it again, and what `earshot fleet submit` makes of it is held against `earshot run`. Its suite is a team's own.
 */
export async function tryAgentsInSmall(options: SmallAgentsOptions): Promise<RealAgentsReport> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-agents-'));
  mkdirSync(join(folder, 'state'));
  const fleet = new RealFleet(folder, {
    ...options,
    boards: ['a'],
    // Each writing is one more process, and units are flashed in the large form.
    isFlashed: false,
    what: ['--suite', `suites/${OWN_SUITE}`],
    ofAgents: ['--suites', writeOwnSuite(folder), '--lease', String(options.leaseMs / 1_000)],
  });
  const { trials, trial } = trialsOf(options.onTrial, HUNG_AFTER_MS);
  try {
    await trial('a job whose agent is killed in mid-unit, against one board alone', () => killed(fleet));
    await trial('an agent that is asked to end', () => asked(fleet));
  } finally {
    await fleet.close();
  }
  return { trials, said: fleet.said };
}

async function killed(fleet: RealFleet): Promise<Found> {
  const lost = await fleet.agent('one');
  const submitted = fleet.submit();
  const { unit } = await fleet.plays('one', 0);
  await lost.end('SIGKILL');
  const fromMs = systemClock.nowMs();
  fleet.agents.delete('one');
  const other = await fleet.agent('two');
  const again = other.line(new RegExp(` plays ${unit.replace(/#1$/, '#2')}: `));
  const [alone, { atMs }] = await Promise.all([fleet.alone(undefined), again]);
  const content = contentOf(alone);
  return {
    wrong: [
      ...differencesOf(contentOf(await submitted.ended), content),
      ...(content.exitCode === 0 ? [] : [`alone it came to ${content.why}`]),
    ],
    elsewhereMs: atMs - fromMs,
  };
}
