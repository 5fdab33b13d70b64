import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../ports';
import { contentOf, differencesOf, type RunContent } from './compare-runs';
import type { CommandPlace, RunningCommand } from './real-agents';
import { benches, RealFleet, type Bench } from './real-fleet';
import {
  asked,
  OWN_SUITE,
  trialsOf,
  writeOwnSuite,
  type Found,
  type RealAgentsReport,
  type RealTrial,
} from './real-trials';

export interface RealAgentsOptions {
  /** Folder with `dist`. */
  readonly root: string;
  readonly redis: { readonly host: string; readonly port: number };
  /** Paths of images: one that its boards pass with, and one that they fail with. */
  readonly firmware: { readonly good: string; readonly faulty: string };
  readonly environment: CommandPlace['environment'];
  /** Hears of each trial as it ends. */
  readonly onTrial: (trial: RealTrial) => void;
}

/** Nothing of a trial takes longer, unless it hangs. */
const HUNG_AFTER_MS = 400_000;

/** A source in two parts becomes firmware when these are put together. */
const builds = `schema: earshot/builds@1
builds:
  demo:
    command: [sh, -c, 'mkdir build && cat *.part > build/firmware.bin']
    output: build/firmware.bin
`;

/**
 * Two agents as `earshot fleet agent` is, with two virtual boards each whose flash they write, on a real Redis: what `earshot fleet submit`
 * makes of a job is held against `earshot run` with the same firmware and suites on one board; and what becomes of it when an agent is
 * killed or asked to end, and when a person breaks it off.
 */
export async function tryRealAgents(options: RealAgentsOptions): Promise<RealAgentsReport> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-agents-'));
  mkdirSync(join(folder, 'state'));
  writeFileSync(join(folder, 'builds.yaml'), builds);
  const suites = ['boot', 'text-chat'].flatMap((suite) => ['--suite', suite]);
  const fleet = new RealFleet(folder, {
    ...options,
    boards: ['a', 'b'],
    isFlashed: true,
    what: [...suites, '--turns', '6'],
    ofAgents: ['--suites', writeOwnSuite(folder), '--builds', 'builds.yaml'],
  });
  const { firmware, onTrial } = options;
  const { trials, trial } = trialsOf(onTrial, HUNG_AFTER_MS);
  try {
    let good: RunContent | undefined;
    const likeGood = async (command: RunningCommand): Promise<readonly string[]> =>
      good === undefined
        ? ['there is nothing to hold it against']
        : differencesOf(contentOf(await command.ended), good);
    await trial('a firmware that is good', async () => {
      const [alone] = await Promise.all([
        fleet.alone(firmware.good),
        ...benches.map((bench) => fleet.agent(bench)),
      ]);
      good = contentOf(alone);
      const wrong = await likeGood(fleet.submit('--firmware', firmware.good));
      const written = fleet.count(/ gets firmware /);
      return {
        wrong: [
          ...wrong,
          ...(good.exitCode === 0 && good.outcome === 'pass' ? [] : [`alone it came to ${good.why}`]),
          ...(written === 2 ? [] : [`${written} boards were given the firmware, not 2`]),
        ],
      };
    });
    await trial('a firmware with a fault', async () => {
      const alone = contentOf(await fleet.alone(firmware.faulty));
      const differing = differencesOf(
        contentOf(await fleet.submit('--firmware', firmware.faulty).ended),
        alone,
      );
      return { wrong: [...differing, ...(alone.exitCode === 1 ? [] : [`alone it came to ${alone.why}`])] };
    });
    await trial('kill -9 of an agent whose boards are at work', () => killed(fleet, firmware.good, likeGood));
    await trial('Ctrl-C of who submitted it', () => interrupted(fleet, firmware.good));
    await trial('a job that is cancelled, and retried', () => retried(fleet, firmware.good, likeGood));
    await trial('SIGTERM of an agent whose board is at work', () => drained(fleet, firmware.good, likeGood));
    await trial('suites of a team, and others by the same name', () =>
      ownSuites(fleet, folder, firmware.good),
    );
    await trial('firmware that an agent builds, and a run that an agent makes of it', () =>
      built(fleet, folder, firmware.good, likeGood),
    );
    await trial('agents that are asked to end', () => asked(fleet));
  } finally {
    await fleet.close();
  }
  return { trials, said: fleet.said };
}

type Hold = (command: RunningCommand) => Promise<readonly string[]>;

