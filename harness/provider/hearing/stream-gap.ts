/** Zeros for so long are no microphone's noise: a sender paused, or its packets are late. */
const GAP_MS = 2;
/** Zeros that go on for so long, 1.2 s, are how the stream is. */
const LONGEST_GAP_FRAMES = 60;

/** Tells frames that hold no sound at all: what came before and comes behind a gap says what the noise is, the gap does not. */
export class StreamGap {
  private readonly gapSamples: number;
  private zeros = 0;
  private inFrame = false;
  private frames = 0;
  /** A frame without a gap was heard. */
  private sounded = false;

  constructor(rateHz: number) {
    this.gapSamples = Math.round((GAP_MS * rateHz) / 1000);
  }

  /** Takes samples of the frame in progress. */
  push(samples: Int16Array, from: number, to: number): void {
    const { gapSamples } = this;
    let { zeros, inFrame } = this;
    for (let n = from; n < to; n++) {
      zeros = samples[n] === 0 ? zeros + 1 : 0;
      if (zeros >= gapSamples) inFrame = true;
    }
    this.zeros = zeros;
    this.inFrame = inFrame;
  }

  /** Ends the frame. @returns Whether it lies in a gap, or holds an end of one. */
  endFrame(): boolean {
    this.frames = this.inFrame ? this.frames + 1 : 0;
    this.sounded ||= !this.inFrame;
    this.inFrame = false;
    return this.sounded && this.frames > 0 && this.frames <= LONGEST_GAP_FRAMES;
  }
}
