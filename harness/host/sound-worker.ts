/** Worker thread: does everything that takes long with sound, so that the host's event loop never waits for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import {
  readWav,
  resampleToPlay,
  underConditions,
  type ConditionedSound,
  type PcmClip,
  type SoundConditions,
} from '../audio';
import { readSpeechClip } from '../corpus';
import { toWireError, type WireError } from '../errors';
import { measureTurn, type TurnMeasurement, type TurnSound } from '../measurement';
import { giveThreadWay, type SpeechClip, type TurnRecord } from '../ports';

/** What the worker can be asked for. */
export interface SoundJobs {
  /** Loads the sound of a stored turn and measures it. */
  measure: {
    readonly input: { readonly runPath: string; readonly record: TurnRecord };
    readonly output: TurnMeasurement;
  };
  /** Loads a clip of the corpus at another rate. */
  clipAtRate: {
    readonly input: { readonly clip: SpeechClip; readonly rateHz: number };
    readonly output: PcmClip;
  };
  /** Loads it, and puts it into noise or a room. */
  clipUnder: {
    readonly input: {
      readonly clip: SpeechClip;
      readonly rateHz: number;
      readonly conditions: SoundConditions;
      readonly seed: number;
    };
    readonly output: ConditionedSound;
  };
}

export type SoundJob = keyof SoundJobs;

export interface SoundRequest<J extends SoundJob = SoundJob> {
  readonly id: number;
  readonly job: J;
  readonly input: SoundJobs[J]['input'];
}

export type SoundResponse =
  | { readonly id: number; readonly output: SoundJobs[SoundJob]['output'] }
  | { readonly id: number; readonly error: WireError };

// Rigs and boards keep time; what is measured of them can wait for a moment.
giveThreadWay(10);

function soundOf(runPath: string, record: TurnRecord): TurnSound {
  const load = (path: string): ReturnType<typeof readWav> => readWav(readFileSync(join(runPath, path)), path);
  const received = record.received === undefined ? undefined : load(record.received.path);
  const monoOf = (wav: ReturnType<typeof readWav> | undefined): PcmClip | undefined =>
    wav?.channels[0] === undefined ? undefined : { samples: wav.channels[0], rateHz: wav.rateHz };
  /** A clip of the corpus, or what a provider has sent in this turn. */
  const replyOf = ({ clip, path }: TurnRecord['replies'][number]): PcmClip =>
    (path === undefined ? undefined : monoOf(load(path))) ?? readSpeechClip(clip);
  return {
    capture: record.capture === undefined ? undefined : load(record.capture.path),
    prompt: readSpeechClip(record.prompt),
    received: monoOf(received),
    interruption: record.interruption && readSpeechClip(record.interruption.prompt),
    replies: new Map(
      record.replyAudio === 'unknown' ? [] : record.replies.map((reply) => [reply.clip.id, replyOf(reply)]),
    ),
  };
}

const jobs: { readonly [J in SoundJob]: (input: SoundJobs[J]['input']) => Promise<SoundJobs[J]['output']> } =
  {
    measure: ({ runPath, record }) => measureTurn(record, soundOf(runPath, record)),
    clipAtRate: ({ clip, rateHz }) => resampleToPlay(readSpeechClip(clip), rateHz),
    clipUnder: async ({ clip, rateHz, conditions, seed }) =>
      underConditions(await resampleToPlay(readSpeechClip(clip), rateHz), conditions, seed),
  };

parentPort?.on('message', ({ id, job, input }: SoundRequest) => {
  const answer = (response: SoundResponse): void => parentPort?.postMessage(response);
  const work = jobs[job] as (input: unknown) => Promise<SoundJobs[SoundJob]['output']>;
  Promise.resolve()
    .then(() => work(input))
    .then(
      (output) => answer({ id, output }),
      (error: unknown) => answer({ id, error: toWireError(error) }),
    );
});
