import type { WebSocket } from 'ws';
import type { Cancel, Clock } from '../../../ports';
import type { Fault } from '../json/check';
import type { Dialect } from './dialect';
import type { LinkListener, LinkRules, SessionLink } from './session-link';
import type { WireEvent } from './wire-events';

/** How long a client may take to answer a CLOSE. */
const CLOSE_GRACE_MS = 2_000;

/** RFC 6455 section 7.1.5: the connection went without a CLOSE. */
const CUT = 1006;

/** Closes a socket politely, and a little later whether its peer agrees or not. */
export function closeSocket(socket: WebSocket, clock: Clock, closeCode: number, reason: string): void {
  socket.once(
    'close',
    clock.after(CLOSE_GRACE_MS, () => socket.terminate()),
  );
  socket.close(closeCode, reason);
}

/** One client's socket: writes events, pings, and ends with a reason when the client does not read or answer. */
export class ClientLink implements SessionLink {
  private ended = false;
  private cutBecause: string | undefined;
  private endedByUs = false;
  private nextPing: Cancel | undefined;
  private missingPong: Cancel | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly dialect: Dialect,
    private readonly rules: LinkRules,
    private readonly listener: LinkListener,
  ) {}

  open(): void {
    const { socket, listener } = this;
    socket.on('message', (data, isBinary) => {
      // What still comes after our CLOSE is not served.
      if (!this.ended) listener.message(data as Buffer, isBinary);
    });
    // ws answers by itself; the answers may stay unread as well.
    socket.on('ping', () => this.checkUnread());
    socket.on('pong', () => {
      this.missingPong?.();
      this.missingPong = undefined;
    });
    // A message that ws refuses closes the socket; a reset comes here as well, and says nothing of who is to blame.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code?.startsWith('WS_ERR_')) this.endedByUs = true;
    });
    socket.on('close', (closeCode, reason) => {
      this.ended = true;
      this.stopTimers();
      const closedBy = this.endedByUs ? 'provider' : closeCode === CUT ? undefined : 'board';
      listener.closed({
        closeCode,
        reason: this.cutBecause ?? reason.toString(),
        ...(closedBy !== undefined && { closedBy }),
      });
    });
    this.keepPinging();
  }

  send(event: WireEvent, isBinary = false): void {
    // Before the event, so that a large one does not count against who reads.
    this.checkUnread();
    if (this.ended || this.socket.readyState !== this.socket.OPEN) return;
    const written = this.dialect.write(event);
    if (written !== undefined) this.socket.send(JSON.stringify(written), { binary: isBinary });
  }

  close(closeCode: number, reason: string): void {
    if (this.ended) return;
    this.ended = this.endedByUs = true;
    this.stopTimers();
    closeSocket(this.socket, this.rules.clock, closeCode, reason);
  }

  cutOff(): void {
    if (this.ended) return;
    this.ended = this.endedByUs = true;
    this.stopTimers();
    this.socket.ping('', false, () => this.socket.terminate());
  }

  loseChannel(): void {
    // The socket is all there is.
  }

  private checkUnread(): void {
    const { maxUnsentBytes } = this.rules;
    const { bufferedAmount } = this.socket;
    if (bufferedAmount <= maxUnsentBytes) return;
    const message = `The client left ${bufferedAmount} bytes unread, at most ${maxUnsentBytes} are kept for it.`;
    this.endedByUs = true;
    this.cut({ code: 'client_does_not_read', message, param: null });
  }

  private keepPinging(): void {
    const { clock, pingIntervalMs, pongTimeoutMs } = this.rules;
    this.nextPing = clock.after(pingIntervalMs, () => {
      this.socket.ping(Buffer.from('ping'));
      this.missingPong ??= clock.after(pongTimeoutMs, () => {
        const message = `The client did not answer a PING within ${pongTimeoutMs} ms.`;
        this.cut({ code: 'ping_timeout', message, param: null });
      });
      this.keepPinging();
    });
  }

  private cut(fault: Fault): void {
    if (this.ended) return;
    this.ended = true;
    this.cutBecause = fault.code;
    this.stopTimers();
    this.listener.cut(fault);
    this.socket.terminate();
  }

  private stopTimers(): void {
    this.nextPing?.();
    this.missingPong?.();
  }
}
