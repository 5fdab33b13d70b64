/** A board on an independent WebRTC stack (werift), for tests: raw RTP in and out, events on a data channel. */
import { Encoder, Decoder } from '@evan/opus/wasm/index.js';
import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtpHeader,
  RtpPacket,
  type RTCDataChannel,
} from 'werift';
import { RateConverter, encodeG711, toPcm16 } from '../../../../../audio';
import type { ServerEvent } from '../../../../__fixtures__/wire-client';

export type ClientCodec = 'opus' | 'PCMU' | 'PCMA';

const codecs: Readonly<Record<ClientCodec, RTCRtpCodecParameters>> = {
  // A number that is not the browser's.
  opus: new RTCRtpCodecParameters({
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    payloadType: 97,
  }),
  PCMU: new RTCRtpCodecParameters({ mimeType: 'audio/PCMU', clockRate: 8000, channels: 1, payloadType: 0 }),
  PCMA: new RTCRtpCodecParameters({ mimeType: 'audio/PCMA', clockRate: 8000, channels: 1, payloadType: 8 }),
};

export interface CallClientOptions {
  readonly codec?: ClientCodec;
  readonly label?: string;
  /** False: it has no data channel. Default true. */
  readonly channel?: boolean;
  /** When it opens its data channel: with the offer as browsers do, or once it is connected as boards do. */
  readonly channelWhen?: 'offered' | 'connected';
}

export class CallClient {
  readonly events: ServerEvent[] = [];
  readonly received: RtpPacket[] = [];
  readonly peer: RTCPeerConnection;
  readonly channelClosed: Promise<void>;
  location = '';
  private channel: RTCDataChannel | undefined;
  private readonly track = new MediaStreamTrack({ kind: 'audio' });
  private readonly encoder = new Encoder({ channels: 1, sample_rate: 24_000, application: 'voip' });
  private readonly converter = new RateConverter(24_000, 8000);
  private readonly payloadType: number;
  private waiting: (() => void)[] = [];
  private cursor = 0;
  private sequence = 65_500;
  private timestamp = 2 ** 32 - 4000;
  private closedChannel: () => void = () => undefined;

  constructor(private readonly options: CallClientOptions = {}) {
    const codec = codecs[options.codec ?? 'opus'];
    this.payloadType = codec.payloadType;
    this.peer = new RTCPeerConnection({
      iceServers: [],
      iceAdditionalHostAddresses: ['127.0.0.1'],
      iceUseIpv6: false,
      // Else it never closes the sockets of the section that was bundled away.
      bundlePolicy: 'max-bundle',
      codecs: { audio: [codec], video: [] },
    });
    this.channelClosed = new Promise((resolve) => (this.closedChannel = resolve));
    const transceiver = this.peer.addTransceiver(this.track, { direction: 'sendrecv' });
    transceiver.onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe((packet) => {
        this.received.push(packet);
        this.wake();
      });
    });
    if (options.channel !== false && options.channelWhen !== 'connected') this.openChannel();
  }

  /** The offer with all candidates in it. */
  async offer(): Promise<string> {
    // SCTP is offered with the first channel only.
    if (this.options.channelWhen === 'connected') this.openChannel();
    await this.peer.setLocalDescription(await this.peer.createOffer());
    if (this.peer.iceGatheringState !== 'complete')
      await this.peer.iceGatheringStateChange.watch((state) => state === 'complete');
    return this.peer.localDescription?.sdp ?? '';
  }

  async accept(answerSdp: string): Promise<void> {
    await this.peer.setRemoteDescription({ type: 'answer', sdp: answerSdp });
  }

  /** Posts the offer and takes the answer. */
  async call(url: string, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-test', 'content-type': 'application/sdp', ...headers },
      body: await this.offer(),
    });
    if (response.status !== 201) return response;
    this.location = response.headers.get('location') ?? '';
    await this.accept(await response.text());
    return response;
  }

  send(event: Record<string, unknown>): void {
    this.channel?.send(JSON.stringify(event));
  }

  /** Sound in packets of 20 ms, as fast as they can be written; `24_000` Hz mono. `loses`: packets that never leave. */
  async say(samples: Int16Array, loses: (packet: number) => boolean = () => false): Promise<void> {
    for (let at = 0, packet = 0; at < samples.length; at += 480, packet++) {
      const frame = new Int16Array(480);
      frame.set(samples.subarray(at, at + 480));
      const payload = this.encode(frame);
      if (!loses(packet)) await this.sendPacket(payload, this.sequence, this.timestamp);
      this.sequence = (this.sequence + 1) & 0xffff;
      this.timestamp = (this.timestamp + (this.payloadType === 97 ? 960 : 160)) % 2 ** 32;
    }
  }

  async sendPacket(payload: Buffer, sequenceNumber: number, timestamp: number): Promise<void> {
    const header = new RtpHeader({
      version: 2,
      payloadType: this.payloadType,
      sequenceNumber,
      timestamp,
      ssrc: this.track.ssrc ?? 1,
    });
    this.track.writeRtp(new RtpPacket(header, payload));
    await Promise.resolve();
  }

  /** Ends the events, as a client does that leaves in good form. */
  closeChannel(): void {
    this.channel?.close();
  }

  /** The next event of this type, counted from the last one that was waited for. */
  async next(type: string): Promise<ServerEvent> {
    for (;;) {
      const at = this.events.findIndex((event, index) => index >= this.cursor && event.type === type);
      const event = this.events[at];
      if (event !== undefined) {
        this.cursor = at + 1;
        return event;
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  async packets(count: number): Promise<readonly RtpPacket[]> {
    while (this.received.length < count) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.received;
  }

  /** What was received, decoded: mono at 24 000 Hz. */
  heard(): Int16Array {
    const decoder = new Decoder({ channels: 1, sample_rate: 24_000 });
    const frames = this.received.map(({ payload }) => {
      const bytes = decoder.decode(payload);
      return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    });
    decoder.drop();
    const out = new Int16Array(frames.reduce((sum, frame) => sum + frame.length, 0));
    let at = 0;
    for (const frame of frames) {
      out.set(frame, at);
      at += frame.length;
    }
    return out;
  }

  types(): string[] {
    return this.events.map((event) => event.type);
  }

  async close(): Promise<void> {
    this.encoder.drop();
    await this.peer.close();
  }

  /** 20 ms at 24 000 Hz. */
  private encode(frame: Int16Array): Buffer {
    if (this.payloadType === 97) return Buffer.from(this.encoder.encode(frame));
    const narrow = this.converter.push(Float32Array.from(frame, (sample) => sample / 32_768));
    const codes = encodeG711(toPcm16(narrow).pcm, this.payloadType === 0 ? 'mu-law' : 'a-law');
    // The first is short by what the filter looks ahead.
    return Buffer.concat([Buffer.alloc(160 - codes.length, 0xd5), codes]);
  }

  private openChannel(): void {
    const channel = this.peer.createDataChannel(this.options.label ?? 'oai-events');
    this.channel = channel;
    channel.onMessage.subscribe((data) => {
      this.events.push(JSON.parse(data.toString()) as ServerEvent);
      this.wake();
    });
    channel.stateChanged.subscribe((state) => {
      if (state === 'closed') this.closedChannel();
    });
  }

  private wake(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }
}
