import { dirname, join, resolve } from 'node:path';
import { packageRoot } from '../../config';
import {
  annotateWav,
  checkClips,
  differingFields,
  fileInManifest,
  kindOfFolder,
  newClip,
  readManifest,
  writeClips,
  type AnnotatedWav,
  type ClipAnnotation,
  type Manifest,
  type ManifestClip,
} from '../../corpus';
import { ConfigError } from '../../errors';
import { msOfSamples } from '../../units';
import { exitCodes } from '../exit-codes';
import { writePlot } from '../prompts/write-plot';

export interface AnnotateArguments {
  readonly wavs: readonly string[];
  readonly id: string | undefined;
  readonly utterance: string | undefined;
  readonly language: string | undefined;
  readonly voice: string | undefined;
  readonly transcript: string | undefined;
  readonly licence: string;
  readonly replies: boolean;
  readonly force: boolean;
  readonly reports: string;
  readonly json: boolean;
}

type Change = 'new' | 'unchanged' | 'changed';

/** One WAV with what its manifest says and is to say. */
interface Planned {
  readonly wav: AnnotatedWav;
  readonly clip: ManifestClip;
  readonly before: ManifestClip | undefined;
  readonly change: Change;
  readonly manifest: Manifest;
}

const usage = (message: string, facts: Readonly<Record<string, unknown>> = {}): ConfigError =>
  new ConfigError('HIL_CONFIG_USAGE', message, facts);

function planned(path: string, manifest: Manifest, args: AnnotateArguments): Planned {
  const wav = annotateWav(path);
  const file = fileInManifest(manifest, path);
  const before =
    manifest.clips.find((clip) => clip.file === file) ??
    (args.id === undefined ? undefined : manifest.clips.find((clip) => clip.id === args.id));
  if (before === undefined)
    return { wav, clip: newClip(file, args, wav.annotation), before, change: 'new', manifest };
  if (args.id !== undefined && before.id !== args.id) {
    throw usage(`${file} is the clip ${before.id} of ${manifest.path}; it cannot be ${args.id} as well.`, {
      file,
    });
  }
  const given = Object.fromEntries(
    (['utterance', 'language', 'voice', 'transcript'] as const).flatMap((key) =>
      args[key] === undefined ? [] : [[key, args[key]]],
    ),
  );
  const clip: ManifestClip = { ...before, ...given, file, ...wav.annotation };
  const same = (Object.keys(clip) as (keyof ManifestClip)[]).every((key) => clip[key] === before[key]);
  return { wav, clip, before, change: same ? 'unchanged' : 'changed', manifest };
}

const pair = ({ onsetSample, offsetSample }: ClipAnnotation): string => `${onsetSample} to ${offsetSample}`;

/** An annotation that differs from what somebody may have reviewed is not written over unless that is asked for. */
function refuseOverwriting(plans: readonly Planned[]): void {
  const conflicts = plans.flatMap(({ before, clip, manifest }) => {
    if (before === undefined) return [];
    const fields = differingFields(before, clip);
    if (fields.length === 0) return [];
    const sound = fields.includes('sha256') ? ', and its WAV is another one' : '';
    return [
      {
        id: clip.id,
        path: manifest.path,
        message: `${clip.id} has speech from sample ${pair(before)}, annotated anew ${pair(clip)}${sound}`,
        old: before,
        new: clip,
      },
    ];
  });
  const [first] = conflicts;
  if (first === undefined) return;
  throw new ConfigError(
    'HIL_CORPUS_REVIEWED',
    `${first.path}: ${conflicts.map(({ message }) => message).join('; ')}. Nothing was written; --force writes the new one.`,
    { conflicts },
  );
}

/**
 * Annotates WAVs, draws each for review and writes their manifests: all of them, or with the first fault none.
 * @throws ConfigError as `annotateWav` does, `HIL_CONFIG_USAGE` for what a new clip lacks, `HIL_CORPUS_REVIEWED` where an
 *   annotation would be written over.
 */
