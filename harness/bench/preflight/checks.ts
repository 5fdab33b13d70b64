import { ConfigError } from '../../errors';
import { calibration } from './calibration';
import { certificate } from './certificate';
import { checkGroups, type Check } from './check';
import { connection } from './connection';
import { consoleProbe } from './console-probe';
import { disk } from './disk';
import { firmware } from './firmware';
import { hostClock } from './host-clock';
import { lock } from './lock';
import { microphone } from './microphone';
import { permission } from './permission';
import { port } from './port';
import { power } from './power';
import { provider } from './provider';
import { reset } from './reset';
import { rig } from './rig';
import { route } from './route';
import { channels, continuity, levels, loopback, noise, sampleRate } from './sound-checks';
import { speaker } from './speaker';
import { timeServer } from './time-server';
import { upstream } from './upstream';

/** All checks, in the order in which they are told, and in which those that share a part take turns. */
export const allChecks: readonly Check[] = [
  port,
  permission,
  lock,
  power,
  reset,
  consoleProbe,
  firmware,
  provider,
  route,
  certificate,
  upstream,
  rig,
  calibration,
  loopback,
  channels,
  sampleRate,
  levels,
  noise,
  continuity,
  connection,
  microphone,
  speaker,
  hostClock,
  timeServer,
  disk,
];

/**
 * Checks by id or by group, with those that they need, in the order of the list.
 * @throws ConfigError `HIL_CONFIG_USAGE` for a word that is neither, naming what there is.
 */
export function chosenChecks(
  words: readonly string[],
  checks: readonly Check[] = allChecks,
): readonly Check[] {
  const ids = checks.map(({ id }) => id);
  const unknown = words.find((word) => !ids.includes(word) && !checkGroups.some((group) => group === word));
  if (unknown !== undefined)
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `There is no check "${unknown}"; there are ${ids.join(', ')}, and the groups ${checkGroups.join(', ')}.`,
      { unknown },
    );
  const chosen = new Set<string>();
  const choose = (check: Check): void => {
    if (chosen.has(check.id)) return;
    chosen.add(check.id);
    for (const needed of checks) if (check.needs.includes(needed.id)) choose(needed);
  };
  for (const check of checks) if (words.includes(check.id) || words.includes(check.group)) choose(check);
  return checks.filter(({ id }) => chosen.has(id));
}
