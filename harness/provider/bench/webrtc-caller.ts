import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket } from 'werift';
import type { Cancel, Clock } from '../../ports';

/** One packet of the reply stream as it reached the caller. */
export interface ArrivedPacket {
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly atHostMs: number;
}

export const PACKET_MS = 20;
const TICKS_PER_PACKET = 960;
const PAYLOAD_TYPE = 111;

/**
 * A caller of OpenAI Realtime with nothing of the mock's WebRTC in it: werift, one stream of Opus each way, events on the
 * channel `oai-events`. It sends a packet every 20 ms, silence where nothing is to be said, and keeps every packet that comes.
 */
export class WebRtcCaller {
  readonly arrived: ArrivedPacket[] = [];
  sessionId = '';
  private readonly connection = new RTCPeerConnection({
    iceServers: [],
    bundlePolicy: 'max-bundle',
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    codecs: {
      audio: [
        new RTCRtpCodecParameters({
          mimeType: 'audio/opus',
          clockRate: 48_000,
          channels: 2,
          payloadType: PAYLOAD_TYPE,
        }),
      ],
    },
  });
  private readonly track = new MediaStreamTrack({ kind: 'audio' });
  private readonly channel = this.connection.createDataChannel('oai-events');
  private readonly heard: string[] = [];
  private readonly waiting: (() => void)[] = [];
  private speech: readonly Buffer[] = [];
  private sent = 0;
  private firstDueAtHostMs = 0;
  private timer: Cancel | undefined;

  /** @param silence - The packet of a microphone that hears nothing. */
  constructor(
    private readonly clock: Clock,
    private readonly silence: Buffer,
  ) {
    this.connection.addTransceiver(this.track, { direction: 'sendrecv' });
    this.channel.onMessage.subscribe((data) => this.take(data.toString()));
  }

  /** @returns Once the service has greeted it. */
  async connect(callsUrl: string, key: string): Promise<void> {
    const { connection } = this;
    await connection.setLocalDescription(await connection.createOffer());
    for (const dtls of connection.dtlsTransports)
      dtls.onRtp.subscribe(({ header }) => {
        const { sequenceNumber: sequence, timestamp, ssrc } = header;
        this.arrived.push({ sequence, timestamp, ssrc, atHostMs: this.clock.nowMs() });
      });
    const answer = await fetch(callsUrl, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/sdp' },
      body: connection.localDescription?.sdp ?? '',
    });
    const sdp = await answer.text();
    if (answer.status !== 201) throw new Error(`The mock answered ${answer.status}: ${sdp}`);
    await connection.setRemoteDescription({ type: 'answer', sdp });
    await this.next('session.created');
    this.firstDueAtHostMs = this.clock.nowMs();
    this.tick();
  }

  /** Says this next, in place of silence. */
  say(packets: readonly Buffer[]): void {
    this.speech = [...packets];
  }

  /** Resolves at the next event of this type after the last one that was waited for. */
  async next(type: string): Promise<void> {
    for (;;) {
      const at = this.heard.indexOf(type);
      if (at >= 0) {
        this.heard.splice(0, at + 1);
        return;
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  async close(): Promise<void> {
    this.timer?.();
    await this.connection.close();
  }

  private take(text: string): void {
    const event = JSON.parse(text) as { readonly type: string; readonly session?: { readonly id?: string } };
    this.sessionId ||= event.session?.id ?? '';
    this.heard.push(event.type);
    for (const wake of this.waiting.splice(0)) wake();
  }

  private tick(): void {
    const [payload = this.silence] = this.speech;
    this.speech = this.speech.slice(1);
    const header = new RtpHeader({
      sequenceNumber: this.sent & 0xffff,
      timestamp: (this.sent * TICKS_PER_PACKET) >>> 0,
      payloadType: PAYLOAD_TYPE,
    });
    this.track.writeRtp(new RtpPacket(header, payload));
    this.sent += 1;
    const dueAtHostMs = this.firstDueAtHostMs + this.sent * PACKET_MS;
    this.timer = this.clock.after(Math.max(0, dueAtHostMs - this.clock.nowMs()), () => this.tick());
  }
}
