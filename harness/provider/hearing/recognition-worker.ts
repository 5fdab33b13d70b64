/** Worker thread of the recogniser: loads the templates, says so, then answers one question after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { giveThreadWay } from '../../ports';
import { giveWay } from './give-way';
import { runOnlyWhenIdle } from './idle-priority';
import { loadListener } from './load-listener';
import type {
  RecognitionAnswer,
  RecognitionOrder,
  RecognitionRequest,
  RecognitionStaff,
} from './worker-recogniser';

const { prompts, forCrowd } = workerData as RecognitionStaff;

// Whoever recognises must not keep the sockets waiting.
giveThreadWay(5);
if (forCrowd) runOnlyWhenIdle();
const listen = loadListener(prompts, giveWay());
parentPort?.on('message', (request: RecognitionRequest | RecognitionOrder) => {
  if (request === 'crowd') {
    runOnlyWhenIdle();
    return;
  }
  const { samples, leadInSamples, invented } = request;
  parentPort?.postMessage({ heard: listen(samples, leadInSamples, invented) } satisfies RecognitionAnswer);
});
parentPort?.postMessage('ready');
