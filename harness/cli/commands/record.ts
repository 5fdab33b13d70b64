import { join } from 'node:path';
import type { PcmClip } from '../../audio';
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
import { delay, systemClock, type Clock } from '../../ports';
import { exitCodes } from '../exit-codes';
import { printStored } from '../prompts/print-stored';
import { writePlot } from '../prompts/write-plot';
import { meterLine } from '../sound/level-meter';
import { recordPcm } from '../sound/record-pcm';
import { chooseProgram, recorders, type InstalledProgram } from '../sound/sound-program';

export interface RecordArguments {
  /** Name of the clip, and of its file. */
  readonly id: string;
  readonly transcript: string;
  readonly utterance: string | undefined;
  readonly language: string | undefined;
  readonly voice: string | undefined;
  readonly licence: string | undefined;
  readonly to: string;
  /** Recorder to use; undefined: the first that is installed. */
  readonly with: string | undefined;
  readonly device: string | undefined;
  readonly rateHz: number;
  /** Length of the recording; undefined: until Enter. */
  readonly seconds: number | undefined;
  readonly countdown: number;
  readonly levelDbFs: number;
  readonly replies: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly reports: string;
  readonly json: boolean;
}

/** Whoever sits in front of it. */
export interface Stage {
  readonly isTerminal: boolean;
  readonly clock: Clock;
  /** Progress, which is no output. */
  write(text: string): void;
  /** Calls back when Enter is pressed; gives back how to stop listening. */
  onEnter(listener: () => void): () => void;
}

/** Whoever forgets to press Enter has not filled the disk. */
const LONGEST_SECONDS = 60;
/** A meter that moves more often is not read. */
const METER_MS = 80;

/** The terminal that the program runs in. */
export const terminalStage: Stage = {
  isTerminal: process.stdin.isTTY && process.stderr.isTTY,
  clock: systemClock,
  write: (text) => void process.stderr.write(text),
  onEnter: (listener) => {
    process.stdin.on('data', listener);
    return () => {
      process.stdin.off('data', listener);
      process.stdin.pause();
    };
  },
};

async function countDown(seconds: number, stage: Stage): Promise<void> {
  for (let left = seconds; left > 0; left -= 1) {
    stage.write(`\r${left} … `);
    await delay(stage.clock, 1_000);
  }
}

/** Records while a meter shows the level, until Enter or the end of the time. */
async function recorded(program: InstalledProgram, args: RecordArguments, stage: Stage): Promise<PcmClip> {
  const { rateHz, device, seconds, transcript } = args;
  if (stage.isTerminal) {
    stage.write(`Say: ${transcript}\n`);
    await countDown(args.countdown, stage);
  }
  const stop = new AbortController();
  const forget = stage.isTerminal ? stage.onEnter(() => stop.abort()) : undefined;
  let shownUntilMs = -METER_MS;
  try {
    return await recordPcm({
      program,
      rateHz,
      device,
      longestMs: (seconds ?? LONGEST_SECONDS) * 1000,
      stop: stop.signal,
      onPiece: (samples, atMs) => {
        if (!stage.isTerminal || samples.length === 0 || atMs < shownUntilMs + METER_MS) return;
        shownUntilMs = atMs;
        stage.write(`\rspeak, then Enter  ${meterLine(samples)}\u001b[K`);
      },
    });
  } finally {
    forget?.();
    if (stage.isTerminal) stage.write('\r\u001b[K');
  }
}

/**
 * Records a clip from a microphone and takes it into a corpus: cut to its speech, levelled, annotated, drawn for review.
 * @throws ConfigError `HIL_CORPUS_PROGRAM`, `HIL_CORPUS_SOUND`, `HIL_CONFIG_USAGE` outside a terminal without `--seconds`; as `prepareClip`,
 *   `newClip` and `changeOf` do. Then nothing was written.
 */
export async function recordCommand(args: RecordArguments, stage: Stage = terminalStage): Promise<number> {
  const { id, utterance, language, voice, transcript, levelDbFs, force, dryRun, reports } = args;
  if (!stage.isTerminal && args.seconds === undefined) {
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      'Outside of a terminal nobody can press Enter: give --seconds, the length of the recording.',
    );
  }
  const program = chooseProgram(recorders, args.with);
  const manifest = readManifest(args.to, args.replies ? 'reply' : kindOfFolder(args.to));
  const licence = licenceFor(manifest, args.licence);
  const file = `${id}.wav`;
  const words = { id, utterance, language, voice, transcript };
  // What is wrong with the name is said before anybody has spoken.
  const named = newClip(file, words, {
    sha256: '0'.repeat(64),
    rateHz: 8_000,
    lengthSamples: 3,
    onsetSample: 0,
    offsetSample: 1,
  });
  if (!force) changeOf(manifest, { clip: named, bytes: Buffer.alloc(0) }, false);
  const sound = await recorded(program, args, stage);
  const wav = prepareClip(sound, { path: join(args.to, file), kind: manifest.kind, levelDbFs });
  const clip = newClip(file, words, wav.annotation);
  const change = changeOf(manifest, { clip, bytes: wav.bytes }, force);
  const before = manifest.clips.find((known) => known.id === id);
  const plot = dryRun ? undefined : writePlot({ wav, clip, before, kind: manifest.kind }, reports);
  if (!dryRun) storeClips(manifest, [{ clip, bytes: wav.bytes }], licence);
  printStored({ clip, change, wav, manifest, licence, plot, dryRun }, args.json);
  return exitCodes.passed;
}
