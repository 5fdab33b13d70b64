import type { SoundCard } from '../sound/sound-card';
import { pcm16OfBytes } from '../sound/pcm16';

/** Items that were cut, whose late deltas are still on their way. */
const REMEMBERED_ITEMS = 16;
const SAMPLES_PER_MS = 24;

/** What a barge-in cut: an item and how much of it was heard, in whole milliseconds. */
export interface CutReply {
  readonly itemId: string;
  readonly playedMs: number;
}

/** Reply audio as it arrives: base64 deltas become samples in the play queue, and what was cut stays silent. */
export class ReplyPlayer {
  private itemId: string | undefined;
  private received = 0;
  private oddByte: Buffer = Buffer.alloc(0);
  private cutItems: string[] = [];

  constructor(private readonly sound: SoundCard) {}

  /** Queues one delta, of its item `playableSamples` at most; gives back how many bytes had no room and are lost. */
  take(itemId: string, delta: string, playableSamples = Infinity): number {
    if (this.wasCut(itemId)) return 0;
    if (itemId !== this.itemId) {
      this.itemId = itemId;
      this.received = 0;
      this.oddByte = Buffer.alloc(0);
    }
    const bytes = Buffer.concat([this.oddByte, Buffer.from(delta, 'base64')]);
    const samples = pcm16OfBytes(bytes);
    this.oddByte = bytes.subarray(samples.length * 2);
    const firstSample = this.received;
    this.received += samples.length;
    const played = samples.subarray(0, Math.max(0, playableSamples - firstSample));
    return this.sound.play(itemId, firstSample, played) ? 0 : played.length * 2;
  }

  /** True for a reply that a barge-in ended. */
  wasCut(itemId: string): boolean {
    return this.cutItems.includes(itemId);
  }

  /** Silences the speaker. Gives back what was cut, the item being heard first. */
  interrupt(): CutReply[] {
    const stopped = this.sound.stopPlayback();
    this.cutItems = [...this.cutItems, ...stopped.map(({ itemId }) => itemId)].slice(-REMEMBERED_ITEMS);
    return stopped.map(({ itemId, playedSamples }) => ({
      itemId,
      playedMs: Math.floor(playedSamples / SAMPLES_PER_MS),
    }));
  }
}
