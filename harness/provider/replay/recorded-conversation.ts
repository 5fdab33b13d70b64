import type { RawData, WebSocket } from 'ws';
import type { Cancel, Clock } from '../../ports';
import { recordedBytes, type SocketTake } from '../proxy/cassette';
import type { SocketTraffic } from '../proxy/traffic';

/** RFC 6455 section 7.4.1: what was asked for cannot be served. */
const POLICY_VIOLATION = 1008;
/** Close codes that may not be sent: 1005 stands for none, the others for a connection that broke. */
const NO_CODE = 1005;
const unsendable: ReadonlySet<number> = new Set([1004, 1006, 1015]);

export interface ConversationRules {
  readonly clock: Clock;
  /** When the upgrade was asked for. */
  readonly startedAtHostMs: number;
  /** How long a board may say nothing where it was to speak, or to close. */
  readonly idleMs: number;
  readonly traffic: SocketTraffic;
  /** The take that answers a conversation which begins with this message; a text: why there is none, which the board is told. */
  readonly choose: (data: Buffer) => SocketTake | string;
  /** A message that has no counterpart in the take. */
  readonly surplus: () => string;
}

const bytesOf = (data: RawData): Buffer =>
  Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);

/**
 * Says what a provider has said in a recorded conversation: each message at its time after the board's message before it, so
 * that a board which takes longer than the recorded one is not answered before it has asked.
 */
export class RecordedConversation {
  private take: SocketTake | undefined;
  private next = 0;
  /** When the board's messages came that have not had their turn. */
  private readonly heardAtMs: number[] = [];
  /** Where the take's clock stands on ours. */
  private anchor: { readonly hostAtMs: number; readonly atMs: number };
  private waiting: Cancel | undefined;
  private over = false;

  constructor(
    private readonly board: WebSocket,
    private readonly rules: ConversationRules,
  ) {
    this.anchor = { hostAtMs: rules.startedAtHostMs, atMs: 0 };
    board.on('error', () => undefined);
    board.on('message', (data, isBinary) => this.hear(bytesOf(data), isBinary));
    board.once('close', (code, reason) => {
      this.waiting?.();
      if (this.over) return;
      this.over = true;
      rules.traffic.closed('board', code, reason.toString(), rules.clock.nowMs());
    });
    this.waitForBoard();
  }

  private hear(data: Buffer, isBinary: boolean): void {
    if (this.over) return;
    const { clock, traffic, choose, surplus } = this.rules;
    const nowMs = clock.nowMs();
    traffic.message('board', data, isBinary, nowMs);
    this.heardAtMs.push(nowMs);
    if (this.take === undefined) {
      const chosen = choose(data);
      if (typeof chosen === 'string') {
        this.close(POLICY_VIOLATION, chosen);
        return;
      }
      this.take = chosen;
    }
    const expected = this.take.messages.slice(this.next).filter(({ from }) => from === 'board').length;
    if (this.heardAtMs.length > expected) this.close(POLICY_VIOLATION, surplus());
    else this.go();
  }

  private go(): void {
    const { take } = this;
    if (take === undefined || this.over) return;
    for (;;) {
      const message = take.messages[this.next];
      if (message === undefined) break;
      if (message.from === 'board') {
        const hostAtMs = this.heardAtMs.shift();
        if (hostAtMs === undefined) {
          this.waitForBoard();
          return;
        }
        this.anchor = { hostAtMs, atMs: message.atMs };
      } else {
        if (this.waitsUntil(message.atMs)) return;
        const bytes = recordedBytes(message);
        this.board.send(bytes, { binary: message.binary ?? false });
        this.rules.traffic.message('provider', bytes, message.binary ?? false, this.rules.clock.nowMs());
      }
      this.next++;
    }
    const { end } = take;
    if (end.how === 'refused') return;
    if (end.by === 'board') this.waitForBoard();
    else if (!this.waitsUntil(end.atMs)) this.close(end.code, end.reason);
  }

  /** Whether what was recorded at this time has to wait; it goes on by itself then. */
  private waitsUntil(atMs: number): boolean {
    const { clock } = this.rules;
    const waitMs = this.anchor.hostAtMs + atMs - this.anchor.atMs - clock.nowMs();
    this.waiting?.();
    this.waiting = waitMs > 0 ? clock.after(waitMs, () => this.go()) : undefined;
    return waitMs > 0;
  }

  private waitForBoard(): void {
    const { clock, idleMs } = this.rules;
    this.waiting?.();
    this.waiting = clock.after(idleMs, () =>
      this.close(POLICY_VIOLATION, `earshot replay: nothing was said for ${idleMs} ms`),
    );
  }

  private close(code: number, reason: string): void {
    this.over = true;
    this.waiting?.();
    this.rules.traffic.closed('provider', code, reason, this.rules.clock.nowMs());
    if (unsendable.has(code)) this.board.terminate();
    else if (code === NO_CODE) this.board.close();
    else this.board.close(code, reason);
  }
}
