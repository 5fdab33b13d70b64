import { randomBytes } from 'node:crypto';
import type { MediaCounts } from '../../../ports';
import type { Json } from '../../mock/json/check';
import type { WireEvent } from '../../mock/openai-realtime/wire-events';
import { isRtcp, readRtp, writeRtp, type RtpPacket } from '../../mock/openai-realtime/webrtc/rtp-packet';
import { decoderFor } from '../../mock/openai-realtime/webrtc/speech-decoder';
import { TrackReception } from '../../mock/openai-realtime/webrtc/track-reception';
import { isLoopback } from '../../loopback';
import { seenEvent } from '../realtime/wire-event';
import { CallingPeer } from './calling-peer';
import { postOffer } from './post-offer';
import {
  BAD_GATEWAY,
  CUT,
  NORMAL,
  REACH_MS,
  type AskedCall,
  type CallRefusal,
  type ProviderSide,
  type ProviderSideContext,
  type ReachContext,
  type Taken,
} from './provider-side';
import { SpokenReplies } from './spoken-replies';
import { soundEvent, withoutFormats } from './sound-event';

const newSource = (): number => randomBytes(4).readUInt32BE();

/** Calls the provider for a board, which has its answer once events can pass: nothing that it says then is lost. */
export async function reachByCall(
  asked: AskedCall,
  { library, clock, upstream }: ReachContext,
): Promise<Taken | CallRefusal> {
  const { hostname } = upstream.originOf('/');
  const source = newSource();
  const peer = new CallingPeer(library, {
    codec: asked.codec,
    bindAddress: isLoopback(hostname) ? '127.0.0.1' : undefined,
    ssrc: source,
  });
  try {
    const answered = await postOffer(peer.offerSdp, asked, upstream);
    if (typeof answered !== 'string') {
      peer.close();
      return answered;
    }
    const late = clock.after(REACH_MS, () => peer.giveUp());
    const how = await peer.connect(answered).finally(late);
    if (how === 'open') return (context) => new CalledProvider(peer, source, context);
    const message = `earshot proxy: no connection to the provider that has answered the call within ${REACH_MS} ms`;
    return { status: BAD_GATEWAY, code: 'unreachable', message };
  } catch (cause) {
    peer.close();
    throw cause;
  }
}

/**
 * A provider that the bridge has called itself. RTP passes both ways packet by packet, numbers, time stamps, marker and payload as
 * they are, so that nothing is coded twice and what is lost stays lost; events pass as they are. A copy of the sound is decoded
 * and told to the traffic as a socket would carry it.
 */
class CalledProvider implements ProviderSide {
  /** Of what the provider says, on its way to the board. */
  readonly source = newSource();
  private readonly up: TrackReception;
  private readonly down: TrackReception;
  private readonly replies: SpokenReplies;
  private over = false;

  constructor(
    private readonly peer: CallingPeer,
    /** Of what the board says, on its way to the provider. */
    private readonly uplinkSource: number,
    private readonly context: ProviderSideContext,
  ) {
    const { clock, codec, opus, traffic, log, board } = context;
    this.up = new TrackReception({
      ...{ clock, codec, decoder: decoderFor(codec, opus) },
      hear: (samples, arrivedAtHostMs, isInvented) => {
        if (samples.length === 0) return;
        const append = soundEvent('input_audio_buffer.append', 'audio', samples);
        traffic.message('board', bytesOf(append), false, arrivedAtHostMs, isInvented);
      },
    });
    this.replies = new SpokenReplies({
      source: this.source,
      clockRateHz: codec.clockRateHz,
      said: ({ responseId, itemId, samples, isInvented }, hostAtMs) => {
        const place = { response_id: responseId, item_id: itemId, output_index: 0, content_index: 0 };
        const delta = soundEvent('response.output_audio.delta', 'delta', samples, place);
        traffic.message('provider', bytesOf(delta), false, hostAtMs, isInvented);
      },
      sent: (what, hostAtMs) => log({ type: 'audio-out', ...what }, hostAtMs),
    });
    this.down = new TrackReception({
      ...{ clock, codec, decoder: decoderFor(codec, opus) },
      hear: (...sound) => this.replies.hear(...sound),
    });
    peer.listen({
      message: (data, isBinary) => this.said(data, isBinary),
      packet: (bytes) => this.heard(bytes),
      ended: (how) => {
        if (how === 'left') board.gone(NORMAL, '');
        else board.gone(CUT, 'peer_lost');
      },
    });
  }

  take(bytes: Buffer, arrivedAtHostMs: number): void {
    const packet = this.readable(bytes);
    if (packet === undefined) return;
    this.peer.sendPacket(writeRtp({ ...packet, ssrc: this.uplinkSource }));
    this.up.take(bytes, arrivedAtHostMs);
  }

  send(event: Json, hostAtMs: number): void {
    if (this.over) return;
    this.peer.sendMessage(bytesOf(event), false);
    this.context.traffic.message('board', bytesOf(withoutFormats(event)), false, hostAtMs);
  }

  sendAsItIs(data: Buffer, isBinary: boolean): void {
    if (!this.over) this.peer.sendMessage(data, isBinary);
  }

  media(): MediaCounts {
    return this.up.sinceLast();
  }

  close(): void {
    if (this.over) return;
    this.over = true;
    this.up.close();
    this.down.close();
    this.peer.close();
  }

  private said(data: Buffer, isBinary: boolean): void {
    if (this.over) return;
    const { clock, traffic, board } = this.context;
    const hostAtMs = clock.nowMs();
    const event = isBinary ? undefined : seenEvent(data);
    if (event === undefined) return;
    this.replies.read(event, hostAtMs);
    // A socket has none of these: there the pace of a reply is that of its sound.
    if (!event.type.startsWith('output_audio_buffer.'))
      traffic.message('provider', bytesOf(withoutFormats(event)), false, hostAtMs);
    board.event(event as WireEvent);
  }

  private heard(bytes: Buffer): void {
    const packet = this.readable(bytes);
    if (packet === undefined) return;
    this.context.board.sendPacket(writeRtp({ ...packet, ssrc: this.source }));
    if (packet.marker) this.replies.begins(packet.timestamp);
    this.down.take(bytes, this.context.clock.nowMs());
  }

  /** A packet of the call's sound; undefined: it is something else. */
  private readable(bytes: Buffer): RtpPacket | undefined {
    if (this.over || isRtcp(bytes)) return undefined;
    const packet = readRtp(bytes);
    return packet?.payloadType === this.context.codec.payloadType ? packet : undefined;
  }
}

const bytesOf = (event: Json): Buffer => Buffer.from(JSON.stringify(event));
