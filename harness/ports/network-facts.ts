/** Datagrams of one direction that were lost in a row. */
export interface LostBurst {
  /** When the first and the last of them came. */
  readonly fromHostAtMs: number;
  readonly toHostAtMs: number;
  readonly datagrams: number;
  /** Those of them that were packets of sound (RTP). */
  readonly audioPackets: number;
}

/** What one direction of a link that carries datagrams did to them, counted where it was done. */
export interface DirectionFacts {
  readonly sent: number;
  /** Lost as the link was told to lose. */
  readonly lost: number;
  /** Lost while the link was cut. */
  readonly cut: number;
  /** Lost since the queue ahead of the band was full. */
  readonly overflowed: number;
  /** Of those that passed: how many were held at all, came after one that was sent later, came twice. */
  readonly delayed: number;
  readonly reordered: number;
  readonly duplicated: number;
  /** Time on the link of those that passed; absent: none did. */
  readonly delayMs?: { readonly mean: number; readonly max: number };
  /** Packets of sound (RTP) among `sent`, and of these the ones that never arrived. */
  readonly audioSent: number;
  readonly audioLost: number;
  /** What was lost, whatever for, in order. */
  readonly bursts: readonly LostBurst[];
}

/** What the link between board and provider did to datagrams in a stretch of time: `up` is what the board sent. */
export interface NetworkFacts {
  readonly up: DirectionFacts;
  readonly down: DirectionFacts;
}
