import type { Playback } from '../../ports';

interface Voice {
  readonly samples: Float32Array;
  readonly gain: number;
  cursor: number;
  /** Where the fade-out starts; undefined while nobody muted it. */
  fadeFrom: number | undefined;
}

/** Where a clip stood on the rig's clock. */
export interface PlayedClip extends Playback {
  readonly endAtRigSample: number;
}

/** The output of the rig: clips that start at block boundaries, added up, limited to full scale as a converter does. */
export class PlaybackMixer {
  /** The latest clips, oldest first. */
  readonly played: PlayedClip[] = [];
  private voices: Voice[] = [];
  private nextRigSample = 0;

  constructor(
    private readonly blockSamples: number,
    private readonly fadeSamples: number,
    private readonly keepClips = 256,
  ) {}

  /** Whether the next block is silence. */
  get isIdle(): boolean {
    return this.voices.length === 0;
  }

  /** Starts a clip with the next block. */
  start(samples: Float32Array, gain: number): Playback {
    this.voices.push({ samples, gain, cursor: 0, fadeFrom: undefined });
    const playback = { startedAtRigSample: this.nextRigSample, lengthSamples: samples.length };
    this.played.push({ ...playback, endAtRigSample: this.nextRigSample + samples.length });
    if (this.played.length > this.keepClips) this.played.shift();
    return playback;
  }

  /** Fades out everything that plays, from the next block on, and drops the rest. */
  mute(): void {
    for (const voice of this.voices) voice.fadeFrom ??= voice.cursor;
  }

  /** The next block of the output. */
  next(): Float32Array {
    const block = new Float32Array(this.blockSamples);
    for (const voice of this.voices) this.mix(voice, block);
    for (let i = 0; i < block.length; i++) block[i] = Math.max(-1, Math.min(1, block[i] ?? 0));
    this.nextRigSample += this.blockSamples;
    this.voices = this.voices.filter(
      ({ samples, cursor, fadeFrom }) => cursor < samples.length && cursor < this.fadeEnd(fadeFrom),
    );
    return block;
  }

  private fadeEnd(fadeFrom: number | undefined): number {
    return fadeFrom === undefined ? Infinity : fadeFrom + this.fadeSamples;
  }

  private mix(voice: Voice, block: Float32Array): void {
    const { samples, gain, cursor, fadeFrom } = voice;
    const count = Math.min(block.length, samples.length - cursor, this.fadeEnd(fadeFrom) - cursor);
    for (let i = 0; i < count; i++) {
      const fade =
        fadeFrom === undefined
          ? 1
          : (1 + Math.cos((Math.PI * (cursor + i - fadeFrom)) / this.fadeSamples)) / 2;
      block[i] = (block[i] ?? 0) + (samples[cursor + i] ?? 0) * gain * fade;
    }
    voice.cursor += block.length;
  }
}
