import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** The real provider, as the proxy reaches it. */
export interface Upstream {
  /** Where a request of this path goes: scheme, host and port. */
  originOf(path: string): URL;
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
  /** Gives the request the bench's credentials in place of the board's; leaves it as it is when there are none. */
  readonly authorise: (request: OutgoingRequest) => OutgoingRequest;
  /** The same for a board's message on a WebSocket. */
  readonly authoriseMessage: (data: Buffer) => Buffer;
  /** Subprotocols that a board may offer to the provider: those without a key of the board's where the bench has its own. */
  readonly passedProtocols: (offered: readonly string[]) => string[];
  /** Header that carries the board's credential, lower case: it goes no further when the bench has its own. */
  readonly credentialHeaders: ReadonlySet<string>;
}

/** A request as it will leave: names and values in turn. */
export interface OutgoingRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** Connections are kept, so that a board's turn does not pay for the proxy's handshakes more than its own would cost. */
export const keptAlive = (ca: string | undefined): Pick<Upstream, 'httpAgent' | 'httpsAgent'> => ({
  httpAgent: new HttpAgent({ keepAlive: true, noDelay: true }),
  httpsAgent: new HttpsAgent({ keepAlive: true, noDelay: true, ...(ca === undefined ? {} : { ca }) }),
});
