import { RigError } from '../../errors';
import type { AudioRig } from '../../ports';
import { BoardLink } from './board-link';
import { DEFAULT_BLOCK_SAMPLES, RIG_RATE_HZ, type VirtualRigOptions } from './options';
import { VirtualAudioRig } from './virtual-audio-rig';

/**
 * A sound card in software, connected to a virtual board: stereo, 48 kHz, in lock-step with the board. A block of sound
 * exists once both sides have delivered it, so scheduling never moves a sample; one block is in flight at a time, and a
 * rig that is late catches up at once. Block k is handed to the board when it is due, and its last sample counts as read
 * at that moment.
 * @throws RigError `HIL_RIG_LINK_LOST` when no virtual board answers there.
 */
export async function openVirtualRig(options: VirtualRigOptions): Promise<AudioRig> {
  const { name, clock, driftPpm, audioLink, acousticDelayMs, blockSamples = DEFAULT_BLOCK_SAMPLES } = options;
  const hello = { rateHz: RIG_RATE_HZ, blockSamples, rigPpm: driftPpm };
  let link: BoardLink;
  try {
    link = await BoardLink.open(audioLink, hello, clock);
  } catch (cause) {
    throw new RigError(
      'HIL_RIG_LINK_LOST',
      `Rig ${name} found no virtual board at ${audioLink.host}:${audioLink.port}: ${String(cause)}.`,
      { rig: name, ...audioLink },
      { cause },
    );
  }
  const stated = acousticDelayMs === undefined ? {} : { acousticDelayMs };
  return new VirtualAudioRig({ name, link, clock, driftPpm, blockSamples, world: options, ...stated });
}
