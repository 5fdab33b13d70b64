import { parentPort, workerData } from 'node:worker_threads';
import { loadVoiceActivityDetector } from '../../audio';
import { loadCorpus } from '../../corpus';
import { conditions } from './conditions';
import { tryCase, type CaseResult } from './try-case';
import { castOf, turnCase } from './turn-case';

/** What the thread is started with. */
export interface WorkerSetup {
  readonly corpusFolder: string;
  readonly ffmpeg: boolean;
}

/** One turn that is to be tried. */
export interface CaseRequest {
  readonly condition: string;
  readonly index: number;
}

export type CaseAnswer =
  | { readonly state: 'done'; readonly result: CaseResult }
  | { readonly state: 'failed'; readonly request: CaseRequest; readonly message: string };

const { corpusFolder, ffmpeg } = workerData as WorkerSetup;
const cast = castOf(loadCorpus(corpusFolder), 'reported');
const detector = loadVoiceActivityDetector();
const byName = new Map(conditions.map((condition) => [condition.name, condition]));

async function answer(request: CaseRequest): Promise<CaseAnswer> {
  try {
    const condition = byName.get(request.condition);
    if (condition === undefined) throw new RangeError(`no condition ${request.condition}`);
    return {
      state: 'done',
      result: await tryCase(turnCase(condition, request.index, cast), { ffmpeg, vad: await detector }),
    };
  } catch (fault) {
    return {
      state: 'failed',
      request,
      message: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
    };
  }
}

parentPort?.on('message', (request: CaseRequest) => {
  void answer(request).then((reply) => parentPort?.postMessage(reply));
});
