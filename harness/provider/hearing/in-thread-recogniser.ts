import type { SpeechClip } from '../../ports';
import { Later } from '../later';
import { loadListener } from './load-listener';
import { recognitionOf, type Recogniser } from './recogniser';

/** Recognises in the calling thread, in the tick of the question. */
export function inThreadRecogniser(prompts: readonly SpeechClip[]): Recogniser {
  const listen = loadListener(prompts);
  return {
    recognise: (samples, leadInSamples, invented) =>
      recognitionOf(Later.of(listen(samples, leadInSamples, invented))),
    serves: () => undefined,
    // It goes when this process goes.
    onLost: () => () => undefined,
    close: () => Promise.resolve(),
  };
}
