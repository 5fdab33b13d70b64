import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { activeSpeechLevel, peakDbFs, type PcmClip } from '../../audio';
import { packageRoot } from '../../config';
import { didYouMean } from '../../config';
import { annotateWav, readManifest, type ManifestClip } from '../../corpus';
import { ConfigError } from '../../errors';
import { gainOfDb } from '../../units';
import { exitCodes } from '../exit-codes';
import { playPcm } from '../sound/play-pcm';
import { chooseProgram, players } from '../sound/sound-program';

export interface PlayArguments {
  /** Name of a clip, or path of a WAV. */
  readonly clip: string;
  /** Corpus or folder of clips; undefined: the corpus that comes along. */
  readonly folder: string | undefined;
  /** Active speech level at the output, in dBFS; undefined: as the clip is. */
  readonly levelDbFs: number | undefined;
  readonly with: string | undefined;
  readonly device: string | undefined;
  readonly times: number;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** Every clip of a corpus, or of a folder of clips, with its file. */
function clipsOf(folder: string): ReadonlyMap<string, string> {
  const places = [
    [folder, 'prompt'],
    [folder, 'reply'],
    [join(folder, 'prompts'), 'prompt'],
    [join(folder, 'replies'), 'reply'],
  ] as const;
  return new Map(
    places.flatMap(([place, kind]) =>
      readManifest(place, kind).clips.map(({ id, file }: ManifestClip): [string, string] => [
        id,
        join(place, file),
      ]),
    ),
  );
}

function pathOf({ clip, folder }: PlayArguments): string {
  if (/\.wav$/i.test(clip) && existsSync(clip)) return clip;
  const clips = clipsOf(folder ?? join(packageRoot(), 'fixtures'));
  const path = clips.get(clip);
  if (path !== undefined) return path;
  throw new ConfigError(
    'HIL_CORPUS_UNKNOWN_CLIP',
    `There is no clip ${clip}${didYouMean(clip, clips.keys())}.`,
    { clip, known: [...clips.keys()] },
  );
}

/** A clip at another level. @throws ConfigError `HIL_CONFIG_USAGE` where its peaks would not fit. */
function atLevel({ samples, rateHz }: PcmClip, wantedDbFs: number | undefined, name: string) {
  const levelDbFs = activeSpeechLevel(samples, rateHz)?.levelDbFs ?? -Infinity;
  const gainDb = wantedDbFs === undefined ? 0 : wantedDbFs - levelDbFs;
  const peak = (peakDbFs(samples) ?? -Infinity) + gainDb;
  if (peak > 0) {
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `${name} would clip at ${levelDbFs + gainDb} dBFS: its peaks are ${(peak - levelDbFs - gainDb).toFixed(1)} dB over its level, so ${(levelDbFs + gainDb - peak).toFixed(1)} dBFS is the most.`,
      { levelDbFs, gainDb, peakDbFs: peak },
    );
  }
  const gain = gainOfDb(gainDb);
  return {
    clip: { samples: samples.map((sample) => sample * gain), rateHz },
    levelDbFs: levelDbFs + gainDb,
    gainDb,
  };
}

/**
 * Plays a clip through the system's sound output, at a level.
 * @throws ConfigError `HIL_CORPUS_UNKNOWN_CLIP`, `HIL_CORPUS_PROGRAM`, `HIL_CORPUS_SOUND`, `HIL_CONFIG_USAGE` for a level that its
 *   peaks forbid; as `annotateWav` does.
 */
export async function playCommand(args: PlayArguments): Promise<number> {
  const path = pathOf(args);
  const { sound } = annotateWav(path);
  const { clip, levelDbFs, gainDb } = atLevel(sound, args.levelDbFs, args.clip);
  const program = chooseProgram(players, args.with);
  if (args.json) {
    const played = {
      schema: 'earshot/clip-played@1',
      dryRun: args.dryRun,
      path,
      program: program.name,
      levelDbFs,
      gainDb,
    };
    process.stdout.write(`${JSON.stringify({ ...played, times: args.times }, null, 2)}\n`);
  } else {
    process.stdout.write(
      `${args.clip}  ${levelDbFs.toFixed(1)} dBFS (gain ${gainDb.toFixed(1)} dB) with ${program.name}${args.dryRun ? '; not played (--dry-run)' : ''}\n`,
    );
  }
  for (let time = 0; time < args.times && !args.dryRun; time += 1) {
    await playPcm(clip, { program, device: args.device });
  }
  return exitCodes.passed;
}
