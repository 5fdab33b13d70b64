/** Worker thread of the recogniser: loads the templates, says so, then answers one question after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import type { SpeechClip } from '../../ports';
import { loadListener } from './load-listener';
import type { RecognitionAnswer, RecognitionRequest } from './worker-recogniser';

const listen = loadListener(workerData as readonly SpeechClip[]);
parentPort?.on('message', ({ samples, leadInSamples }: RecognitionRequest) => {
  parentPort?.postMessage({ heard: listen(samples, leadInSamples) } satisfies RecognitionAnswer);
});
parentPort?.postMessage('ready');