async function killed(fleet: RealFleet, image: string, likeGood: Hold): Promise<Found> {
  const behind = linesOf(fleet);
  const submitted = fleet.submit('--firmware', image);
  // One bench may have taken all of it.
  const { bench: lost, unit } = await first(fleet, behind);
  const other: Bench = lost === 'one' ? 'two' : 'one';
  await fleet.heard(lost).end('SIGKILL');
  const fromMs = systemClock.nowMs();
  const piece = unit.replace(/#\d+$/, '');
  const { atMs } = await fleet.heard(other).line(new RegExp(` plays ${piece}#2: `), behind[other]);
  await fleet.agent(lost);
  return { wrong: await likeGood(submitted), elsewhereMs: atMs - fromMs };
}

/** Waits for the board that plays to be free again, as its agent says. */
async function free(fleet: RealFleet, bench: Bench, board: string, behind: number): Promise<number> {
  return (await fleet.heard(bench).line(new RegExp(`${board} is muted, reset and free again`), behind)).atMs;
}

/** The first board of a job that plays. */
async function first(
  fleet: RealFleet,
  behind: Readonly<Record<Bench, number>>,
): Promise<{ readonly bench: Bench; readonly board: string; readonly unit: string; readonly at: number }> {
  return Promise.any(benches.map(async (bench) => ({ bench, ...(await fleet.plays(bench, behind[bench])) })));
}

const linesOf = (fleet: RealFleet): Readonly<Record<Bench, number>> => ({
  one: fleet.heard('one').lines.length,
  two: fleet.heard('two').lines.length,
});

async function interrupted(fleet: RealFleet, image: string): Promise<Found> {
  const submitted = fleet.submit('--firmware', image);
  const { bench, board, at } = await first(fleet, linesOf(fleet));
  submitted.signal('SIGINT');
  const fromMs = systemClock.nowMs();
  const { exitCode, stderr } = await submitted.ended;
  const freeAfterMs = (await free(fleet, bench, board, at)) - fromMs;
  const wrong = [
    ...(exitCode === 130 ? [] : [`it ended with ${exitCode}, not 130`]),
    ...(/Interrupted: job-\S+ is cancelled/.test(stderr) ? [] : ['it did not say what becomes of the job']),
  ];
  return { wrong, freeAfterMs };
}

async function retried(fleet: RealFleet, image: string, likeGood: Hold): Promise<Found> {
  const behind = linesOf(fleet);
  const submitted = fleet.submit('--firmware', image);
  const jobId = /job-[\w-]+/.exec((await submitted.line(/^job-/)).text)?.[0] ?? '';
  const { bench, board, at } = await first(fleet, behind);
  const fromMs = systemClock.nowMs();
  const cancelled = await fleet.fleet('cancel', jobId).ended;
  const freeAfterMs = (await free(fleet, bench, board, at)) - fromMs;
  const { exitCode } = await submitted.ended;
  const differing = await likeGood(fleet.followed('retry', jobId));
  const wrong = [
    ...(cancelled.exitCode === 0 ? [] : [`fleet cancel ended with ${cancelled.exitCode}`]),
    ...(exitCode === 130 ? [] : [`who submitted it ended with ${exitCode}, not 130`]),
    ...differing,
  ];
  return { wrong, freeAfterMs };
}

async function drained(fleet: RealFleet, image: string, likeGood: Hold): Promise<Found> {
  const behind = linesOf(fleet);
  const submitted = fleet.submit('--firmware', image);
  const { bench, board, at } = await first(fleet, behind);
  const agent = fleet.heard(bench);
  const { exitCode } = await agent.end('SIGTERM');
  const later = agent.lines.slice(at + 1);
  const wrong = [
    ...(exitCode === 0 ? [] : [`it ended with ${exitCode}`]),
    ...(later.some((line) => line.includes(`${board} delivered job-`)) ? [] : [`${board} delivered nothing`]),
    ...(await likeGood(submitted)),
  ];
  await fleet.agent(bench);
  return { wrong };
}

/** By a recipe of an agent's own a source becomes firmware, boards play it, and an agent makes one run of it: nobody waits. */
async function built(fleet: RealFleet, folder: string, image: string, likeGood: Hold): Promise<Found> {
  const source = join(folder, 'source');
  mkdirSync(source);
  const bytes = readFileSync(image);
  const half = Math.ceil(bytes.length / 2);
  writeFileSync(join(source, 'first.part'), bytes.subarray(0, half));
  writeFileSync(join(source, 'second.part'), bytes.subarray(half));
  const { stdout, exitCode } = await fleet.submit('--build', 'demo', '--source', source, '--detach').ended;
  const { jobId } = JSON.parse(stdout) as { readonly jobId: string };
  const differing = await likeGood(fleet.followed('watch', jobId));
  const chores = [/ plays \S+: build demo/, / plays \S+: merge/].filter(
    (wanted) => fleet.count(wanted) !== 1,
  );
  return {
    wrong: [
      ...differing,
      ...(exitCode === 0 ? [] : [`fleet submit --detach ended with ${exitCode}`]),
      ...chores.map(({ source: wanted }) => `no agent, or more than one, said ${wanted}`),
    ],
  };
}

/** Of their own project agents play what a job brings, and nothing that is another. */
async function ownSuites(fleet: RealFleet, folder: string, image: string): Promise<Found> {
  const what = ['--suite', `suites/${OWN_SUITE}`];
  const [alone, submitted] = await Promise.all([
    fleet.alone(image, what),
    fleet.submitOnly(...what, '--firmware', image).ended,
  ]);
  const differing = differencesOf(contentOf(submitted), contentOf(alone));
  const other = join(folder, 'other');
  cpSync(join(folder, 'suites'), other, { recursive: true });
  appendFileSync(join(other, OWN_SUITE), '// Not what the agents know.\n');
  const refused = await fleet.submitOnly('--suite', join(other, OWN_SUITE)).ended;
  return {
    wrong: [
      ...differing,
      ...(alone.exitCode === 0 ? [] : [`alone it ended with ${alone.exitCode}`]),
      ...(refused.exitCode === 2 && refused.stderr.includes('--any-suites')
        ? []
        : [`suites that no agent knows ended with ${refused.exitCode}: ${refused.stderr}`]),
    ],
  };
}
