import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  annotateWav,
  changeOf,
  idOfFile,
  kindOfFolder,
  licenceFor,
  newClip,
  prepareClip,
  readManifest,
  readTranscripts,
  storeClips,
  transcriptOf,
  type AnnotatedWav,
  type ClipChange,
  type Manifest,
  type ManifestClip,
  type Transcripts,
} from '../../corpus';
import { ConfigError, isHilError } from '../../errors';
import { msOfSamples } from '../../units';
import { exitCodes } from '../exit-codes';
import { writePlot } from '../prompts/write-plot';

export interface ImportArguments {
  /** Folder of the WAVs. */
  readonly from: string;
  /** Folder of clips that they go to. */
  readonly to: string;
  readonly language: string | undefined;
  readonly voice: string | undefined;
  readonly transcripts: string | undefined;
  readonly licence: string | undefined;
  /** Active speech level to set, in dBFS; undefined: the files are taken as they are, byte for byte. */
  readonly levelDbFs: number | undefined;
  readonly replies: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly reports: string;
  readonly json: boolean;
}

/** What became of one file. */
type Imported =
  | {
      readonly file: string;
      readonly change: ClipChange;
      readonly wav: AnnotatedWav;
      readonly clip: ManifestClip;
      readonly before: ManifestClip | undefined;
    }
  | { readonly file: string; readonly change: 'refused'; readonly code: string; readonly message: string };

function wavsIn(folder: string): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ConfigError(
      'HIL_CONFIG_FILE_MISSING',
      `The folder ${folder} cannot be read (${why}).`,
      { folder },
      { cause },
    );
  }
  const wavs = names.filter((name) => /\.wav$/i.test(name)).sort();
  if (wavs.length > 0) return wavs;
  throw new ConfigError('HIL_CONFIG_FILE_MISSING', `There is no .wav in ${folder}.`, { folder });
}

/** The clip that one file makes, as it would be stored. */
function clipOf(path: string, manifest: Manifest, listed: Transcripts, args: ImportArguments): Imported {
  const id = idOfFile(path);
  const file = `${id}.wav`;
  const recorded = annotateWav(path);
  const wav =
    args.levelDbFs === undefined
      ? recorded
      : prepareClip(recorded.sound, { path, kind: manifest.kind, levelDbFs: args.levelDbFs });
  const transcript = transcriptOf(path, listed);
  if (transcript === undefined) {
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `Nobody wrote down what is said in ${basename(path)}: put it into ${basename(path).replace(/\.wav$/i, '.txt')} beside it, or into a list (--transcripts).`,
      { path },
    );
  }
  const { language, voice } = args;
  const clip = newClip(file, { language, voice, transcript }, wav.annotation);
  const before = manifest.clips.find((known) => known.id === clip.id);
  const change = changeOf(manifest, { clip, bytes: wav.bytes }, args.force);
  return { file: path, change, wav, clip, before };
}

function imported(path: string, taken: Set<string>, clip: () => Imported): Imported {
  try {
    const id = idOfFile(path);
    if (taken.has(id)) {
      throw new ConfigError('HIL_CORPUS_EXISTS', `Another file of this folder is the clip ${id} already.`, {
        id,
      });
    }
    const made = clip();
    taken.add(id);
    return made;
  } catch (fault) {
    if (!isHilError(fault)) throw fault;
    return { file: path, change: 'refused', code: fault.code, message: fault.message };
  }
}

const countOf = (results: readonly Imported[], change: Imported['change']): number =>
  results.filter((result) => result.change === change).length;

/**
 * Takes a folder of WAVs into a corpus: whatever is fit for it, while each other file is named with what is wrong with it.
 * @returns 2 when a file was refused.
 * @throws ConfigError for what is wrong with folders, lists and manifests; then nothing was written.
 */
export function importCommand(args: ImportArguments): number {
  const names = wavsIn(args.from);
  const listed =
    args.transcripts === undefined ? new Map<string, string>() : readTranscripts(args.transcripts);
  const manifest = readManifest(args.to, args.replies ? 'reply' : kindOfFolder(args.to));
  const licence = licenceFor(manifest, args.licence);
  const taken = new Set<string>();
  const results = names.map((name) => {
    const path = join(args.from, name);
    return imported(path, taken, () => clipOf(path, manifest, listed, args));
  });
  const kept = results.flatMap((result) => (result.change === 'refused' ? [] : [result]));
  const stored = kept.filter(({ change }) => change !== 'unchanged');
  const plots = new Map(
    args.dryRun
      ? []
      : stored.map((each) => [each.file, writePlot({ ...each, kind: manifest.kind }, args.reports)]),
  );
  if (!args.dryRun && stored.length > 0) {
    storeClips(
      manifest,
      stored.map(({ clip, wav }) => ({ clip, bytes: wav.bytes })),
      licence,
    );
  }
  const counts = {
    new: countOf(results, 'new'),
    changed: countOf(results, 'changed'),
    unchanged: countOf(results, 'unchanged'),
    refused: countOf(results, 'refused'),
  };
  if (args.json) {
    const files = results.map((result) => {
      if (result.change === 'refused') return result;
      const { file, change, clip, wav } = result;
      return { file, change, clip, activeLevelDbFs: wav.speech.activeLevelDbFs, plot: plots.get(file) };
    });
    const { path } = manifest;
    process.stdout.write(
      `${JSON.stringify({ schema: 'earshot/clips-import@1', manifest: path, licence, dryRun: args.dryRun, counts, files }, null, 2)}\n`,
    );
  } else {
    for (const result of results) process.stdout.write(lineOf(result, plots.get(result.file)));
    const { new: added, changed, unchanged, refused } = counts;
    process.stdout.write(
      `${names.length} WAVs: ${added} new, ${changed} changed, ${unchanged} unchanged, ${refused} refused` +
        `${args.dryRun ? '; nothing was written (--dry-run)' : ''}\nmanifest  ${manifest.path}\n`,
    );
  }
  return counts.refused === 0 ? exitCodes.passed : exitCodes.usage;
}

function lineOf(result: Imported, plot: string | undefined): string {
  if (result.change === 'refused')
    return `refused    ${basename(result.file)}  ${result.code}: ${result.message}\n`;
  const { change, clip, wav } = result;
  const { onsetSample, offsetSample, rateHz } = clip;
  const seconds = msOfSamples(offsetSample + 1 - onsetSample, rateHz) / 1000;
  return (
    `${change.padEnd(9)}  ${clip.id}  ${seconds.toFixed(2)} s of speech  ${wav.speech.activeLevelDbFs.toFixed(1)} dBFS  ${clip.transcript}\n` +
    (plot === undefined ? '' : `  plot  ${plot}\n`)
  );
}
