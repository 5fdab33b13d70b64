/** Worker thread: loads the sound of a stored turn and measures it, so that the host's event loop never waits for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { readWav, type PcmClip } from '../audio';
import { readSpeechClip } from '../corpus';
import { toWireError, type WireError } from '../errors';
import { measureTurn, type TurnMeasurement, type TurnSound } from '../measurement';
import type { TurnRecord } from '../ports';

export interface MeasureRequest {
  readonly id: number;
  readonly runPath: string;
  readonly record: TurnRecord;
}

export type MeasureResponse =
  | { readonly id: number; readonly measurement: TurnMeasurement }
  | { readonly id: number; readonly error: WireError };

function soundOf(runPath: string, record: TurnRecord): TurnSound {
  const load = (path: string): ReturnType<typeof readWav> => readWav(readFileSync(join(runPath, path)));
  const received = record.received === undefined ? undefined : load(record.received.path);
  const mono: PcmClip | undefined =
    received?.channels[0] === undefined
      ? undefined
      : { samples: received.channels[0], rateHz: received.rateHz };
  return {
    capture: record.capture === undefined ? undefined : load(record.capture.path),
    prompt: readSpeechClip(record.prompt),
    received: mono,
    replies: new Map(record.replies.map(({ clip }) => [clip.id, readSpeechClip(clip)])),
  };
}

parentPort?.on('message', ({ id, runPath, record }: MeasureRequest) => {
  const answer = (response: MeasureResponse): void => parentPort?.postMessage(response);
  Promise.resolve()
    .then(() => measureTurn(record, soundOf(runPath, record)))
    .then(
      (measurement) => answer({ id, measurement }),
      (error: unknown) => answer({ id, error: toWireError(error) }),
    );
});
