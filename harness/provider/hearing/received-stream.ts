import type { ReceivedPacket } from '../../ports';

interface Held {
  readonly packet: ReceivedPacket;
  readonly samples: Int16Array;
}

const MOST_PACKETS = 60_000;

/** Audio of a stretch of the stream, with the packets that brought it. */
export interface HeldAudio {
  readonly firstStreamSample: number;
  readonly samples: Int16Array;
  readonly packets: readonly ReceivedPacket[];
}

/**
 * What a session received, newest last: mono 16-bit samples counted from the session's first, packet by packet with the
 * time of arrival. Only the last `keepSamples` are held, whole packets at a time, and no more than 60 000 packets: 2 ms each
 * for two minutes, so that a flood of tiny ones costs no more memory than sound does.
 */
export class ReceivedStream {
  /** The first `gone` of them are held no longer. */
  private held: Held[] = [];
  private gone = 0;
  private heldSamples = 0;
  private total = 0;

  constructor(
    readonly rateHz: number,
    private readonly keepSamples: number,
  ) {}

  /** Samples received so far, dropped ones included. */
  get lengthSamples(): number {
    return this.total;
  }

  /** Takes samples, which it keeps and nobody may change. */
  push(samples: Int16Array, hostAtMs: number): void {
    if (samples.length === 0) return;
    const packet = { streamSample: this.total, lengthSamples: samples.length, hostAtMs };
    this.held.push({ packet, samples });
    this.total += samples.length;
    this.heldSamples += samples.length;
    for (let first = this.held[this.gone]; first && this.isTooMuchWith(first); first = this.held[this.gone]) {
      this.heldSamples -= first.samples.length;
      this.gone += 1;
    }
    // Rarely, since moving all of them up for each packet would take time that grows with their number.
    if (this.gone > 1000 && this.gone > this.held.length / 2) {
      this.held = this.held.slice(this.gone);
      this.gone = 0;
    }
  }

  /** Samples [from, to) as far as they are held. */
  slice(fromStreamSample: number, toStreamSample: number): Int16Array {
    const first = Math.max(fromStreamSample, this.held[this.gone]?.packet.streamSample ?? this.total);
    const last = Math.min(toStreamSample, this.total);
    const out = new Int16Array(Math.max(0, last - first));
    for (let index = this.held.length - 1; index >= this.gone; index--) {
      const entry = this.held[index];
      if (entry === undefined || entry.packet.streamSample + entry.samples.length <= first) break;
      const start = entry.packet.streamSample;
      if (start >= last) continue;
      const part = entry.samples.subarray(Math.max(0, first - start), last - start);
      out.set(part, Math.max(0, start - first));
    }
    return out;
  }

  /** Packets that arrived in [from, to] of host time; undefined when none did. */
  arrivedIn(fromHostAtMs: number, toHostAtMs: number): HeldAudio | undefined {
    const packets = this.held
      .slice(this.gone)
      .map((entry) => entry.packet)
      .filter((packet) => packet.hostAtMs >= fromHostAtMs && packet.hostAtMs <= toHostAtMs);
    const [first] = packets;
    const last = packets.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const samples = this.slice(first.streamSample, last.streamSample + last.lengthSamples);
    return { firstStreamSample: first.streamSample, samples, packets };
  }

  private isTooMuchWith(first: Held): boolean {
    const packets = this.held.length - this.gone;
    return this.heldSamples - first.samples.length >= this.keepSamples || packets > MOST_PACKETS;
  }
}
