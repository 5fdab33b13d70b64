import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SpeechClip } from '../../ports';
import { Later } from '../later';
import { heardNothing, type Heard } from './heard';
import type { Recogniser } from './recogniser';

export interface RecognitionRequest {
  readonly id: number;
  readonly samples: Int16Array<ArrayBuffer>;
  readonly leadInSamples: number;
}

export interface RecognitionAnswer {
  readonly id: number;
  readonly heard: Heard;
}

/** Recognises in a worker thread started from a compiled file; resolves once its templates are loaded. */
export async function openWorkerRecogniser(
  prompts: readonly SpeechClip[],
  workerPath: string,
): Promise<Recogniser> {
  const worker = new Worker(workerPath, { workerData: prompts });
  await once(worker, 'message');
  const open = new Map<number, Later<Heard>>();
  let nextId = 0;
  const giveUp = (): void => {
    // Without its worker the mock is deaf, not dead: everything is unknown.
    for (const later of open.values()) later.settle(heardNothing);
    open.clear();
  };
  worker.on('message', ({ id, heard }: RecognitionAnswer) => {
    open.get(id)?.settle(heard);
    open.delete(id);
  });
  let gone = false;
  worker.on('error', giveUp);
  worker.on('exit', () => {
    gone = true;
    giveUp();
  });
  worker.unref();
  return {
    recognise(samples, leadInSamples) {
      if (gone) return Later.of(heardNothing);
      const later = new Later<Heard>();
      const id = nextId++;
      open.set(id, later);
      const copy = Int16Array.from(samples);
      worker.postMessage({ id, samples: copy, leadInSamples } satisfies RecognitionRequest, [copy.buffer]);
      return later;
    },
    close: async () => {
      await worker.terminate();
    },
  };
}
