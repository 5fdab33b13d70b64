/** The way of one call's UDP packets between board and mock: each side is shown candidates in place of the other side's. */
export interface PeerPath {
  /** The board's offer as the mock is to see it. */
  remote(offerSdp: string): Promise<string>;
  /** The mock's answer as the board is to see it. */
  local(answerSdp: string): Promise<string>;
  /** The call is over. */
  close(): void;
}
