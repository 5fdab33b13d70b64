/** Packets that are waited for before a reply begins to play: 60 ms. */
const FIRST_PACKETS = 3;
/** A reply that is shorter than that plays after this. */
const FIRST_WAIT_MS = 80;
/** Packets that are held at most: 2 s. More than a board plays in time is dropped, the oldest first. */
const LIMIT_PACKETS = 100;
/** A gap that is longer is a pause of the sender and not a loss: half a second. */
const LONGEST_LOSS_PACKETS = 25;
const SEQUENCE_NUMBERS = 0x1_0000;

/** What of RTP matters here. */
export interface ArrivedPacket {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

/** What became of the packets of a session. */
export interface ReceptionCounts {
  readonly received: number;
  /** Missing when their turn came; they were concealed, where anything was played behind them. */
  readonly lost: number;
  readonly concealed: number;
  /** Arrived after their turn. */
  readonly late: number;
  readonly duplicated: number;
}

/** What is to be played next: a packet, or something in place of one that did not come. */
export type Due = ArrivedPacket | 'lost';

/**
 * Puts packets in order and holds them back for as long as the network's jitter is to be borne. It is asked for the next
 * whenever the speaker needs it; what is missing then, while later ones are there, is lost.
 */
export class JitterBuffer {
  private readonly waiting = new Map<number, ArrivedPacket>();
  /** The next to be played, as `extended` counts; undefined before the first. */
  private expected: number | undefined;
  private newest: number | undefined;
  /** Since when packets are collected; undefined while they are played. */
  private collectingSinceMs: number | undefined;
  private playing = false;
  private readonly tally = { received: 0, lost: 0, concealed: 0, late: 0, duplicated: 0 };

  get counts(): ReceptionCounts {
    return { ...this.tally };
  }

  push(packet: ArrivedPacket, nowMs: number): void {
    const place = this.extended(packet.sequenceNumber);
    if (this.expected !== undefined && place < this.expected) {
      this.tally.late++;
      return;
    }
    if (this.waiting.has(place)) {
      this.tally.duplicated++;
      return;
    }
    this.tally.received++;
    this.waiting.set(place, packet);
    this.collectingSinceMs ??= nowMs;
    if (this.waiting.size > LIMIT_PACKETS) this.waiting.delete(this.first());
  }

  /** Undefined: nothing is to be played. */
  next(nowMs: number): Due | undefined {
    if (!this.playing && !this.begin(nowMs)) return undefined;
    const place = this.expected as number;
    const packet = this.waiting.get(place);
    if (packet !== undefined) {
      this.waiting.delete(place);
      this.expected = place + 1;
      return packet;
    }
    if (this.waiting.size === 0) {
      this.playing = false;
      this.collectingSinceMs = undefined;
      return undefined;
    }
    return this.bridge(place);
  }

  private begin(nowMs: number): boolean {
    const { waiting, collectingSinceMs } = this;
    if (collectingSinceMs === undefined) return false;
    if (waiting.size < FIRST_PACKETS && nowMs - collectingSinceMs < FIRST_WAIT_MS) return false;
    const first = this.first();
    if (this.expected !== undefined) {
      const missing = first - this.expected;
      if (missing < LONGEST_LOSS_PACKETS) this.tally.lost += missing;
    }
    this.expected = first;
    this.playing = true;
    return true;
  }

  private bridge(place: number): Due | undefined {
    const first = this.first();
    if (first - place >= LONGEST_LOSS_PACKETS) {
      this.expected = first;
      return this.next(0);
    }
    this.expected = place + 1;
    this.tally.lost++;
    this.tally.concealed++;
    return 'lost';
  }

  private first(): number {
    let first = Infinity;
    for (const place of this.waiting.keys()) if (place < first) first = place;
    return first;
  }

  /** Sequence numbers have 16 bits and wrap; the nearest to the newest is meant. */
  private extended(sequenceNumber: number): number {
    const { newest } = this;
    if (newest === undefined) {
      this.newest = sequenceNumber;
      return sequenceNumber;
    }
    const ahead = (sequenceNumber - newest) & (SEQUENCE_NUMBERS - 1);
    const place = newest + (ahead < SEQUENCE_NUMBERS / 2 ? ahead : ahead - SEQUENCE_NUMBERS);
    if (place > newest) this.newest = place;
    return place;
  }
}
