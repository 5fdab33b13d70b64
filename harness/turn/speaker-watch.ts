import type { AudioRig, CaptureBlock } from '../ports';

/** A block this far above the quietest of late counts as sound. Speech pauses fall by more, comfort noise rises by less. */
const LOUD_ABOVE_FLOOR_DB = 12;
/** The floor is the quietest block of this long a stretch: longer than any reply's pauses, shorter than a room's change. */
const FLOOR_WINDOW_MS = 8_000;
/** Nothing below this is sound, however quiet the floor: an unplugged input has digital silence. */
const LOWEST_LOUD_DB_FS = -75;

const levelDbFs = (samples: Float32Array): number => {
  let energy = 0;
  for (let at = 0; at < samples.length; at += 1) energy += (samples[at] as number) ** 2;
  return 10 * Math.log10(energy / Math.max(1, samples.length) + 1e-12);
};

/** Listens to the speaker channel, as long as the rig is open, and knows for how long it has been quiet. */
export class SpeakerWatch {
  private readonly levels: { readonly levelDbFs: number; readonly lengthMs: number }[] = [];
  private keptMs = 0;
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
    this.levels.push({ levelDbFs: level, lengthMs });
    this.keptMs += lengthMs;
    while (this.keptMs > FLOOR_WINDOW_MS) this.keptMs -= this.levels.shift()?.lengthMs ?? this.keptMs;
    let floor = level;
    for (const kept of this.levels) floor = Math.min(floor, kept.levelDbFs);
    const loud = level > Math.max(floor + LOUD_ABOVE_FLOOR_DB, LOWEST_LOUD_DB_FS);
    this.quietForMs = loud ? 0 : this.quietForMs + lengthMs;
    if (loud) this.soundForMs += lengthMs;
  }
}
