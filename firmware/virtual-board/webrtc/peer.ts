import { setImmediate as afterThisTurn } from 'node:timers/promises';
import type * as WebRtc from 'werift';
import type { Cancel } from '../board-clock';
import type { AudioFormat } from './audio-format';
import { repairDtls } from './dtls-repairs';
import type { ArrivedPacket } from './jitter-buffer';

/**
 * The channel's stream: whoever is the DTLS server, which the board is here, opens odd ones (RFC 8832 section 6). werift goes
 * by the ICE role instead, which is another with ICE lite.
 */
const CHANNEL_STREAM = 1;
/** The board's peer gives up after five keep-alives, 6 s apart, without an answer. */
const SILENCE_LIMIT_MS = 30_000;
const SILENCE_CHECK_MS = 5_000;
const LOOPBACK = '127.0.0.1';

/** The library, which boards of other dialects need not load: it takes a while. */
export type WebRtcLibrary = typeof WebRtc;

/** What happens to a connection, in this order; nothing after `lost`, or after the board closed or cut it. */
export interface PeerEvents {
  /** Sound can flow. */
  connected(): void;
  /** SCTP is up and the board's data channel open. */
  channelOpened(): void;
  message(text: string): void;
  packet(packet: ArrivedPacket): void;
  /** The other side closed, does not answer any more, or never did. */
  lost(): void;
}

export interface PeerOptions {
  readonly format: AudioFormat;
  readonly channelLabel: string;
  /** Answers connectivity checks and makes none. */
  readonly iceLite: boolean;
  /** The provider is on this machine, so nothing else needs to be reached. */
  readonly onLoopback: boolean;
  readonly after: (delayMs: number, callback: () => void) => Cancel;
}

/**
 * The board's end of a WebRTC connection: it offers, all candidates in the offer and no ICE server, opens its data channel
 * once SCTP is up, sends and receives one stream of speech.
 */
export class WebRtcPeer {
  private readonly connection: WebRtc.RTCPeerConnection;
  private readonly track: WebRtc.MediaStreamTrack;
  private readonly channel: WebRtc.RTCDataChannel;
  private isConnected = false;
  private over = false;
  private tellEnded: () => void = () => undefined;
  private readonly ended = new Promise<void>((resolve) => (this.tellEnded = resolve));
  private sequenceNumber = 0;
  private timestamp = 0;
  private heardSomething = false;
  private cancelWatch: Cancel = () => undefined;

  constructor(
    private readonly library: WebRtcLibrary,
    private readonly options: PeerOptions,
    private readonly events: PeerEvents,
  ) {
    const { format, channelLabel, iceLite, onLoopback } = options;
    this.track = new library.MediaStreamTrack({ kind: 'audio' });
    this.connection = new library.RTCPeerConnection({
      iceServers: [],
      iceUseIpv4: !onLoopback,
      iceUseIpv6: false,
      ...(onLoopback && { iceAdditionalHostAddresses: [LOOPBACK] }),
      iceLite,
      bundlePolicy: 'max-bundle',
      codecs: { audio: [codecParameters(library, format)] },
      headerExtensions: { audio: [] },
      iceFilterStunResponse: () => {
        this.heardSomething = true;
        return !this.over;
      },
    });
    const { connection } = this;
    connection.connectionStateChange.subscribe((state) => {
      if (state === 'connected') this.connect();
      else if (state === 'disconnected' || state === 'failed' || state === 'closed') this.lose();
    });
    connection.addTransceiver(this.track, { direction: 'sendrecv' });
    this.channel = connection.createDataChannel(channelLabel, { id: CHANNEL_STREAM });
    this.channel.stateChange.subscribe((state) => {
      if (this.over) return;
      if (state === 'open') this.events.channelOpened();
      else if (state === 'closed') this.lose();
    });
    this.channel.onMessage.subscribe((data) => {
      this.heardSomething = true;
      if (!this.over) this.events.message(data.toString());
    });
  }