export function annotateCommand(args: AnnotateArguments): number {
  const { wavs, reports, force, json } = args;
  if (wavs.length > 1 && args.id !== undefined) throw usage('--id names one clip; give one WAV with it.');
  const manifests = new Map<string, Manifest>();
  const plans = wavs.map((path) => {
    const folder = dirname(resolve(path));
    const kind = args.replies ? 'reply' : kindOfFolder(folder);
    const manifest = manifests.get(folder) ?? readManifest(folder, kind);
    manifests.set(folder, manifest);
    return planned(path, manifest, args);
  });
  const plots = plans.map((plan) => writePlot({ ...plan, kind: plan.manifest.kind }, reports));
  if (!force) refuseOverwriting(plans);
  for (const manifest of manifests.values()) {
    const clips = plans
      .filter((plan) => plan.manifest === manifest && plan.change !== 'unchanged')
      .map(({ clip }) => clip);
    if (clips.length > 0) writeClips(manifest, clips, args.licence);
  }
  if (json) {
    const annotated = plans.map(({ clip, change, wav, manifest }, index) => ({
      ...clip,
      change,
      activeLevelDbFs: wav.speech.activeLevelDbFs,
      longestPauseMs: wav.speech.longestPauseMs,
      manifest: manifest.path,
      plot: plots[index],
    }));
    process.stdout.write(
      `${JSON.stringify({ schema: 'earshot/annotations@1', clips: annotated }, null, 2)}\n`,
    );
    return exitCodes.passed;
  }
  for (const [index, { clip, change, wav }] of plans.entries()) {
    const ms = (sample: number): string => msOfSamples(sample, clip.rateHz).toFixed(1);
    process.stdout.write(
      `${clip.id}  ${change}  speech from ${ms(clip.onsetSample)} to ${ms(clip.offsetSample + 1)} ms ` +
        `(samples ${pair(clip)})  ${wav.speech.activeLevelDbFs.toFixed(1)} dBFS\n` +
        (plots[index] === undefined ? '' : `  plot  ${plots[index]}\n`),
    );
  }
  for (const { path } of manifests.values()) process.stdout.write(`manifest  ${path}\n`);
  return exitCodes.passed;
}

export interface CorpusArguments {
  /** Corpus with `prompts/` and `replies/`, or a folder of clips. Undefined: the corpus that comes along. */
  readonly folder: string | undefined;
  readonly json: boolean;
}

/** Manifests of a corpus, or the one of a folder of clips. */
function manifestsOf(folder: string | undefined): readonly Manifest[] {
  const root = folder ?? join(packageRoot(), 'fixtures');
  const places = [
    [root, 'prompt'],
    [root, 'reply'],
    [join(root, 'prompts'), 'prompt'],
    [join(root, 'replies'), 'reply'],
  ] as const;
  const found = places
    .map(([place, kind]) => readManifest(place, kind))
    .filter(({ clips }) => clips.length > 0);
  if (found.length > 0) return found;
  throw new ConfigError(
    'HIL_CONFIG_FILE_MISSING',
    `There is no prompts.yaml and no replies.yaml in ${root}.`,
    { folder: root },
  );
}

/** Annotates every clip of a corpus again and says where a manifest differs. Exit code 2 with a difference. */
export function checkCommand({ folder, json }: CorpusArguments): number {
  const checked = manifestsOf(folder).map((manifest) => ({ manifest, differences: checkClips(manifest) }));
  const differences = checked.flatMap(({ manifest, differences: own }) =>
    own.map((difference) => ({ manifest: manifest.path, ...difference })),
  );
  const clips = checked.reduce((sum, { manifest }) => sum + manifest.clips.length, 0);
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ schema: 'earshot/corpus-check@1', clips, differences }, null, 2)}\n`,
    );
  } else {
    for (const { manifest, differences: own } of checked) {
      for (const { id, message } of own) process.stdout.write(`${manifest.path}: ${id}: ${message}\n`);
    }
    const outcome = differences.length === 0 ? 'as their manifests say' : `${differences.length} differences`;
    process.stdout.write(`${clips} clips checked: ${outcome}\n`);
  }
  return differences.length === 0 ? exitCodes.passed : exitCodes.usage;
}

/** Lists the clips of a corpus. */
export function listCommand({ folder, json }: CorpusArguments): number {
  const clips = manifestsOf(folder).flatMap(({ kind, path, clips: listed }) =>
    listed.map((clip) => ({ kind, manifest: path, ...clip })),
  );
  if (json) {
    process.stdout.write(`${JSON.stringify({ schema: 'earshot/clips-list@1', clips }, null, 2)}\n`);
    return exitCodes.passed;
  }
  const width = Math.max(...clips.map(({ id }) => id.length));
  for (const { kind, id, language, transcript, rateHz, onsetSample, offsetSample, recognisable } of clips) {
    const seconds = ((offsetSample + 1 - onsetSample) / rateHz).toFixed(2);
    const unknown = recognisable ? '' : '  (not recognisable)';
    process.stdout.write(
      `${kind.padEnd(6)}  ${id.padEnd(width)}  ${language}  ${seconds} s  ${transcript}${unknown}\n`,
    );
  }
  return exitCodes.passed;
}
