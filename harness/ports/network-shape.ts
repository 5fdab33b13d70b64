/** What a link between board and provider does to the bytes that pass, both ways. Absent keys leave them alone. */
export interface NetworkShape {
  /** Each way. */
  readonly delayMs?: number;
  /** Added to the delay: uniform, 0 to this. The order of the bytes stays. */
  readonly jitterMs?: number;
  /** Each way. */
  readonly bytesPerSecond?: number;
  /** What happens once the provider has sent `afterBytes` on a connection. */
  readonly cut?: {
    readonly afterBytes: number;
    /**
     * `end`: the connection is closed as by the provider; `reset`: it is reset; `stall`: nothing passes any more, either way,
     * and both ends wait; `half-open`: the provider is gone, and nobody tells the board.
     */
    readonly how: 'end' | 'reset' | 'stall' | 'half-open';
  };
}
