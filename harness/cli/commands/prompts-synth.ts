import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readWav, type PcmClip } from '../../audio';
import {
  changeOf,
  kindOfFolder,
  licenceFor,
  newClip,
  prepareClip,
  readManifest,
  storeClips,
} from '../../corpus';
import { ConfigError } from '../../errors';
import { exitCodes } from '../exit-codes';
import { printStored } from '../prompts/print-stored';
import { writePlot } from '../prompts/write-plot';
import { findProgram } from '../sound/sound-program';

export interface SynthArguments {
  /** Name of the clip, and of its file. */
  readonly id: string;
  readonly transcript: string;
  /** Voice of espeak-ng; undefined: the one of the language. */
  readonly speaker: string | undefined;
  readonly wordsPerMinute: number;
  readonly pitch: number;
  readonly utterance: string | undefined;
  readonly language: string | undefined;
  readonly licence: string | undefined;
  readonly to: string;
  readonly levelDbFs: number;
  readonly replies: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly reports: string;
  readonly json: boolean;
}

/**
 * Voices of espeak-ng by language. For Mandarin `cmn` of version 1.51 reads the pinyin of each character as English letters, and
 * `cmn-latn-pinyin` does not (fixtures/prompts/README.md).
 */
const speakers: Readonly<Record<string, string>> = { en: 'en-us', zh: 'cmn-latn-pinyin' };
/** A minute of 16 bit at 22 050 Hz has 2.6 MB; no prompt is as long. */
const MOST_OUTPUT_BYTES = 1 << 24;
/** It speaks a sentence in 20 ms. */
const LONGEST_MS = 30_000;

/** It begins to speak at once and ends with the last sound; a recording has silence around it. */
const SILENCE_MS = 50;

function withSilence({ samples, rateHz }: PcmClip): PcmClip {
  const silence = Math.round((SILENCE_MS * rateHz) / 1000);
  const padded = new Float32Array(samples.length + 2 * silence);
  padded.set(samples, silence);
  return { samples: padded, rateHz };
}

function spoken(speaker: string, { transcript, wordsPerMinute, pitch }: SynthArguments): Buffer {
  const args = [
    '-v',
    speaker,
    '-s',
    `${wordsPerMinute}`,
    '-p',
    `${pitch}`,
    '-z',
    '--stdout',
    '--',
    transcript,
  ];
  const program = findProgram('espeak-ng');
  if (program === undefined) {
    throw new ConfigError(
      'HIL_CORPUS_PROGRAM',
      'espeak-ng is not installed; it is in the package espeak-ng (Debian, Ubuntu: `apt install espeak-ng`; macOS: `brew install espeak-ng`).',
      { program: 'espeak-ng' },
    );
  }
  const { error, status, stdout, stderr } = spawnSync(program, args, {
    maxBuffer: MOST_OUTPUT_BYTES,
    timeout: LONGEST_MS,
  });
  const said = stderr.toString('utf8').trim();
  if (error !== undefined || status !== 0 || stdout.length === 0) {
    const how = error === undefined ? `ended with ${status ?? 'a signal'}` : error.message;
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `espeak-ng said nothing for voice ${speaker} (${how}${said === '' ? '' : `: ${said.slice(0, 200)}`}); \`espeak-ng --voices\` lists its voices.`,
      { speaker, status },
      error === undefined ? undefined : { cause: error },
    );
  }
  return stdout;
}

/**
 * Has espeak-ng say a sentence and takes it into a corpus: cut, levelled, annotated.
 * @throws ConfigError `HIL_CORPUS_PROGRAM` where there is no espeak-ng; as `prepareClip`, `newClip` and `changeOf` do. Then nothing
 *   was written.
 */
export function synthCommand(args: SynthArguments): number {
  const { id, utterance, transcript, levelDbFs, force, dryRun, reports } = args;
  const manifest = readManifest(args.to, args.replies ? 'reply' : kindOfFolder(args.to));
  const licence = licenceFor(manifest, args.licence);
  const language = args.language ?? /^([a-z]{2,3})-/.exec(id)?.[1];
  const speaker = args.speaker ?? (language === undefined ? undefined : (speakers[language] ?? language));
  if (speaker === undefined) {
    throw new ConfigError('HIL_CONFIG_USAGE', `${id} does not begin with a language; --language is needed.`, {
      id,
    });
  }
  const file = `${id}.wav`;
  const path = join(args.to, file);
  const { channels, rateHz } = readWav(spoken(speaker, args), 'the output of espeak-ng');
  const sound = withSilence({ samples: channels[0] ?? new Float32Array(), rateHz });
  const wav = prepareClip(sound, { path, kind: manifest.kind, levelDbFs });
  const words = { id, utterance, language, voice: `espeak-ng ${speaker}`, transcript };
  const clip = newClip(file, words, wav.annotation);
  const change = changeOf(manifest, { clip, bytes: wav.bytes }, force);
  const before = manifest.clips.find((known) => known.id === id);
  const isWritten = !dryRun && change !== 'unchanged';
  const plot = isWritten ? writePlot({ wav, clip, before, kind: manifest.kind }, reports) : undefined;
  if (isWritten) storeClips(manifest, [{ clip, bytes: wav.bytes }], licence);
  printStored({ clip, change, wav, manifest, licence, plot, dryRun }, args.json);
  return exitCodes.passed;
}
