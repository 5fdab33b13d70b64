/** Worker thread of the recogniser: loads the templates, says so, then answers one question after the other. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { SpeechClip } from '../../ports';
import { giveWay } from './give-way';
import { loadListener } from './load-listener';
import type { RecognitionAnswer, RecognitionRequest } from './worker-recogniser';

// On Linux 0 is this thread alone: whoever recognises must not keep the sockets waiting.
if (process.platform === 'linux') setPriority(0, 5);
const listen = loadListener(workerData as readonly SpeechClip[], giveWay());
parentPort?.on('message', ({ samples, leadInSamples, invented }: RecognitionRequest) => {
  parentPort?.postMessage({ heard: listen(samples, leadInSamples, invented) } satisfies RecognitionAnswer);
});
parentPort?.postMessage('ready');
