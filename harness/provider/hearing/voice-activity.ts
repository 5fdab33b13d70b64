import { dbOfGain } from '../../units';
import { BandTracker } from './band-tracker';
import { bandPass, type Filter } from './biquad';
import { StreamGap } from './stream-gap';

/** `server_vad` of reference/providers.md 2.6. */
export interface VoiceActivitySettings {
  /** 0 to 1: how far speech must stand out of the noise. */
  readonly threshold: number;
  readonly silenceDurationMs: number;
}

export type VoiceActivityEvent =
  | { readonly type: 'started'; readonly onsetAtStreamSample: number }
  /** The first quiet stretch that is long enough to start recognising; speech may still go on. */
  | { readonly type: 'lull'; readonly onsetAtStreamSample: number; readonly offsetAtStreamSample: number }
  /** Speech goes on after a lull. */
  | { readonly type: 'resumed' }
  | {
      readonly type: 'stopped';
      readonly onsetAtStreamSample: number;
      /** Last loud sample. */
      readonly offsetAtStreamSample: number;
      /** First sample after the silence window. */
      readonly endAtStreamSample: number;
    };

const FRAME_MS = 20;
const FRAMES_TO_START = 3;
/** Quiet before recognition is tried: longer than most stops inside words, early in a 200 ms window. */
const LULL_MS = 80;
/** Vowels and fricatives are judged apart, so that neither hides under the other's noise. */
const BANDS_HZ = [
  [120, 3400],
  [3400, 7600],
] as const;

/**
 * Finds speech in a mono 16-bit stream by the RMS of 20 ms frames in two bands against a noise floor that it learns. All
 * positions count stream samples from the first that was pushed, so nothing depends on when packets arrive.
 */
export class VoiceActivity {
  private readonly frameSamples: number;
  private readonly bands: { readonly filter: Filter; readonly tracker: BandTracker; energy: number }[];
  private filled = 0;
  private position: number;
  private loudRun = 0;
  private quietFrames = 0;
  private onset = 0;
  private lastLoud = 0;
  private speaking = false;
  private candidate = 0;
  private readonly gap: StreamGap;

  constructor(
    rateHz: number,
    public settings: VoiceActivitySettings,
    firstStreamSample = 0,
  ) {
    this.position = firstStreamSample;
    this.frameSamples = Math.round((FRAME_MS * rateHz) / 1000);
    this.gap = new StreamGap(rateHz);
    this.bands = BANDS_HZ.filter(([, highHz]) => highHz < rateHz / 2).map(([lowHz, highHz]) => ({
      filter: bandPass(lowHz, highHz, rateHz),
      tracker: new BandTracker(),
      energy: 0,
    }));
  }

  /** True between `started` and `stopped`. */
  get inSpeech(): boolean {
    return this.speaking;
  }

  /** Takes the next samples and says what they decided, oldest first. */
  push(samples: Int16Array): VoiceActivityEvent[] {
    const events: VoiceActivityEvent[] = [];
    let from = 0;
    while (from < samples.length) {
      const count = Math.min(samples.length - from, this.frameSamples - this.filled);
      for (const band of this.bands) band.energy += band.filter(samples, from, from + count);
      this.gap.push(samples, from, from + count);
      from += count;
      this.filled += count;
      this.position += count;
      if (this.filled === this.frameSamples) this.endFrame(events);
    }
    return events;
  }

  /** Forgets speech in progress but not the noise floor; the stream goes on. */
  reset(): void {
    this.speaking = false;
    this.loudRun = 0;
    this.quietFrames = 0;
  }

  private endFrame(events: VoiceActivityEvent[]): void {
    const learns = !this.gap.endFrame();
    let starts = false;
    let stays = false;
    for (const band of this.bands) {
      const levelDbFs = dbOfGain(Math.sqrt(band.energy / this.frameSamples));
      const verdict = band.tracker.judge(levelDbFs, this.settings.threshold, this.speaking, learns);
      starts ||= verdict === 'loud';
      stays ||= verdict !== 'quiet';
      band.energy = 0;
    }
    this.filled = 0;
    if (this.speaking) this.goOn(stays, events);
    else this.wait(starts, stays, events);
  }

  private wait(starts: boolean, stays: boolean, events: VoiceActivityEvent[]): void {
    // The onset reaches back over the softer frames that led into the loud ones.
    if (!stays) this.candidate = this.position;
    this.loudRun = starts ? this.loudRun + 1 : 0;
    if (this.loudRun < FRAMES_TO_START) return;
    const furthestBack = this.position - 8 * this.frameSamples;
    this.onset = Math.max(this.candidate, furthestBack, 0);
    this.speaking = true;
    this.quietFrames = 0;
    this.lastLoud = this.position - 1;
    events.push({ type: 'started', onsetAtStreamSample: this.onset });
  }

  private goOn(loud: boolean, events: VoiceActivityEvent[]): void {
    const lullFrames = Math.ceil(LULL_MS / FRAME_MS);
    if (loud) {
      if (this.quietFrames >= lullFrames) events.push({ type: 'resumed' });
      this.quietFrames = 0;
      this.lastLoud = this.position - 1;
      return;
    }
    this.quietFrames += 1;
    const span = { onsetAtStreamSample: this.onset, offsetAtStreamSample: this.lastLoud };
    if (this.quietFrames === lullFrames) events.push({ type: 'lull', ...span });
    if (this.quietFrames * FRAME_MS < this.settings.silenceDurationMs) return;
    this.reset();
    this.candidate = this.position;
    for (const band of this.bands) band.tracker.endSpeech();
    events.push({ type: 'stopped', ...span, endAtStreamSample: this.position });
  }
}
