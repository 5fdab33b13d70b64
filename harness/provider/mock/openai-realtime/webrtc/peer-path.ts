/**
 * The way of one call's UDP packets between board and mock when something stands in between, such as a relay that loses
 * packets: each side is shown the relay's candidates in place of the other side's.
 */
export interface PeerPath {
  /** The board's offer as the mock is to see it: its candidates replaced. */
  remote(offerSdp: string): Promise<string>;
  /** The mock's answer as the board is to see it: its candidates replaced. It has to stay under 2048 bytes. */
  local(answerSdp: string): Promise<string>;
  /** The call is over. */
  close(): void;
}

/** Opens a path for the call of a session; undefined: the packets of this call take the direct way. */
export type OpenPeerPath = (sessionId: string) => PeerPath | undefined;
