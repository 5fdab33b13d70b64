import type { PcmClip } from './pcm-clip';

/** 64 MiB: 350 s at 48 000 Hz. */
const MOST_SAMPLES = 16 << 20;

/** Clips by key, those that were asked for last; whoever made one can make it again. */
export class ClipShelf {
  private readonly clips = new Map<string, PcmClip>();
  private samples = 0;

  /** @param mostSamples - Of all clips together; a clip that is longer is not kept. */
  constructor(private readonly mostSamples = MOST_SAMPLES) {}

  /** Undefined: it is not held, or not any more. */
  get(key: string): PcmClip | undefined {
    const clip = this.clips.get(key);
    if (clip === undefined) return undefined;
    this.clips.delete(key);
    this.clips.set(key, clip);
    return clip;
  }

  put(key: string, clip: PcmClip): void {
    this.drop(key);
    this.clips.set(key, clip);
    this.samples += clip.samples.length;
    for (const oldest of this.clips.keys()) {
      if (this.samples <= this.mostSamples) return;
      this.drop(oldest);
    }
  }

  private drop(key: string): void {
    this.samples -= this.clips.get(key)?.samples.length ?? 0;
    this.clips.delete(key);
  }
}
