import { RateConverter } from '../../../harness/audio';
import { EchoFilter, LONGEST_PIECE_SAMPLES, WINDOW_SAMPLES } from './echo-filter';
import { fromPcm16, toPcm16 } from './pcm16';
import { ResidualSuppressor } from './residual-suppressor';

/**
 * The echo cannot be in the microphone earlier than this after the frame left the DAC: both go over the audio link in
 * blocks, and only frames that have left are known when the microphone is heard.
 */
const LEAST_DELAY_MS = 9;

/**
 * Takes the board's own voice out of its microphone, as the AEC of a speech front end does: the reference is what leaves
 * the DAC, the microphone comes back without delay, and bit for bit as it was while nothing has been played.
 */
export class EchoCanceller {
  private readonly toMicrophoneRate: RateConverter;
  private readonly leastDelaySamples: number;
  private readonly filter = new EchoFilter();
  private readonly suppressor = new ResidualSuppressor();
  /** The reference at the microphone's rate, `farStart` its first sample's index. */
  private far = new Float32Array(0);
  private farStart = 0;
  /** After the last sample of the reference that was not silence. */
  private soundEnd = -Infinity;
  private heard = 0;

  /** Sample 0 of the microphone and frame 0 of the reference are at one time; make a new one where they are not any more. */
  constructor(dacRateHz: number, microphoneRateHz: number) {
    this.toMicrophoneRate = new RateConverter(dacRateHz, microphoneRateHz);
    this.leastDelaySamples = (LEAST_DELAY_MS * microphoneRateHz) / 1000;
  }

  /** Takes the frames that left the DAC. */
  play(frames: Int16Array): void {
    const fresh = this.toMicrophoneRate.push(fromPcm16(frames));
    const lastSound = fresh.findLastIndex((sample) => sample !== 0);
    if (lastSound >= 0) this.soundEnd = this.farStart + this.far.length + lastSound + 1;
    const joined = new Float32Array(this.far.length + fresh.length);
    joined.set(this.far);
    joined.set(fresh, this.far.length);
    this.far = joined;
  }

  /** The microphone without the board's own voice. */
  hear(microphone: Int16Array): Int16Array {
    const out = new Int16Array(microphone.length);
    for (let start = 0; start < microphone.length; start += LONGEST_PIECE_SAMPLES)
      out.set(this.piece(microphone.subarray(start, start + LONGEST_PIECE_SAMPLES)), start);
    return out;
  }

  private piece(microphone: Int16Array): Int16Array {
    this.heard += microphone.length;
    const end = this.heard - this.leastDelaySamples;
    const near = fromPcm16(microphone);
    const window = this.windowUpTo(end);
    if (this.soundEnd <= end - WINDOW_SAMPLES) {
      this.suppressor.rest(near);
      return microphone;
    }
    return toPcm16(this.suppressor.suppress(this.filter.cancel(window, near)));
  }

  /** The reference before an index; what is not known counts as silence. */
  private windowUpTo(end: number): Float32Array {
    const first = end - WINDOW_SAMPLES;
    const dropped = Math.min(this.far.length, Math.max(0, first - this.farStart));
    this.far = this.far.subarray(dropped);
    this.farStart += dropped;
    const window = new Float32Array(WINDOW_SAMPLES);
    const from = this.farStart - first;
    if (from < WINDOW_SAMPLES) window.set(this.far.subarray(0, WINDOW_SAMPLES - from), from);
    return window;
  }
}
