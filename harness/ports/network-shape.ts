/** What one direction of a link does to what passes. Absent keys leave it alone. */
export interface DirectionShape {
  readonly delayMs?: number;
  /** Added to the delay: uniform, 0 to this. The order stays, so what catches up with its predecessor waits for it. */
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  /** UDP only: what waits for the band at most; a datagram that finds no room is lost. Default 65 536. */
  readonly queueBytes?: number;
  /**
   * UDP only: share of the datagrams that are lost, 0 to 1, and how many are lost in a row on average (Gilbert's channel).
   * Without `burst` each is lost independently of the others, which makes runs of 1 ÷ (1 − rate).
   */
  readonly loss?: { readonly rate: number; readonly burst?: number };
  /** UDP only: a share of the datagrams, 0 to 1, comes this much later than its turn, and what follows overtakes it. */
  readonly reorder?: { readonly rate: number; readonly byMs: number };
  /** UDP only: a share of the datagrams, 0 to 1, that arrive twice. */
  readonly duplicate?: { readonly rate: number };
}

/** How a link breaks. */
export interface LinkCut {
  /** Once the provider has sent so many bytes: on each connection over TCP, since the link is like this over UDP. */
  readonly afterBytes: number;
  /**
   * `end`: the connection is closed as by the provider; `reset`: it is reset; `stall`: nothing passes any more, either way,
   * and both ends wait; `half-open`: the provider is gone, and nobody tells the board. Datagrams know no difference: none of
   * them passes, either way.
   */
  readonly how: 'end' | 'reset' | 'stall' | 'half-open';
  /** UDP only: after this it passes again. Absent: never. */
  readonly lastsMs?: number;
}

/** What a link between board and provider does to what passes. Absent keys leave it alone. */
export interface NetworkShape extends DirectionShape {
  /** What is different for what the board sends. */
  readonly up?: DirectionShape;
  /** What is different for what the provider sends. */
  readonly down?: DirectionShape;
  readonly cut?: LinkCut;
}

/** Mean run of lost datagrams below which a rate of loss cannot be reached: between two runs there is at least one that passes. */
export const leastBurst = (rate: number): number => Math.max(1, rate / (1 - rate));

/** What one direction of a link does, its own keys before those of both. */
export function directionShape(
  shape: NetworkShape,
  direction: 'up' | 'down',
): DirectionShape & Pick<NetworkShape, 'cut'> {
  const { up, down, ...both } = shape;
  return { ...both, ...(direction === 'up' ? up : down) };
}
