import { WebSocket } from 'ws';
import type { Cancel, Clock } from '../../../ports';
import type { UnstampedEvent } from '../../event-log';
import { isObject, type Json } from '../../mock/json/check';
import type { Dialect } from '../../mock/openai-realtime/dialect';
import { wireEvent, type WireEvent } from '../../mock/openai-realtime/wire-events';
import { CallPeer, type PeerEnd } from '../../mock/openai-realtime/webrtc/call-peer';
import type { DataChannelLibrary } from '../../mock/openai-realtime/webrtc/load-datachannel';
import type { Offer } from '../../mock/openai-realtime/webrtc/offer';
import { isRtcp } from '../../mock/openai-realtime/webrtc/rtp-packet';
import { decoderFor, type OpusLibrary } from '../../mock/openai-realtime/webrtc/speech-decoder';
import { TrackReception } from '../../mock/openai-realtime/webrtc/track-reception';
import { objectIn, seenEvent, textIn } from '../realtime/wire-event';
import type { SocketTraffic } from '../traffic';
import { ReplyPlayout } from './reply-playout';

export interface BridgeContext {
  readonly clock: Clock;
  readonly library: DataChannelLibrary;
  readonly opus: OpusLibrary;
  /** The only address that calls are taken on; undefined: all but loopback. */
  readonly bindAddress: string | undefined;
  /** Reads along what passes between bridge and provider. */
  readonly traffic: SocketTraffic;
  readonly log: (event: UnstampedEvent, hostAtMs: number) => void;
}

/** A board that has its answer is there within a second or not at all. */
const CONNECT_MS = 20_000;
const NORMAL = 1000;
const CUT = 1006;
const unsendable: ReadonlySet<number> = new Set([1004, 1005, 1006, 1015]);

/**
 * One call of a board: its events on a data channel and its sound on RTP, against one WebSocket of the provider, where the same
 * events travel and sound is base64. Both sides are stamped here.
 */
export class BridgeCall {
  private readonly reception: TrackReception;
  private readonly playout: ReplyPlayout;
  private readonly waiting: string[] = [];
  private peer: CallPeer | undefined;
  private unconnected: Cancel | undefined;
  private interrupts = true;
  private over = false;

