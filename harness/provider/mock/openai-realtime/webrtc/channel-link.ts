import type { Cancel } from '../../../../ports';
import type { Dialect } from '../dialect';
import type { LinkListener, LinkRules, SessionLink } from '../session-link';
import type { WireEvent } from '../wire-events';
import type { CallPeer, PeerEnd } from './call-peer';

/** How long a client may take to see that its channel was closed, before the call ends as a whole. */
const CLOSE_GRACE_MS = 500;
/** RFC 6455 section 7.4.1, by whose numbers the ends of all sessions are told. */
const NORMAL = 1000;
const CUT = 1006;

/** The events of a call on its data channel. What is said before the channel is open waits for it. */
export class ChannelLink implements SessionLink {
  private readonly waiting: { readonly text: string; readonly isBinary: boolean }[] = [];
  private waitingBytes = 0;
  private peer: CallPeer | undefined;
  private ended = false;
  private isMute = false;
  private closing: Cancel | undefined;

  constructor(
    private readonly dialect: Dialect,
    private readonly rules: LinkRules,
    private readonly listener: LinkListener,
    /** Told once, when the peer is to be given up. */
    private readonly gone: () => void,
  ) {}

  attach(peer: CallPeer): void {
    this.peer = peer;
  }

  open(): void {
    // The channel opens when the client does.
  }

  /** The client's channel is there. */
  channelOpened(): void {
    const waiting = this.waiting.splice(0);
    this.waitingBytes = 0;
    for (const { text, isBinary } of waiting) this.write(text, isBinary);
  }

  received(data: Buffer, isBinary: boolean): void {
    if (!this.ended) this.listener.message(data, isBinary);
  }

  send(event: WireEvent, isBinary = false): void {
    this.checkUnread();
    if (this.ended || this.isMute) return;
    const written = this.dialect.write(event);
    if (written === undefined) return;
    const text = JSON.stringify(written);
    if (this.peer?.channelIsOpen === true) this.write(text, isBinary);
    else {
      this.waiting.push({ text, isBinary });
      this.waitingBytes += text.length;
    }
  }

  close(closeCode: number, reason: string): void {
    if (this.ended) return;
    this.ended = true;
    // Behind what was written; a call that is ended at once takes the last words with it.
    this.peer?.closeChannel();
    this.closing = this.rules.clock.after(CLOSE_GRACE_MS, () => this.finish());
    this.listener.closed({ closeCode, reason, closedBy: 'provider' });
  }

  cutOff(): void {
    if (this.ended) return;
    this.ended = true;
    this.listener.closed({ closeCode: CUT, reason: '', closedBy: 'provider' });
    this.finish();
  }

  /** The fault `channel-closes`: the events end, the sound goes on. */
  loseChannel(): void {
    this.isMute = true;
    this.peer?.closeChannel();
  }

  /** The client hung up or vanished. */
  peerEnded(how: PeerEnd): void {
    this.closing?.();
    if (this.ended) {
      this.gone();
      return;
    }
    this.ended = true;
    if (how === 'left') this.listener.closed({ closeCode: NORMAL, reason: '', closedBy: 'board' });
    else this.listener.closed({ closeCode: CUT, reason: 'peer_lost' });
    this.gone();
  }

  /** The client asked for the end over HTTP. */
  hangUp(): void {
    if (this.ended) return;
    this.ended = true;
    this.listener.closed({ closeCode: NORMAL, reason: 'hangup', closedBy: 'board' });
    this.finish();
  }

  /** The mock itself goes. */
  abandon(): void {
    this.closing?.();
    if (this.ended) return;
    this.ended = true;
    this.listener.closed({ closeCode: CUT, reason: '', closedBy: 'provider' });
  }

  private finish(): void {
    this.closing?.();
    this.peer?.close();
    this.gone();
  }

  private write(text: string, isBinary: boolean): void {
    try {
      this.peer?.sendMessage(text, isBinary);
    } catch (cause) {
      // A client says in its offer how long a message it takes; what is longer is not for it.
      this.listener.unsendable(text.length, cause);
    }
  }

  private checkUnread(): void {
    const { maxUnsentBytes } = this.rules;
    const unsentBytes = (this.peer?.unsentBytes ?? 0) + this.waitingBytes;
    if (this.ended || unsentBytes <= maxUnsentBytes) return;
    const message = `The client left ${unsentBytes} bytes unread, at most ${maxUnsentBytes} are kept for it.`;
    this.listener.cut({ code: 'client_does_not_read', message, param: null });
    this.ended = true;
    this.listener.closed({ closeCode: CUT, reason: 'client_does_not_read', closedBy: 'provider' });
    this.finish();
  }
}
