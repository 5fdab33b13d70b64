import type { Later } from '../later';
import type { Heard } from './heard';

/** Tells which prompt of the corpus a stretch of received audio is. */
export interface Recogniser {
  /**
   * @param samples - Mono 16-bit at the stream's rate, from before the speech to a little after it.
   * @param leadInSamples - How many samples at the front hold no speech; they show the noise.
   * @returns The answer, later; never an error: what cannot be recognised is unknown.
   */
  recognise(samples: Int16Array, leadInSamples: number): Later<Heard>;
  close(): Promise<void>;
}
