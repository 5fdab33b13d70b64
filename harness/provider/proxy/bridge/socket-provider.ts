import { WebSocket } from 'ws';
import type { MediaCounts } from '../../../ports';
import type { Json } from '../../mock/json/check';
import { wireEvent, type WireEvent } from '../../mock/openai-realtime/wire-events';
import { decoderFor } from '../../mock/openai-realtime/webrtc/speech-decoder';
import { TrackReception } from '../../mock/openai-realtime/webrtc/track-reception';
import { upgradeHeaders } from '../forward-socket';
import { objectIn, seenEvent, textIn } from '../realtime/wire-event';
import {
  BAD_GATEWAY,
  NORMAL,
  REACH_MS,
  type AskedCall,
  type CallRefusal,
  type ProviderSide,
  type ProviderSideContext,
  type ReachContext,
  type Taken,
} from './provider-side';
import { ReplyPlayout } from './reply-playout';
import { soundEvent, withoutFormats } from './sound-event';

const REALTIME = '/v1/realtime';
/** As the WebSocket side: base64 of 15 MiB of sound, and its event. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024 + 65_536;

/** Connects a WebSocket for a board: a wrong key is told before the board has its answer, as in a call it would be. */
export function reachBySocket(
  { authorization, model, session }: AskedCall,
  { upstream, clock }: ReachContext,
): Promise<Taken | CallRefusal> {
  const path = model === undefined ? REALTIME : `${REALTIME}?model=${encodeURIComponent(model)}`;
  const headers = authorization === undefined ? [] : ['Authorization', authorization];
  const sent = upstream.authorise({ method: 'GET', path, headers, body: Buffer.alloc(0) });
  const origin = upstream.originOf(sent.path);
  const secure = origin.protocol === 'https:';
  const { ca } = upstream.httpsAgent.options;
  const socket = new WebSocket(`${secure ? 'wss' : 'ws'}://${origin.host}${sent.path}`, {
    headers: upgradeHeaders(sent.headers),
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    ...(secure && ca !== undefined ? { ca } : {}),
  });
  return new Promise((resolve) => {
    const said: Buffer[] = [];
    const hear = (data: unknown): void => void said.push(data as Buffer);
    let settled = false;
    const settle = (how: Taken | CallRefusal): void => {
      if (settled) return;
      settled = true;
      late();
      resolve(how);
    };
    const fail = (status: number, code: string, message: string): void => {
      if (settled) return;
      settle({ status, code, message });
      socket.terminate();
    };
    const late = clock.after(REACH_MS, () => fail(504, 'timeout', 'the provider did not greet'));
    socket.on('error', (cause) => fail(BAD_GATEWAY, 'unreachable', `earshot proxy: ${cause.message}`));
    socket.on('close', (code) => fail(BAD_GATEWAY, 'closed', `the provider closed with ${code}`));
    socket.on('message', hear);
    socket.once('message', (data) => {
      const event = seenEvent(data as Buffer);
      if (event?.type === 'error') {
        const error = objectIn(event, 'error');
        const code = textIn(error, 'code') || 'no_key';
        fail(code === 'invalid_api_key' || code === 'no_key' ? 401 : 400, code, textIn(error, 'message'));
        return;
      }
      if (session !== undefined) {
        const ofForm = Object.fromEntries(Object.entries(session).filter(([name]) => name !== 'model'));
        socket.send(JSON.stringify({ type: 'session.update', session: { type: 'realtime', ...ofForm } }));
      }
      settle((context) => {
        socket.off('message', hear);
        return new SocketProvider(socket, said, context);
      });
    });
  });
}

/**
 * A provider on a WebSocket, where sound is base64 and replies come faster than they are spoken: the board's sound is decoded,
 * and replies are let out at the pace of speech, stopped and reported as a call's are.
 */
class SocketProvider implements ProviderSide {
  private readonly reception: TrackReception;
  private readonly playout: ReplyPlayout;
  private interrupts = true;
  /** The response that the provider has begun and not ended. */
  private begun: string | undefined;
  private over = false;

