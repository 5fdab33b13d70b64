import type { DirectionShape } from '../../../ports';
import { derivedSeed, seededUniform } from '../../../units';
import { LossChain } from './loss-chain';

const DEFAULT_QUEUE_BYTES = 65_536;

/** What becomes of a datagram. */
export type DatagramFate =
  | { readonly state: 'lost'; readonly why: 'loss' | 'queue-full' }
  | {
      readonly state: 'passes';
      readonly dueAtMs: number;
      /** It arrives twice. */
      readonly twice: boolean;
      /** It is overtaken by what follows within `reorder.byMs`. */
      readonly isHeldBack: boolean;
    };

/**
 * One direction of a link that carries datagrams: a queue ahead of a band, then what loses, delays, holds back and doubles. It
 * has no timers and no sockets: time is told to it, and each purpose draws from a seed of its own, once for each datagram, so
 * that the same datagrams meet the same fate whatever else is switched on.
 */
export class DatagramLink {
  private readonly loss: LossChain;
  private readonly jitter: () => number;
  private readonly reorder: () => number;
  private readonly duplicate: () => number;
  private bandFreeAtMs = -Infinity;
  private lastDueAtMs = -Infinity;

  constructor(seed: number) {
    const drawing = (purpose: string) => seededUniform(derivedSeed(seed, purpose));
    this.loss = new LossChain(drawing('loss'));
    this.jitter = drawing('jitter');
    this.reorder = drawing('reorder');
    this.duplicate = drawing('duplicate');
  }

  /** @param shape - How the link is now. @param nowMs - Not before the datagram ahead. */
  pass(sizeBytes: number, nowMs: number, shape: DirectionShape): DatagramFate {
    const { delayMs = 0, jitterMs = 0, loss, reorder, duplicate } = shape;
    const jitter = jitterMs * this.jitter();
    const isHeldBack = this.reorder() < (reorder?.rate ?? 0);
    const twice = this.duplicate() < (duplicate?.rate ?? 0);
    const isLost = this.loss.next(loss);
    const leavesAtMs = this.throughBand(sizeBytes, nowMs, shape);
    if (leavesAtMs === undefined) return { state: 'lost', why: 'queue-full' };
    if (isLost) return { state: 'lost', why: 'loss' };
    const inOrderAtMs = Math.max(leavesAtMs + delayMs + jitter, this.lastDueAtMs);
    // Who is held back holds nobody up.
    if (!isHeldBack) this.lastDueAtMs = inOrderAtMs;
    const dueAtMs = inOrderAtMs + (isHeldBack ? (reorder?.byMs ?? 0) : 0);
    return { state: 'passes', dueAtMs, twice, isHeldBack };
  }

  /** When the datagram's last byte leaves the band; undefined: the queue ahead of it has no room. */
  private throughBand(
    sizeBytes: number,
    nowMs: number,
    { bytesPerSecond, queueBytes = DEFAULT_QUEUE_BYTES }: DirectionShape,
  ): number | undefined {
    if (bytesPerSecond === undefined) return nowMs;
    const beginsAtMs = Math.max(nowMs, this.bandFreeAtMs);
    const waitingBytes = ((beginsAtMs - nowMs) * bytesPerSecond) / 1000;
    if (waitingBytes > 0 && waitingBytes + sizeBytes > queueBytes) return undefined;
    this.bandFreeAtMs = beginsAtMs + (sizeBytes * 1000) / bytesPerSecond;
    return this.bandFreeAtMs;
  }
}