  constructor(
    readonly id: string,
    private readonly offer: Offer,
    private readonly dialect: Dialect,
    private readonly provider: WebSocket,
    private readonly context: BridgeContext,
    private readonly gone: () => void,
  ) {
    const { clock, opus } = context;
    const { codec } = offer.audio;
    this.reception = new TrackReception({
      ...{ clock, codec, decoder: decoderFor(codec, opus) },
      hear: (samples, arrivedAtHostMs, isInvented) => this.hear(samples, arrivedAtHostMs, isInvented),
    });
    this.playout = new ReplyPlayout({
      ...{ clock, codec, opus },
      sendPacket: (packet) => void this.peer?.sendPacket(packet),
      sent: (what, hostAtMs) => context.log({ type: 'audio-out', ...what }, hostAtMs),
      started: (response_id) => this.toBoard(wireEvent('output_audio_buffer.started', { response_id })),
      stopped: (response_id) => this.toBoard(wireEvent('output_audio_buffer.stopped', { response_id })),
    });
    provider.on('message', (data) => this.ofProvider(data as Buffer));
    provider.on('close', (code, reason) => this.providerClosed(code, reason.toString()));
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
        { offer: this.offer, bindAddress, ssrc: this.playout.source, name: this.id },
        {
          connected: () => this.unconnected?.(),
          channelOpened: () => {
            for (const text of this.waiting.splice(0)) this.peer?.sendMessage(text, false);
          },
          message: (data, isBinary) => this.ofBoard(data, isBinary),
          packet: (bytes) => {
            if (!isRtcp(bytes)) this.reception.take(bytes, clock.nowMs());
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

  /** Takes a message of the provider, also one that came before the call was. */
  ofProvider(data: Buffer): void {
    if (this.over) return;
    const hostAtMs = this.context.clock.nowMs();
    this.context.traffic.message('provider', data, false, hostAtMs);
    const event = seenEvent(data);
    if (event === undefined) return;
    switch (event.type) {
      case 'response.output_audio.delta': {
        const bytes = Buffer.from(textIn(event, 'delta'), 'base64');
        const samples = Int16Array.from({ length: bytes.length >> 1 }, (_, at) => bytes.readInt16LE(2 * at));
        this.playout.say(textIn(event, 'response_id'), textIn(event, 'item_id'), samples);
        return;
      }
      case 'response.done':
        this.toBoard(event as WireEvent);
        this.playout.end(textIn(objectIn(event, 'response'), 'id'));
        return;
      case 'input_audio_buffer.speech_started':
        this.toBoard(event as WireEvent);
        if (this.interrupts) this.cutOff('truncates');
        return;
      case 'session.created':
      case 'session.updated': {
        const input = objectIn(objectIn(objectIn(event, 'session'), 'audio'), 'input');
        this.interrupts = objectIn(input, 'turn_detection').interrupt_response !== false;
        this.toBoard(event as WireEvent);
        return;
      }
      default:
        this.toBoard(event as WireEvent);
    }
  }

  /** Ends it without a word, as when the proxy closes or the board asks for it over HTTP. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.unconnected?.();
    this.reception.close();
    this.playout.close();
    this.peer?.close();
    if (this.provider.readyState === WebSocket.CONNECTING) this.provider.terminate();
    else this.provider.close(NORMAL);
    this.gone();
  }

  /** The board hung up over HTTP. */
  hangUp(): void {
    if (!this.over) this.context.traffic.closed('board', NORMAL, 'hangup', this.context.clock.nowMs());
    this.end();
  }

  /** What the board said aloud, as the provider's socket takes it. */
  private hear(samples: Int16Array, arrivedAtHostMs: number, isInvented: boolean): void {
    if (this.over || samples.length === 0) return;
    const audio = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');
    this.toProvider({ type: 'input_audio_buffer.append', audio }, arrivedAtHostMs, isInvented);
  }

  private ofBoard(data: Buffer, isBinary: boolean): void {
    const hostAtMs = this.context.clock.nowMs();
    const read = isBinary ? undefined : seenEvent(data);
    // What is no event goes on as it is: the provider says what is wrong with it.
    if (read === undefined) {
      if (!this.over && this.provider.readyState === WebSocket.OPEN)
        this.provider.send(data, { binary: isBinary });
      return;
    }
    const event = this.dialect.read(read);
    if (event.type === 'output_audio_buffer.clear') {
      this.cutOff('clears');
      return;
    }
    this.toProvider(event.type === 'session.update' ? withoutFormats(event) : event, hostAtMs);
  }

  /** What the board has not heard of the reply it will not hear: the service tells that by itself in a call, and not on a socket. */
  private cutOff(how: 'truncates' | 'clears'): void {
    const cut = this.playout.clear();
    const [current] = cut;
    if (current === undefined) return;
    const { responseId: response_id } = current;
    this.toBoard(wireEvent('output_audio_buffer.cleared', { response_id }));
    if (how === 'clears') return;
    for (const { itemId: item_id, audioEndMs: audio_end_ms } of cut) {
      const truncate = { type: 'conversation.item.truncate', item_id, content_index: 0, audio_end_ms };
      this.toProvider(truncate, this.context.clock.nowMs());
    }
  }

  private toProvider(event: Json, hostAtMs: number, isInvented = false): void {
    if (this.over || this.provider.readyState !== WebSocket.OPEN) return;
    const bytes = Buffer.from(JSON.stringify(event));
    this.provider.send(bytes, { binary: false });
    this.context.traffic.message('board', bytes, false, hostAtMs, isInvented);
  }

  private toBoard(event: WireEvent): void {
    const written = this.dialect.write(event);
    if (written === undefined || this.over) return;
    const text = JSON.stringify(written);
    if (this.peer?.channelIsOpen === true) this.peer.sendMessage(text, false);
    else this.waiting.push(text);
  }

  private boardEnded(how: PeerEnd): void {
    if (this.over) return;
    const code = how === 'left' ? NORMAL : CUT;
    const reason = how === 'left' ? '' : 'peer_lost';
    this.context.traffic.closed('board', code, reason, this.context.clock.nowMs());
    this.end();
  }

  private providerClosed(code: number, reason: string): void {
    if (this.over) return;
    this.context.traffic.closed('provider', code, reason, this.context.clock.nowMs());
    if (!unsendable.has(code)) this.peer?.closeChannel();
    this.end();
  }
}

/** Sound travels as the call has agreed on; between bridge and provider it is 16-bit at 24 000 Hz, the service's default. */
function withoutFormats(event: Json): Json {
  const session = objectIn(event, 'session');
  if (!isObject(session.audio)) return event;
  const audio = Object.fromEntries(
    Object.entries(session.audio).map(([side, settings]) => [
      side,
      isObject(settings)
        ? Object.fromEntries(Object.entries(settings).filter(([name]) => name !== 'format'))
        : settings,
    ]),
  );
  return { ...event, session: { ...session, audio } };
}
