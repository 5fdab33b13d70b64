import { peakDbFs, type PcmClip } from '../audio';
import { ConfigError } from '../errors';
import type { PlayedConditions, PromptConditions, SpeechClip } from '../ports';
import type { SoundWorkshop } from './sound-workshop';

/** What a loudspeaker, a room and a rig can be asked for. */
const RANGES: Readonly<Record<keyof PromptConditions, readonly [least: number, most: number, unit: string]>> =
  {
    gainDb: [-60, 30, 'dB'],
    snrDb: [-20, 60, 'dB'],
    rt60Ms: [50, 3_000, 'ms'],
  };

/** @throws ConfigError `HIL_CONFIG_USAGE` for a condition out of its range. */
export function checkConditions(conditions: PromptConditions): void {
  for (const [name, [least, most, unit]] of Object.entries(RANGES)) {
    const value = conditions[name as keyof PromptConditions];
    if (value === undefined || (value >= least && value <= most)) continue;
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `${name} of a prompt is ${value} ${unit}; expected ${least} to ${most} ${unit}.`,
      { name, value },
    );
  }
}

/** A prompt as it is handed to the output. */
export interface PromptSound {
  readonly sound: PcmClip;
  /** Noise ahead of the clip in it. */
  readonly leadSamples: number;
  /** Absent: it is the clip's own. */
  readonly conditions?: PlayedConditions;
}

/**
 * The sound of a prompt at the rig's rate, in the noise and the room that are asked for.
 * @param playbackGainDb - Of the bench; `gainDb` of the conditions comes on top.
 * @throws ConfigError `HIL_CONFIG_USAGE` for a gain at which it would clip, and for conditions out of range.
 */
export async function promptSound(
  workshop: Pick<SoundWorkshop, 'clipAtRate' | 'clipUnder'>,
  prompt: SpeechClip,
  {
    rateHz,
    playbackGainDb,
    conditions,
    seed,
  }: {
    readonly rateHz: number;
    readonly playbackGainDb: number;
    readonly conditions: PromptConditions;
    readonly seed: number;
  },
): Promise<PromptSound> {
  checkConditions(conditions);
  const { gainDb, snrDb, rt60Ms } = conditions;
  if (gainDb === undefined && snrDb === undefined && rt60Ms === undefined)
    return { sound: await workshop.clipAtRate(prompt, rateHz), leadSamples: 0 };
  const { clip, leadSamples, speechLevelDbFs, noiseLevelDbFs } = await workshop.clipUnder(
    prompt,
    rateHz,
    { snrDb, rt60Ms },
    seed,
  );
  const totalDb = playbackGainDb + (gainDb ?? 0);
  const peak = (peakDbFs(clip.samples) ?? -Infinity) + totalDb;
  if (gainDb !== undefined && peak > 0) {
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `Prompt ${prompt.id} would clip at a gain of ${gainDb} dB: its peaks would be at ${peak.toFixed(1)} dBFS. Lower \`turn.playbackGainDb\` (${playbackGainDb} dB) in the bench file and turn the loudspeaker up.`,
      { prompt: prompt.id, gainDb, playbackGainDb, peakDbFs: peak },
    );
  }
  return {
    sound: clip,
    leadSamples,
    conditions: {
      ...conditions,
      seed,
      ...(speechLevelDbFs === undefined ? {} : { speechLevelDbFs: speechLevelDbFs + totalDb }),
      ...(noiseLevelDbFs === undefined ? {} : { noiseLevelDbFs: noiseLevelDbFs + totalDb }),
    },
  };
}
