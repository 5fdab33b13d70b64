import type { Cancel } from '../../../ports';
import type { Dialect } from '../../mock/openai-realtime/dialect';
import type { WireEvent } from '../../mock/openai-realtime/wire-events';
import { CallPeer, type PeerEnd } from '../../mock/openai-realtime/webrtc/call-peer';
import type { DataChannelLibrary } from '../../mock/openai-realtime/webrtc/load-datachannel';
import type { Offer } from '../../mock/openai-realtime/webrtc/offer';
import { isRtcp } from '../../mock/openai-realtime/webrtc/rtp-packet';
import { seenEvent } from '../realtime/wire-event';
import { CUT, NORMAL, type ProviderSide, type ProviderSideContext, type Taken } from './provider-side';

export interface BridgeContext extends Omit<ProviderSideContext, 'board' | 'codec'> {
  readonly library: DataChannelLibrary;
  /** The only address that calls are taken on; undefined: all but loopback. */
  readonly bindAddress: string | undefined;
}

/** A board that has its answer is there within a second or not at all. */
const CONNECT_MS = 20_000;
const unsendable: ReadonlySet<number> = new Set([1004, 1005, 1006, 1015]);
/** When the log says what became of the board's packets, as the mock's does. */
const countedAfter: ReadonlySet<string> = new Set([
  'input_audio_buffer.speech_stopped',
  'output_audio_buffer.stopped',
  'output_audio_buffer.cleared',
]);

/** One call of a board, its events on a data channel and its sound on RTP, with the provider on the other side of it. */
export class BridgeCall {
  private readonly provider: ProviderSide;
  private readonly waiting: string[] = [];
  private peer: CallPeer | undefined;
  private unconnected: Cancel | undefined;
  private over = false;

  constructor(
    readonly id: string,
    private readonly offer: Offer,
    private readonly dialect: Dialect,
    taken: Taken,
    private readonly context: BridgeContext,
    private readonly gone: () => void,
  ) {
    this.provider = taken({
      ...context,
      codec: offer.audio.codec,
      board: {
        event: (event) => this.toBoard(event),
        sendPacket: (packet) => void this.peer?.sendPacket(packet),
        gone: (code, reason) => this.providerGone(code, reason),
      },
    });
  }

  /**
   * Answers the offer, and waits for the board from then on.
   * @throws What the WebRTC library says of the offer; the call is over then.
   */
  async answer(): Promise<string> {
    const { library, bindAddress, clock } = this.context;
    try {
      const { peer, answerSdp } = await CallPeer.answer(
        library,
        { offer: this.offer, bindAddress, ssrc: this.provider.source, name: this.id },
        {
          connected: () => this.unconnected?.(),
          channelOpened: () => {
            for (const text of this.waiting.splice(0)) this.peer?.sendMessage(text, false);
          },
          message: (data, isBinary) => this.ofBoard(data, isBinary),
          packet: (bytes) => {
            if (!isRtcp(bytes)) this.provider.take(bytes, clock.nowMs());
          },
          ended: (how) => this.boardEnded(how),
        },
      );
      this.peer = peer;
      if (this.over) peer.close();
      else this.unconnected = clock.after(CONNECT_MS, () => this.boardEnded('lost'));
      return answerSdp;
    } catch (cause) {
      this.end();
      throw cause;
    }
  }

  /** Ends it without a word, as when the proxy closes. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.unconnected?.();
    this.provider.close();
    this.peer?.close();
    this.gone();
  }

  /** The board hung up over HTTP. */
  hangUp(): void {
    this.closed('board', NORMAL, 'hangup');
  }

  private ofBoard(data: Buffer, isBinary: boolean): void {
    const event = isBinary ? undefined : seenEvent(data);
    if (event === undefined) this.provider.sendAsItIs(data, isBinary);
    else this.provider.send(this.dialect.read(event), this.context.clock.nowMs());
  }

  private toBoard(event: WireEvent): void {
    if (this.over) return;
    const written = this.dialect.write(event);
    if (written !== undefined) {
      const text = JSON.stringify(written);
      if (this.peer?.channelIsOpen === true) this.peer.sendMessage(text, false);
      else this.waiting.push(text);
    }
    if (countedAfter.has(event.type)) this.countPackets();
  }

  private boardEnded(how: PeerEnd): void {
    if (how === 'left') this.closed('board', NORMAL, '');
    else this.closed('board', CUT, 'peer_lost');
  }

  private providerGone(code: number, reason: string): void {
    if (!this.over && !unsendable.has(code)) this.peer?.closeChannel();
    this.closed('provider', code, reason);
  }

  private closed(by: 'board' | 'provider', code: number, reason: string): void {
    if (this.over) return;
    this.countPackets();
    this.context.traffic.closed(by, code, reason, this.context.clock.nowMs());
    this.end();
  }

  private countPackets(): void {
    this.context.log({ type: 'media', ...this.provider.media() }, this.context.clock.nowMs());
  }
}
