import type { Clock } from '../../../ports';
import type { Fault } from '../json/check';
import type { WireEvent } from './wire-events';

/** How a mock treats the connections of its clients. */
export interface LinkRules {
  readonly clock: Clock;
  readonly pingIntervalMs: number;
  /** How long a PING may stay unanswered. */
  readonly pongTimeoutMs: number;
  /** What a client may leave unread before the next event to it cuts it off. */
  readonly maxUnsentBytes: number;
}

/** What travels between one client and its session, whatever carries it: a WebSocket or a data channel. */
export interface SessionLink {
  /** Starts to listen. */
  open(): void;
  /**
   * Writes an event; does nothing once the link has ended.
   * @param isBinary - As a binary message, which no service does; for the fault `wrong-framing`.
   */
  send(event: WireEvent, isBinary?: boolean): void;
  /** Closes with a code and a reason, behind what was written; what the client still sends is not served. */
  close(closeCode: number, reason: string): void;
  /** Cuts the connection without a word, behind what was written. */
  cutOff(): void;
  /** Ends the events and nothing else, where sound travels beside them. Does nothing elsewhere. */
  loseChannel(): void;
}

export interface LinkListener {
  message(data: Buffer, isBinary: boolean): void;
  /** The link is about to be cut because of the client. */
  cut(fault: Fault): void;
  /** The client takes no message of this length. */
  unsendable(lengthBytes: number, cause: unknown): void;
  /** The link has closed; nothing follows. */
  closed(how: LinkEnd): void;
}

/** How a link ended. Codes are those of WebSocket (RFC 6455 section 7.4.1), also where there is none. */
export interface LinkEnd {
  /** 1006: without a word. */
  readonly closeCode: number;
  readonly reason: string;
  /** Who ended it first; absent where a cut connection does not tell. */
  readonly closedBy?: 'board' | 'provider';
}
