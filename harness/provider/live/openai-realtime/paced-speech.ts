import { toPcm16, type PcmClip } from '../../../audio';
import type { Cancel, Clock } from '../../../ports';
import { samplesIn } from '../../../units';

/** The only rate that the service takes (providers.md 2.5). */
export const UPLINK_RATE_HZ = 24_000;
const PACKET_MS = 20;
const packetSamples = samplesIn(PACKET_MS, UPLINK_RATE_HZ);

export interface Speech {
  /** At `UPLINK_RATE_HZ`. */
  readonly clip: PcmClip;
  /** Last speech sample, at the same rate. */
  readonly offsetSample: number;
}

/**
 * Sends a clip packet by packet as if it were spoken now, then silence, as an open microphone would, until it is stopped.
 * A packet leaves when its last sample would have been recorded; late ones catch up, so that the pace never drifts.
 */
export class PacedSpeech {
  private readonly pcm: Int16Array;
  private readonly startAtMs: number;
  private nextSample = 0;
  private cancel: Cancel = () => undefined;
  private stopped = false;

  /**
   * @param send - Gets base64 of 20 ms, little-endian 16 bit, and who wants to know when it left.
   * @param spoken - Called with the instant at which the packet with the last speech sample left.
   */
  constructor(
    private readonly speech: Speech,
    private readonly clock: Clock,
    private readonly send: (audio: string, sent?: (hostAtMs: number) => void) => void,
    private readonly spoken: (hostAtMs: number) => void,
  ) {
    this.pcm = toPcm16(speech.clip.samples).pcm;
    this.startAtMs = clock.nowMs();
    this.wait();
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  private wait(): void {
    const dueAtMs = this.startAtMs + ((this.nextSample + packetSamples) * 1000) / UPLINK_RATE_HZ;
    this.cancel = this.clock.after(Math.max(0, dueAtMs - this.clock.nowMs()), () => this.packet());
  }

  private packet(): void {
    if (this.stopped) return;
    const from = this.nextSample;
    this.nextSample += packetSamples;
    const bytes = Buffer.alloc(packetSamples * 2);
    for (let sample = 0; sample < packetSamples; sample += 1) {
      bytes.writeInt16LE(this.pcm[from + sample] ?? 0, sample * 2);
    }
    const { offsetSample } = this.speech;
    const isLast = from <= offsetSample && offsetSample < this.nextSample;
    this.send(bytes.toString('base64'), isLast ? this.spoken : undefined);
    this.wait();
  }
}
