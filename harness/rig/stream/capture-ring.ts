import type { CaptureBlock, CaptureSlice, ChannelRole, Xrun } from '../../ports';

/** How a block was timed. */
export interface BlockTiming {
  readonly hostAtMs: number;
  readonly lagMs: number;
}

/** The latest blocks of a capture; memory is taken as it fills. */
export class CaptureRing {
  private blocks: { readonly channels: readonly Float32Array[]; readonly timing: BlockTiming }[] = [];
  private blockCount = 0;
  private marks: Xrun[] | undefined;

  constructor(
    private readonly rateHz: number,
    private readonly roles: readonly ChannelRole[],
    private readonly blockSamples: number,
    private readonly capacityBlocks: number,
  ) {}

  /** From now on slices say which xruns they have, even if none: the capture is one that can have them. */
  watchXruns(): void {
    this.marks ??= [];
  }

  /** Keeps an xrun for as long as its samples are held. */
  mark(xrun: Xrun): void {
    const { oldest } = this;
    this.marks = [...(this.marks ?? []).filter(({ atRigSample }) => atRigSample >= oldest), xrun];
  }

  /** Samples captured so far. */
  get position(): number {
    return this.blockCount * this.blockSamples;
  }

  /** First sample that is still held. */
  get oldest(): number {
    return Math.max(0, this.blockCount - this.capacityBlocks) * this.blockSamples;
  }

  append(channels: readonly Float32Array[], timing: BlockTiming): CaptureBlock {
    const firstRigSample = this.position;
    this.blocks[this.blockCount % this.capacityBlocks] = { channels, timing };
    this.blockCount++;
    return { firstRigSample, channels, hostAtMs: timing.hostAtMs };
  }

  /** Samples [from, to), whole numbers, all of them captured. @throws RangeError when they are not held. */
  slice(from: number, to: number): CaptureSlice {
    if (
      !Number.isInteger(from) ||
      !Number.isInteger(to) ||
      from < this.oldest ||
      from > to ||
      to > this.position
    )
      throw new RangeError(
        `capture of samples ${from} to ${to}: the rig holds ${this.oldest} to ${this.position}`,
      );
    const channels = this.roles.map(() => new Float32Array(to - from));
    const clockPoints = [];
    let maxLagMs = 0;
    for (let index = Math.floor(from / this.blockSamples); index * this.blockSamples < to; index++) {
      const block = this.blocks[index % this.capacityBlocks];
      if (block === undefined) break;
      const first = index * this.blockSamples;
      channels.forEach((channel, role) => {
        const source = block.channels[role]?.subarray(Math.max(0, from - first), to - first);
        if (source !== undefined) channel.set(source, Math.max(0, first - from));
      });
      clockPoints.push({ rigSample: first + this.blockSamples, hostAtMs: block.timing.hostAtMs });
      maxLagMs = Math.max(maxLagMs, block.timing.lagMs);
    }
    const { rateHz, roles } = this;
    const xruns = this.marks?.filter(({ atRigSample }) => atRigSample >= from && atRigSample < to);
    return {
      firstRigSample: from,
      rateHz,
      roles,
      channels,
      clockPoints,
      maxLagMs,
      overruns: xruns?.length ?? 0,
      ...(xruns === undefined ? {} : { xruns }),
    };
  }
}
