import { PlayQueue, type ItemRun } from './play-queue';

/** The fault `stutter`: after so many descriptors of a reply, 600 ms, the player task misses its turn once. */
const STARVED_AFTER = 60;

interface Descriptor {
  readonly frames: Int16Array;
  runs: readonly ItemRun[];
}

/** What left the chain: frames as the codec got them, and which of them belong to which reply item. */
export interface Transmitted {
  readonly frames: Int16Array;
  readonly runs: readonly ItemRun[];
}

/** How far an item was played when playback stopped. */
export interface StoppedItem {
  readonly itemId: string;
  readonly playedSamples: number;
}

/** Queues a little more of what is to be played; false when there is nothing. */
export type Supply = () => boolean;

/** What the task that refills the chain does. */
export interface Refilling {
  /** True: every 600 ms of a reply the chain is not refilled for one round, and plays again as it is. */
  readonly starves?: () => boolean;
  /** Asked for more when what is queued does not fill a descriptor. */
  readonly supply?: Supply;
  /** Told when a descriptor was refilled with sound of a reply. */
  readonly wrote?: () => void;
}

/**
 * The I2S transmit chain: descriptors that the peripheral plays one after the other, for ever. The player task refills a
 * descriptor the moment it was played, with the next of the reply or with silence, so the chain is always full and a
 * reply's first sample waits behind all the other descriptors: between (n − 1) and n descriptors long.
 */
export class DmaChain {
  private readonly queue = new PlayQueue();
  private readonly ring: Descriptor[] = [];
  /** Frames of the first descriptor that were played. */
  private played = 0;
  private last: StoppedItem | undefined;
  /** Descriptors with sound of a reply that were refilled in time, since one was not. */
  private refilled = 0;
  /** Descriptors that the peripheral has still to play again as they are. */
  private again = 0;

  constructor(
    descriptors: number,
    private readonly framesEach: number,
    private readonly refilling: Refilling = {},
  ) {
    this.resize(descriptors);
  }

  /** Has so many descriptors from here on, the ones that come or stay silent: for firmware that starts. */
  resize(descriptors: number): void {
    this.played = 0;
    this.ring.length = 0;
    for (let index = 0; index < descriptors; index += 1)
      this.ring.push({ frames: new Int16Array(this.framesEach), runs: [] });
  }

  /** Queues samples of a reply item; false when the board has no memory left for them. */
  play(itemId: string, sourceSample: number, samples: Int16Array): boolean {
    return this.queue.add(itemId, sourceSample, samples);
  }

  /** True while any sample of a reply has still to leave. */
  get isPlaying(): boolean {
    return this.queue.lengthSamples > 0 || this.unplayedRuns().length > 0;
  }

  /** Plays `count` frames. */
  transmit(count: number): Transmitted {
    const frames = new Int16Array(count);
    const runs: ItemRun[] = [];
    let done = 0;
    while (done < count) {
      const descriptor = this.ring[0] as Descriptor;
      const end = Math.min(descriptor.frames.length, this.played + count - done);
      frames.set(descriptor.frames.subarray(this.played, end), done);
      for (const run of cut(descriptor.runs, this.played, end))
        append(runs, { ...run, startFrame: run.startFrame - this.played + done });
      done += end - this.played;
      this.played = end;
      if (end === descriptor.frames.length) this.rotate();
    }
    const heard = runs.at(-1);
    if (heard !== undefined)
      this.last = { itemId: heard.itemId, playedSamples: heard.sourceSample + heard.lengthSamples };
    return { frames, runs };
  }

  /** Silences the chain at once. Gives back the items that were cut, the one being played first; none when idle. */
  flush(): StoppedItem[] {
    const cutIds = [...new Set([...this.unplayedRuns().map((run) => run.itemId), ...this.queue.itemIds])];
    this.queue.clear();
    for (const descriptor of this.ring) {
      descriptor.frames.fill(0);
      descriptor.runs = [];
    }
    return cutIds.map((itemId) => ({
      itemId,
      playedSamples: this.last?.itemId === itemId ? this.last.playedSamples : 0,
    }));
  }

  private unplayedRuns(): ItemRun[] {
    return this.ring.flatMap((descriptor, index) =>
      index === 0 ? cut(descriptor.runs, this.played, descriptor.frames.length) : [...descriptor.runs],
    );
  }

  private rotate(): void {
    const descriptor = this.ring.shift() as Descriptor;
    if (!this.isStarved(descriptor)) {
      const { supply = () => false } = this.refilling;
      while (this.queue.lengthSamples < descriptor.frames.length && supply());
      descriptor.runs = this.queue.fill(descriptor.frames);
      if (descriptor.runs.length > 0) this.refilling.wrote?.();
    }
    this.ring.push(descriptor);
    this.played = 0;
  }

  private isStarved({ runs }: Descriptor): boolean {
    if (this.refilling.starves?.() !== true || runs.length === 0) {
      this.again = 0;
      return false;
    }
    if (this.again === 0 && ++this.refilled > STARVED_AFTER) {
      this.refilled = 0;
      this.again = this.ring.length + 1;
    }
    if (this.again === 0) return false;
    this.again -= 1;
    return true;
  }
}

/** The parts of runs that lie between two frames. */
function cut(runs: readonly ItemRun[], from: number, to: number): ItemRun[] {
  return runs.flatMap((run) => {
    const start = Math.max(run.startFrame, from);
    const end = Math.min(run.startFrame + run.lengthSamples, to);
    const sourceSample = run.sourceSample + start - run.startFrame;
    return end > start
      ? [{ itemId: run.itemId, sourceSample, startFrame: start, lengthSamples: end - start }]
      : [];
  });
}

/** Adds a run, joined with the one before when nothing lies between them. */
function append(runs: ItemRun[], run: ItemRun): void {
  const before = runs.at(-1);
  const follows =
    before !== undefined &&
    before.itemId === run.itemId &&
    before.sourceSample + before.lengthSamples === run.sourceSample &&
    before.startFrame + before.lengthSamples === run.startFrame;
  if (follows) runs[runs.length - 1] = { ...before, lengthSamples: before.lengthSamples + run.lengthSamples };
  else runs.push(run);
}
