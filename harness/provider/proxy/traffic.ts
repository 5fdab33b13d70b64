/** What passed through the proxy, piece by piece, each with the instant at which it was handed on. */
export interface HttpTraffic {
  /** The request, once its last byte was read. `headers` as they came, names in lower case. */
  asked(request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
    readonly hostAtMs: number;
  }): void;
  answered(status: number, headers: Readonly<Record<string, string>>, hostAtMs: number): void;
  body(bytes: Buffer, hostAtMs: number): void;
  /** `cut`: before the answer was complete, by whom. */
  ended(
    how: 'complete' | 'cut-by-provider' | 'cut-by-board' | 'unreachable',
    hostAtMs: number,
    why?: string,
  ): void;
}

export type Side = 'board' | 'provider';

export interface SocketTraffic {
  /** The upgrade was accepted. */
  opened(request: { readonly path: string; readonly hostAtMs: number }): void;
  /** @param isInvented - The sound in it stands in for sound that was lost on the way to the proxy. Default: it was sent. */
  message(from: Side, data: Buffer, isBinary: boolean, hostAtMs: number, isInvented?: boolean): void;
  closed(by: Side, code: number, reason: string, hostAtMs: number): void;
  /** The provider did not accept the upgrade; its answer was handed on. */
  refused(status: number, body: Buffer, hostAtMs: number): void;
}
