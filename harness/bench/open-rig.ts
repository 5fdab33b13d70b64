import { describePort, type VirtualBoardProcess } from '../board';
import { childEnvironment, type BoardConfig, type CardRigConfig } from '../config';
import { ConfigError } from '../errors';
import type { AudioRig, Clock } from '../ports';
import { openAlsaRig, openPulseRig, openVirtualRig } from '../rig';
import { rigNameOf } from './rig-calibration';

/**
 * The rig of a board.
 * @param virtual - The simulated board that a virtual rig plays to; undefined: the board is no simulation.
 */
export async function openRig(
  board: BoardConfig,
  virtual: Pick<VirtualBoardProcess, 'audioLink'> | undefined,
  clock: Clock,
): Promise<AudioRig> {
  const { name, rig } = board;
  if (rig !== undefined && rig.kind !== 'virtual') return openCardRig(rigNameOf(board), rig, clock);
  const audioLink = virtual?.audioLink;
  if (audioLink !== undefined && rig !== undefined)
    return openVirtualRig({ name: rigNameOf(board), audioLink, clock, ...rig });
  const why =
    rig !== undefined && board.kind === 'serial'
      ? `answers on ${describePort(board.port)}, but its rig is virtual; a virtual rig hears virtual boards only`
      : `is asked by sound and has ${rig === undefined ? 'no rig in the bench file' : 'no audio link'}`;
  throw new ConfigError('HIL_RIG_UNAVAILABLE', `Board ${name} ${why}.`, { board: name });
}

/**
 * A rig with a sound card, as a bench file says.
 * @throws ConfigError `HIL_RIG_UNAVAILABLE`; RigError of what kept it from opening.
 */
export function openCardRig(name: string, config: CardRigConfig, clock: Clock): Promise<AudioRig> {
  const stated = { name, clock, environment: childEnvironment({}) };
  return config.kind === 'alsa'
    ? openAlsaRig({ ...config, ...stated })
    : openPulseRig({ ...config, ...stated });
}
