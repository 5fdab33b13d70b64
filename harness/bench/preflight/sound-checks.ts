import { rigFaults, type RigCheckLine } from '../../rig';
import { ok, skipped, type Check, type CheckContext, type CheckResult } from './check';

type LookedAt = RigCheckLine['check'];

/** A check that tells what one short look at the rig showed of one thing; all of them share that look. */
const soundCheck = (
  about: Pick<Check, 'id' | 'title' | 'expected' | 'remedy'>,
  lookedAt: readonly LookedAt[],
): Check => ({
  ...about,
  group: 'sound',
  needs: ['rig'],
  uses: ['rig'],
  // Twice the look, where a first one was not well.
  withinMs: 15_000,
  ...(lookedAt.includes('noise') ? {} : { beforeRuns: true as const }),
  run: (context) => tellOf(lookedAt, context),
});

async function tellOf(lookedAt: readonly LookedAt[], { parts, sound }: CheckContext): Promise<CheckResult> {
  const rig = await parts.rig();
  if (rig === undefined) return skipped('the board is asked in writing');
  // It runs in step with the simulated board, and both wait for a busy machine.
  if (rig.topology === 'virtual' && lookedAt.includes('rate'))
    return skipped('a virtual rig has no clock of its own');
  return judgeLines((await sound()).filter(({ check }) => lookedAt.includes(check)));
}

/** The worst that was seen, all of it where nothing is wrong. */
export function judgeLines(lines: readonly RigCheckLine[]): CheckResult {
  const worst =
    lines.find(({ status }) => status === 'fail') ?? lines.find(({ status }) => status === 'warn');
  if (worst === undefined) {
    const seen = lines.map(({ text }) => text).join('; ');
    return seen === '' ? skipped('nothing could be told of it behind what else is wrong') : ok(seen);
  }
  const { status, text, fault, remedy } = worst;
  return {
    state: status === 'fail' ? 'fail' : 'warn',
    seen: fault === undefined ? text : `${fault.replaceAll('-', ' ')}: ${text}`,
    origin: 'bench',
    ...(fault === 'no-loopback' ? { code: 'HIL_RIG_NO_LOOPBACK' as const } : {}),
    ...(remedy === undefined ? {} : { remedy }),
    ...(fault === undefined ? {} : { facts: { fault } }),
  };
}

export const loopback = soundCheck(
  {
    id: 'loopback',
    title: 'loopback',
    expected: 'what is played comes back, on the loopback channel by wire where the rig has one',
    remedy: rigFaults['no-loopback'],
  },
  ['playback', 'loopback'],
);

export const channels = soundCheck(
  {
    id: 'channels',
    title: 'inputs of the rig',
    expected: 'each input hears what the bench file says it hears',
    remedy: rigFaults['swapped-channels'],
  },
  ['channels'],
);

export const sampleRate = soundCheck(
  {
    id: 'sample-rate',
    title: 'sample rate',
    expected: 'card, sound server and bench file have the same rate',
    remedy: rigFaults['wrong-rate'],
  },
  ['rate'],
);

export const levels = soundCheck(
  {
    id: 'levels',
    title: 'levels',
    expected: 'sound as loud as prompts comes back neither cut off nor too faint',
    remedy: rigFaults.clipped,
  },
  ['levels'],
);

export const noise = soundCheck(
  {
    id: 'noise',
    title: 'noise',
    expected: 'the inputs are quiet while nothing is played',
    remedy: rigFaults.noisy,
  },
  ['noise'],
);

export const continuity = soundCheck(
  {
    id: 'continuity',
    title: 'sound without gaps',
    expected: 'no sample is lost on the way out and back',
    remedy: rigFaults['dropped-periods'],
  },
  ['continuity'],
);
