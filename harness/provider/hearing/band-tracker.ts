/** `loud` may start speech, `soft` only prolongs it. */
export type FrameVerdict = 'loud' | 'soft' | 'quiet';

/** Below this nothing is speech: 21 dB under the faintest talker that the bench knows (-45 dBFS). */
const LOWEST_FLOOR_DBFS = -72;
/** A stream that begins in the middle of speech must not take it for noise. */
const HIGHEST_FIRST_FLOOR_DBFS = -45;
/** How far under the talker's recent peak a frame still counts: reverberant tails fall below it, word ends do not. */
const BELOW_PEAK_DB = 24;
/** 1.2 s of frames: nobody speaks longer without one quiet frame, but noise that rose stays up. */
const MINIMUM_FRAMES = 60;
/** Before the fifth frame nothing is speech; until the fifteenth a level that holds for 80 ms is taken for noise. */
const FIRST_FRAMES = 5;
const LEARNING_FRAMES = 15;
const STEADY_FRAMES = 4;
const STEADY_DB = 2.5;

/** Judges the level of one band's 20 ms frames against its noise floor and the talker's recent peak. */
export class BandTracker {
  private floorDbFs: number | undefined;
  private peakDbFs = -Infinity;
  private readonly recent: number[] = [];
  private frames = 0;

  /**
   * @param threshold - 0 to 1; 0.5 asks 6 dB over the floor to start and 3 dB to stay.
   * @param learns - False: the frame is judged and says nothing of the noise.
   */
  judge(levelDbFs: number, threshold: number, inSpeech: boolean, learns = true): FrameVerdict {
    const level = Math.max(levelDbFs, LOWEST_FLOOR_DBFS - 8);
    if (learns) this.recent.push(level);
    if (this.recent.length > MINIMUM_FRAMES) this.recent.shift();
    const floor = learns ? this.firstFloor(level) : (this.floorDbFs ?? level);
    if (++this.frames < FIRST_FRAMES) return 'quiet';
    const startDb = 3 + 6 * threshold;
    const base = Math.max(floor, LOWEST_FLOOR_DBFS);
    const stayAt = Math.max(base + startDb / 2, this.peakDbFs - BELOW_PEAK_DB);
    const verdict = level > base + startDb ? 'loud' : level > stayAt ? 'soft' : 'quiet';
    if (learns) this.learn(level, verdict, inSpeech);
    return inSpeech && level <= stayAt ? 'quiet' : verdict;
  }

  endSpeech(): void {
    this.peakDbFs = -Infinity;
  }

  /** The floor, with what the very beginning of the stream says about it: a sound that holds its level is noise. */
  private firstFloor(level: number): number {
    const floor = (this.floorDbFs ??= Math.min(level, HIGHEST_FIRST_FLOOR_DBFS));
    if (this.frames > LEARNING_FRAMES) return floor;
    const last = this.recent.slice(-STEADY_FRAMES);
    const lowest = Math.min(...last);
    const steady = last.length === STEADY_FRAMES && Math.max(...last) - lowest < STEADY_DB;
    return steady && lowest > floor ? (this.floorDbFs = lowest + 0.5) : floor;
  }

  private learn(level: number, verdict: FrameVerdict, inSpeech: boolean): void {
    const floor = this.floorDbFs ?? level;
    if (inSpeech) this.peakDbFs = Math.max(level, this.peakDbFs - 0.1);
    // Down at once, up slowly: the floor is the mean of frames that are not speech.
    if (level < floor - 3) this.floorDbFs = level + 1;
    else if (verdict === 'quiet') this.floorDbFs = floor + (level - floor) * (inSpeech ? 0.03 : 0.1);
    if (this.recent.length === MINIMUM_FRAMES) {
      const lowest = Math.min(...this.recent);
      if (lowest > floor) this.floorDbFs = lowest + 1;
    }
  }
}
