/** PSRAM that the firmware gives to replies: 4 MiB, 87 s of 24 kHz mono 16 bit. */
const LIMIT_SAMPLES = (4 << 20) / 2;

/** Deltas that are shorter are joined, so that a service that drips samples costs no more than one that pours them. */
const JOINED_SAMPLES = 4_800;
const LIMIT_PIECES = 1_024;

/** A stretch of consecutive samples of one reply item, `startFrame` frames into what was taken. */
export interface ItemRun {
  readonly itemId: string;
  /** Index in the item, counted from its first received sample. */
  readonly sourceSample: number;
  readonly startFrame: number;
  readonly lengthSamples: number;
}

interface Piece {
  readonly itemId: string;
  sourceSample: number;
  samples: Int16Array;
}

/** Reply audio that was received and is not in the DMA chain yet: mono, 16 bit, 24 000 Hz, oldest first. */
export class PlayQueue {
  private pieces: Piece[] = [];
  private queued = 0;

  get lengthSamples(): number {
    return this.queued;
  }

  /** Items that wait, in order of play, each once. */
  get itemIds(): readonly string[] {
    return [...new Set(this.pieces.map((piece) => piece.itemId))];
  }

  /** False when there is no room, and then nothing was taken. */
  add(itemId: string, sourceSample: number, samples: Int16Array): boolean {
    if (samples.length === 0) return true;
    if (this.queued + samples.length > LIMIT_SAMPLES) return false;
    const last = this.pieces.at(-1);
    const follows =
      last !== undefined &&
      last.itemId === itemId &&
      last.sourceSample + last.samples.length === sourceSample &&
      last.samples.length < JOINED_SAMPLES;
    if (follows) last.samples = joined(last.samples, samples);
    else if (this.pieces.length < LIMIT_PIECES) this.pieces.push({ itemId, sourceSample, samples });
    else return false;
    this.queued += samples.length;
    return true;
  }

  /** Fills a buffer as far as there is sound, the rest with silence, and says what is where. */
  fill(into: Int16Array): ItemRun[] {
    const runs: ItemRun[] = [];
    let frame = 0;
    while (frame < into.length) {
      const piece = this.pieces[0];
      if (piece === undefined) break;
      const taken = piece.samples.subarray(0, into.length - frame);
      into.set(taken, frame);
      runs.push({
        itemId: piece.itemId,
        sourceSample: piece.sourceSample,
        startFrame: frame,
        lengthSamples: taken.length,
      });
      frame += taken.length;
      this.queued -= taken.length;
      piece.samples = piece.samples.subarray(taken.length);
      piece.sourceSample += taken.length;
      if (piece.samples.length === 0) this.pieces.shift();
    }
    into.fill(0, frame);
    return runs;
  }

  clear(): void {
    this.pieces = [];
    this.queued = 0;
  }
}

function joined(first: Int16Array, second: Int16Array): Int16Array {
  const both = new Int16Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
