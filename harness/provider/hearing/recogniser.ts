import type { SampleSpan } from '../../audio';
import type { Cancel } from '../../ports';
import type { Later } from '../later';
import type { Heard } from './heard';

/** One question to the recogniser. */
export interface Recognition {
  readonly heard: Later<Heard>;
  /** The utterance is over: it goes ahead of those that may still go on. */
  readonly hurry: () => void;
  /** Nobody wants the answer any more; `heard` may never settle. */
  readonly abandon: () => void;
}

/** Tells which prompt of the corpus a stretch of received audio is. */
export interface Recogniser {
  /**
   * @param samples - Mono 16-bit at the stream's rate, from before the speech to a little after it; handed over for good.
   * @param leadInSamples - How many samples at the front hold no speech; they show the noise.
   * @param invented - Which of the samples stand in for lost sound: they are no evidence. Default: none.
   * @returns The answer, later; never an error: what cannot be recognised is unknown.
   */
  recognise(samples: Int16Array, leadInSamples: number, invented?: readonly SampleSpan[]): Recognition;
  /** How many sessions it hears at the moment: recognising for a crowd must not keep the sockets of all of them waiting. */
  serves(sessions: number): void;
  /** Calls back once when it can recognise no more. What was asked and what is asked then gets no answer. */
  onLost(listener: (error: Error) => void): Cancel;
  /** Ends it; what was asked gets no answer. */
  close(): Promise<void>;
}

/** A question that is answered at once or by somebody else. */
export const recognitionOf = (heard: Later<Heard>): Recognition => ({
  heard,
  hurry: () => undefined,
  abandon: () => undefined,
});
