import type { SampleSpan } from '../../audio';
import type { ReceivedPacket } from '../../ports';

const MOST_PACKETS = 60_000;
/** A second of the usual 20 ms packets. */
const BLOCK_MS = 1000;
/** So many that a flood of tiny packets does not leave the blocks empty. */
const BLOCK_PACKETS = 512;

/** Packets that follow one another, side by side in few arrays: one array a packet would keep the garbage collector busy. */
interface Block {
  readonly samples: Int16Array;
  /** Stream sample of each packet's first sample. */
  readonly starts: Float64Array;
  readonly arrivals: Float64Array;
  /** How many packets and samples there are in it; the first packets may be held no longer. */
  packets: number;
  used: number;
  gone: number;
}

/** Audio of a stretch of the stream, with the packets that brought it. */
export interface HeldAudio {
  readonly firstStreamSample: number;
  readonly samples: Int16Array;
  readonly packets: readonly ReceivedPacket[];
}

const firstSampleOf = ({ starts }: Block): number => starts[0] ?? 0;
const endOf = (block: Block): number => firstSampleOf(block) + block.used;
const startOf = (block: Block, packet: number): number =>
  packet < block.packets ? (block.starts[packet] ?? 0) : endOf(block);

/**
 * What a session received, newest last: mono 16-bit samples counted from the session's first, packet by packet with the
 * time of arrival. Only the last `keepSamples` are held, whole packets at a time, and no more than 60 000 packets: 2 ms each
 * for two minutes, so that a flood of tiny ones costs no more memory than sound does.
 */
export class ReceivedStream {
  private readonly blocks: Block[] = [];
  private readonly blockSamples: number;
  /** Stream samples that stand in for sound that was lost, oldest first, apart. */
  private readonly invented: SampleSpan[] = [];
  private spare: Block | undefined;
  private heldSamples = 0;
  private heldPackets = 0;
  private total = 0;

  constructor(
    readonly rateHz: number,
    private readonly keepSamples: number,
  ) {
    this.blockSamples = Math.ceil((BLOCK_MS * rateHz) / 1000);
  }

  /** Samples received so far, dropped ones included. */
  get lengthSamples(): number {
    return this.total;
  }

  /**
   * Takes a copy of samples.
   * @param isInvented - They stand in for sound that was lost.
   */
  push(samples: Int16Array, hostAtMs: number, isInvented = false): void {
    if (samples.length === 0) return;
    if (isInvented) this.noteInvented(samples.length);
    const block = this.blockFor(samples.length);
    block.samples.set(samples, block.used);
    block.starts[block.packets] = this.total;
    block.arrivals[block.packets] = hostAtMs;
    block.packets += 1;
    block.used += samples.length;
    this.total += samples.length;
    this.heldSamples += samples.length;
    this.heldPackets += 1;
    this.dropOldest();
  }

  /** Samples [from, to) as far as they are held. */
  slice(fromStreamSample: number, toStreamSample: number): Int16Array<ArrayBuffer> {
    const first = Math.max(fromStreamSample, this.total - this.heldSamples);
    const last = Math.min(toStreamSample, this.total);
    const out = new Int16Array(Math.max(0, last - first));
    for (let index = this.blocks.length - 1; index >= 0; index--) {
      const block = this.blocks[index] as Block;
      const start = firstSampleOf(block);
      if (endOf(block) <= first) break;
      if (start >= last) continue;
      const part = block.samples.subarray(Math.max(0, first - start), Math.min(block.used, last - start));
      out.set(part, Math.max(0, start - first));
    }
    return out;
  }

  /** Which of samples [from, to) stand in for lost sound, counted from `from`, in order and apart. */
  inventedIn(fromStreamSample: number, toStreamSample: number): readonly SampleSpan[] {
    return this.invented.flatMap((span) => {
      const from = Math.max(span.from, fromStreamSample);
      const to = Math.min(span.to, toStreamSample);
      return from < to ? [{ from: from - fromStreamSample, to: to - fromStreamSample }] : [];
    });
  }

  /** When the packet with a stream sample had arrived; undefined when it is not held. */
  arrivalOf(streamSample: number): number | undefined {
    const block = this.blocks.findLast((one) => firstSampleOf(one) <= streamSample);
    if (block === undefined || streamSample >= endOf(block)) return undefined;
    for (let packet = block.packets - 1; packet >= block.gone; packet--) {
      if (startOf(block, packet) <= streamSample) return block.arrivals[packet];
    }
    return undefined;
  }

  /** Packets that arrived in [from, to] of host time; undefined when none did. */
  arrivedIn(fromHostAtMs: number, toHostAtMs: number): HeldAudio | undefined {
    const packets: ReceivedPacket[] = [];
    for (const block of this.blocks) {
      for (let packet = block.gone; packet < block.packets; packet++) {
        const hostAtMs = block.arrivals[packet] ?? NaN;
        if (!(hostAtMs >= fromHostAtMs && hostAtMs <= toHostAtMs)) continue;
        const streamSample = startOf(block, packet);
        packets.push({ streamSample, lengthSamples: startOf(block, packet + 1) - streamSample, hostAtMs });
      }
    }
    const [first] = packets;
    const last = packets.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const samples = this.slice(first.streamSample, last.streamSample + last.lengthSamples);
    return { firstStreamSample: first.streamSample, samples, packets };
  }

  private noteInvented(lengthSamples: number): void {
    const { invented, total } = this;
    const last = invented.at(-1);
    const from = last?.to === total ? (invented.pop() as SampleSpan).from : total;
    invented.push({ from, to: total + lengthSamples });
    while ((invented[0]?.to ?? Infinity) < total - this.keepSamples) invented.shift();
  }

  /** The block that the next packet goes into. */
  private blockFor(lengthSamples: number): Block {
    const newest = this.blocks.at(-1);
    if (
      newest !== undefined &&
      newest.packets < BLOCK_PACKETS &&
      newest.used + lengthSamples <= newest.samples.length
    )
      return newest;
    const block = this.emptyBlock(lengthSamples);
    this.blocks.push(block);
    return block;
  }

  private emptyBlock(lengthSamples: number): Block {
    const { spare } = this;
    if (spare !== undefined && lengthSamples <= spare.samples.length) {
      this.spare = undefined;
      return Object.assign(spare, { packets: 0, used: 0, gone: 0 });
    }
    return {
      samples: new Int16Array(Math.max(this.blockSamples, lengthSamples)),
      starts: new Float64Array(BLOCK_PACKETS),
      arrivals: new Float64Array(BLOCK_PACKETS),
      packets: 0,
      used: 0,
      gone: 0,
    };
  }

  private dropOldest(): void {
    for (let oldest = this.blocks[0]; oldest !== undefined; oldest = this.blocks[0]) {
      const lengthSamples = startOf(oldest, oldest.gone + 1) - startOf(oldest, oldest.gone);
      if (this.heldSamples - lengthSamples < this.keepSamples && this.heldPackets <= MOST_PACKETS) return;
      this.heldSamples -= lengthSamples;
      this.heldPackets -= 1;
      oldest.gone += 1;
      if (oldest.gone < oldest.packets) continue;
      this.blocks.shift();
      if (oldest.samples.length === this.blockSamples) this.spare = oldest;
    }
  }
}