  /** The offer, once all candidates are in it; empty when the board ended it before, as a reset does at any moment. */
  async offer(): Promise<string> {
    const { connection } = this;
    const made = connection.createOffer().then((offer) => connection.setLocalDescription(offer));
    // Of a connection that is closed werift says that it is, or nothing any more.
    made.catch(() => undefined);
    await Promise.race([made, this.ended]);
    if (this.over) return '';
    const [ice] = connection.iceTransports;
    const [dtls] = connection.dtlsTransports;
    if (ice !== undefined && dtls !== undefined) repairDtls({ ice, dtls, isOver: () => this.over });
    this.takePackets();
    return connection.localDescription?.sdp ?? '';
  }

  /** @throws Error for what is no answer. */
  async accept(answerSdp: string): Promise<void> {
    await this.connection.setRemoteDescription({ type: 'answer', sdp: answerSdp });
    this.heardSomething = true;
    this.watch();
  }

  /** Sends one packet of 20 ms; false when it cannot leave. */
  sendAudio(payload: Buffer, ticks: number): boolean {
    const { RtpHeader, RtpPacket } = this.library;
    const header = new RtpHeader({
      sequenceNumber: this.sequenceNumber,
      timestamp: this.timestamp,
      payloadType: this.options.format.payloadType,
    });
    this.timestamp = (this.timestamp + ticks) >>> 0;
    if (!this.isConnected || this.over) return false;
    this.sequenceNumber = (this.sequenceNumber + 1) & 0xffff;
    this.track.writeRtp(new RtpPacket(header, payload));
    return true;
  }

  /** False when the channel is not open. */
  sendText(text: string): boolean {
    if (this.over || this.channel.readyState !== 'open') return false;
    this.channel.send(text);
    return true;
  }

  /** Says goodbye: SCTP is aborted, which werift leaves out when it closes everything at once. */
  close(): void {
    if (this.over) return;
    this.end();
    if (this.isConnected) void this.connection.sctpTransport?.sctp.abort().catch(() => undefined);
    // What was written in this turn leaves first.
    void afterThisTurn()
      .then(() => this.connection.close())
      .catch(() => undefined);
  }

  /** Ends without a goodbye, as a chip in reset does: its sockets are gone. */
  cut(): void {
    if (this.over) return;
    this.end();
    const sockets = this.connection.iceTransports.map(({ connection }) => connection.close());
    void Promise.allSettled(sockets).then(() => this.connection.close().catch(() => undefined));
  }

  /** By their payload type: whoever answers need not say which SSRC its packets have, and werift's tracks want to know. */
  private takePackets(): void {
    const { payloadType } = this.options.format;
    for (const dtls of this.connection.dtlsTransports)
      dtls.onRtp.subscribe(({ header, payload }) => {
        this.heardSomething = true;
        const { sequenceNumber, timestamp, ssrc } = header;
        if (this.over || header.payloadType !== payloadType || payload.length === 0) return;
        this.events.packet({ sequenceNumber, timestamp, ssrc, payload: Buffer.from(payload) });
      });
  }

  private end(): void {
    this.over = true;
    this.tellEnded();
    this.cancelWatch();
  }

  private connect(): void {
    if (this.over || this.isConnected) return;
    this.isConnected = true;
    this.events.connected();
  }

  private lose(): void {
    if (this.over) return;
    this.close();
    this.events.lost();
  }

  /** ICE lite does not ask whether the other side is there, so it is listened for. */
  private watch(): void {
    let silentMs = 0;
    const look = (): void => {
      silentMs = this.heardSomething ? 0 : silentMs + SILENCE_CHECK_MS;
      this.heardSomething = false;
      if (silentMs >= SILENCE_LIMIT_MS) this.lose();
      else this.cancelWatch = this.options.after(SILENCE_CHECK_MS, look);
    };
    this.cancelWatch = this.options.after(SILENCE_CHECK_MS, look);
  }
}

const codecParameters = (
  library: WebRtcLibrary,
  { name, payloadType, clockRateHz: clockRate, channels }: AudioFormat,
): WebRtc.RTCRtpCodecParameters =>
  new library.RTCRtpCodecParameters({
    mimeType: name === 'opus' ? 'audio/opus' : 'audio/PCMA',
    clockRate,
    channels,
    payloadType,
  });