  constructor(
    private readonly socket: WebSocket,
    said: readonly Buffer[],
    private readonly context: ProviderSideContext,
  ) {
    const { clock, opus, codec, board, log } = context;
    this.reception = new TrackReception({
      ...{ clock, codec, decoder: decoderFor(codec, opus) },
      hear: (samples, arrivedAtHostMs, isInvented) => this.hear(samples, arrivedAtHostMs, isInvented),
    });
    this.playout = new ReplyPlayout({
      ...{ clock, codec, opus },
      sendPacket: (packet) => board.sendPacket(packet),
      sent: (what, hostAtMs) => log({ type: 'audio-out', ...what }, hostAtMs),
      started: (response_id) => board.event(wireEvent('output_audio_buffer.started', { response_id })),
      stopped: (response_id) => board.event(wireEvent('output_audio_buffer.stopped', { response_id })),
    });
    socket.on('message', (data) => this.said(data as Buffer));
    socket.on('close', (code, reason) => {
      if (!this.over) board.gone(code, reason.toString());
    });
    for (const message of said) this.said(message);
  }

  get source(): number {
    return this.playout.source;
  }

  take(packet: Buffer, arrivedAtHostMs: number): void {
    this.reception.take(packet, arrivedAtHostMs);
  }

  send(event: Json, hostAtMs: number): void {
    if (event.type === 'output_audio_buffer.clear') this.cutOff('clears');
    else this.write(event.type === 'session.update' ? withoutFormats(event) : event, hostAtMs);
  }

  sendAsItIs(data: Buffer, isBinary: boolean): void {
    if (!this.over && this.socket.readyState === WebSocket.OPEN) this.socket.send(data, { binary: isBinary });
  }

  media(): MediaCounts {
    return this.reception.sinceLast();
  }

  close(): void {
    if (this.over) return;
    this.over = true;
    this.reception.close();
    this.playout.close();
    if (this.socket.readyState === WebSocket.CONNECTING) this.socket.terminate();
    else this.socket.close(NORMAL);
  }

  private said(data: Buffer): void {
    if (this.over) return;
    const { clock, traffic, board } = this.context;
    traffic.message('provider', data, false, clock.nowMs());
    const event = seenEvent(data);
    if (event === undefined) return;
    switch (event.type) {
      case 'response.output_audio.delta': {
        const bytes = Buffer.from(textIn(event, 'delta'), 'base64');
        const samples = Int16Array.from({ length: bytes.length >> 1 }, (_, at) => bytes.readInt16LE(2 * at));
        this.playout.say(textIn(event, 'response_id'), textIn(event, 'item_id'), samples);
        return;
      }
      case 'response.created':
        this.begun = textIn(objectIn(event, 'response'), 'id');
        board.event(event as WireEvent);
        return;
      case 'response.done': {
        const id = textIn(objectIn(event, 'response'), 'id');
        if (this.begun === id) this.begun = undefined;
        board.event(event as WireEvent);
        this.playout.end(id);
        return;
      }
      case 'input_audio_buffer.speech_started':
        board.event(event as WireEvent);
        if (this.interrupts) this.cutOff('truncates');
        return;
      case 'session.created':
      case 'session.updated': {
        const input = objectIn(objectIn(objectIn(event, 'session'), 'audio'), 'input');
        this.interrupts = objectIn(input, 'turn_detection').interrupt_response !== false;
        board.event(event as WireEvent);
        return;
      }
      default:
        board.event(event as WireEvent);
    }
  }

  /** What the board said aloud, as the provider's socket takes it. */
  private hear(samples: Int16Array, arrivedAtHostMs: number, isInvented: boolean): void {
    if (samples.length > 0)
      this.write(soundEvent('input_audio_buffer.append', 'audio', samples), arrivedAtHostMs, isInvented);
  }

  /** What the board has not heard of the reply it will not hear: the service tells that by itself in a call, and not on a socket. */
  private cutOff(how: 'truncates' | 'clears'): void {
    const { clock, board } = this.context;
    const cut = this.playout.clear(this.begun);
    const [current] = cut;
    if (current === undefined) return;
    const { responseId: response_id } = current;
    board.event(wireEvent('output_audio_buffer.cleared', { response_id }));
    if (how === 'clears') return;
    for (const { itemId: item_id, audioEndMs: audio_end_ms } of cut) {
      const truncate = { type: 'conversation.item.truncate', item_id, content_index: 0, audio_end_ms };
      this.write(truncate, clock.nowMs());
    }
  }

  private write(event: Json, hostAtMs: number, isInvented = false): void {
    if (this.over || this.socket.readyState !== WebSocket.OPEN) return;
    const bytes = Buffer.from(JSON.stringify(event));
    this.socket.send(bytes, { binary: false });
    this.context.traffic.message('board', bytes, false, hostAtMs, isInvented);
  }
}
