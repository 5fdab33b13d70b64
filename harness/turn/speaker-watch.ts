import type { AudioRig, CaptureBlock } from '../ports';

/** A block this far above the quietest of late counts as sound. Speech pauses fall by more, comfort noise rises by less. */
const LOUD_ABOVE_FLOOR_DB = 12;
/** The floor is the quietest block of this long a stretch: longer than any reply's pauses, shorter than a room's change. */
const FLOOR_WINDOW_MS = 8_000;
/** Nothing below this is sound, however quiet the floor: an unplugged input has digital silence. */
const LOWEST_LOUD_DB_FS = -75;

const levelDbFs = (samples: Float32Array): number => {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return 10 * Math.log10(energy / Math.max(1, samples.length) + 1e-12);
};

/**
 * The quietest of the blocks of late. Only blocks that none behind them is quieter than can become it again: asked at every block of
 * every rig, it looks at few of them.
 */
class FloorLevel {
  private readonly quiet: { readonly levelDbFs: number; readonly fromMs: number }[] = [];
  private heardMs = 0;

  /** Takes the next block. */
  with(levelDbFs: number, lengthMs: number): number {
    while ((this.quiet.at(-1)?.levelDbFs ?? -Infinity) >= levelDbFs) this.quiet.pop();
    this.quiet.push({ levelDbFs, fromMs: this.heardMs });
    this.heardMs += lengthMs;
    while ((this.quiet[0]?.fromMs ?? this.heardMs) < this.heardMs - FLOOR_WINDOW_MS) this.quiet.shift();
    return this.quiet[0]?.levelDbFs ?? levelDbFs;
  }
}

/** Listens to the speaker channel, as long as the rig is open, and knows for how long it has been quiet. */
export class SpeakerWatch {
  private readonly floor = new FloorLevel();
  private quietForMs = 0;
  private soundForMs = 0;
  private readonly speaker: number;

  constructor(private readonly rig: AudioRig) {
    this.speaker = rig.roles.indexOf('speaker');
    rig.onBlock((block) => this.take(block));
  }

  /** Milliseconds of quiet up to the newest block. */
  get quietMs(): number {
    return this.quietForMs;
  }

  /** Milliseconds of sound since the last restart. */
  get soundMs(): number {
    return this.soundForMs;
  }

  /** Starts counting afresh: the next blocks decide. */
  restart(): void {
    this.quietForMs = 0;
    this.soundForMs = 0;
  }

  private take(block: CaptureBlock): void {
    const samples = block.channels[this.speaker];
    if (samples === undefined) return;
    const level = levelDbFs(samples);
    const lengthMs = (samples.length * 1000) / this.rig.rateHz;
    const floor = this.floor.with(level, lengthMs);
    const loud = level > Math.max(floor + LOUD_ABOVE_FLOOR_DB, LOWEST_LOUD_DB_FS);
    this.quietForMs = loud ? 0 : this.quietForMs + lengthMs;
    if (loud) this.soundForMs += lengthMs;
  }
}
