import type { DataChannel, PeerConnection, Track } from 'node-datachannel';
import { answerFor } from './answer';
import type { DataChannelLibrary } from './load-datachannel';
import type { Offer } from './offer';

/** What happens to a call's transport. Nothing is told after `ended`. */
export interface CallPeerListener {
  /** DTLS is up: sound can flow. */
  connected(): void;
  /** The client's data channel is open. */
  channelOpened(): void;
  message(data: Buffer, isBinary: boolean): void;
  /** A packet on the media port: RTP or RTCP. */
  packet(bytes: Buffer): void;
  /** Once. `left`: the client closed; `lost`: it does not answer any more, or never could be reached. */
  ended(how: PeerEnd): void;
}

export type PeerEnd = 'left' | 'lost';

export interface CallPeerOptions {
  /** The offer as the mock is to see it. */
  readonly offer: Offer;
  /** The only address that is listened on; undefined: all but loopback. */
  readonly bindAddress: string | undefined;
  /** Of the packets that will be sent. */
  readonly ssrc: number;
  readonly name: string;
}

/** Of the sender of replies, in SDP and RTCP. */
const CNAME = 'earshot';
/** Larger than any event; what the answer says of it. */
const MAX_MESSAGE_BYTES = 256 * 1024;
/** RFC 7587 section 7: speech, one channel, no in-band redundancy. */
const OPUS_PROFILE = 'minptime=10;stereo=0;useinbandfec=0';

/** What a peer makes of what the library's threads tell. */
interface Told {
  gathered(): void;
  changed(state: string): void;
  offered(channel: DataChannel): void;
  connected(): void;
  packet(bytes: Buffer): void;
  message(message: string | ArrayBuffer | Buffer): void;
  channelOpened(): void;
  channelClosed(): void;
}

/**
 * All that the library's callbacks reach. It keeps them for as long as it keeps the objects that they belong to, which has to be for good: to
 * destroy those while a thread of the library still ends would end this process. So a peer that is over lets go of its end of this, and of
 * what it was nothing stays but the library's own objects.
 */
interface Line {
  /** Undefined: the call is over, and nobody is told any more. */
  told: Told | undefined;
  /** What the library's threads use, and a garbage collector would take away. Replaced, not grown: an array that grows takes room ahead. */
  kept: readonly unknown[];
}

// Made outside of the peer: a function sees all that those beside it see.
function listenToConnection(connection: PeerConnection, line: Line): void {
  connection.onGatheringStateChange((state) => {
    if (state === 'complete') line.told?.gathered();
  });
  connection.onStateChange((state) => line.told?.changed(state));
  connection.onDataChannel((channel) => line.told?.offered(channel));
}

function listenToTrack(track: Track, line: Line): void {
  line.kept = [...line.kept, track];
  track.onOpen(() => line.told?.connected());
  track.onMessage((packet) => line.told?.packet(packet));
  track.onError(ignore);
}

function listenToChannel(channel: DataChannel, line: Line): void {
  line.kept = [...line.kept, channel];
  channel.onMessage((message) => line.told?.message(message));
  channel.onClosed(() => line.told?.channelClosed());
  channel.onError(ignore);
  if (channel.isOpen()) line.told?.channelOpened();
  else channel.onOpen(() => line.told?.channelOpened());
}

const ignore = (): void => undefined;

/**
 * The mock's end of one call: ICE, DTLS, SRTP and SCTP of libdatachannel behind what a session needs. It answers only; a
 * data channel of any label is taken, and none is opened.
 */
export class CallPeer {
  private readonly connection: PeerConnection;
  private readonly track: Track;
  private channel: DataChannel | undefined;
  private readonly line: Line;
  private isConnected = false;
  private closedChannel = false;
  private over = false;

  /** Of the certificate that the client has shown, in hexadecimal digits; undefined: none yet, or the call is over. */
  remoteFingerprint: string | undefined;

  private constructor(
    library: DataChannelLibrary,
    { offer, bindAddress, ssrc, name }: CallPeerOptions,
    private readonly listener: CallPeerListener,
    private readonly gathered: () => void,
  ) {
    this.connection = new library.PeerConnection(name, {
      iceServers: [],
      ...(bindAddress !== undefined && { bindAddress }),
      // The answer is made below, once it has the track that replies leave on.
      disableAutoNegotiation: true,
      maxMessageSize: MAX_MESSAGE_BYTES,
    });
    const { connection } = this;
    this.line = { told: this.told(), kept: [connection] };
    // Before anything is set: what comes before its callback is lost.
    listenToConnection(connection, this.line);
    try {
      connection.setRemoteDescription(offer.sdp, 'offer');
      this.track = this.addTrack(library, offer, ssrc);
      connection.setLocalDescription('answer');
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  /**
   * Answers an offer.
   * @returns Once all of the mock's candidates are in the answer.
   * @throws What the library says of an offer that it cannot read.
   */
  static async answer(
    library: DataChannelLibrary,
    options: CallPeerOptions,
    listener: CallPeerListener,
  ): Promise<{ readonly peer: CallPeer; readonly answerSdp: string }> {
    let whenGathered: () => void = () => undefined;
    const gathered = new Promise<void>((resolve) => (whenGathered = resolve));
    const peer = new CallPeer(library, options, listener, whenGathered);
    await gathered;
    if (peer.over) throw new Error('the call was over before it could be answered');
    return { peer, answerSdp: answerFor(peer.connection.localDescription()?.sdp ?? '') };
  }

  /** Sends a packet; false: there is nobody to send it to yet, or any more. */
  sendPacket(packet: Buffer): boolean {
    try {
      return !this.over && this.track.isOpen() && this.track.sendMessageBinary(packet);
    } catch {
      // It may have closed in this moment, in a thread of its own; `ended` tells.
      return false;
    }
  }

  get channelIsOpen(): boolean {
    return !this.over && (this.channel?.isOpen() ?? false);
  }

  /** What was sent on the data channel and has not left. */
  get unsentBytes(): number {
    return this.channelIsOpen ? (this.channel?.bufferedAmount() ?? 0) : 0;
  }

  /** @throws Where the message is larger than the client takes. */
  sendMessage(text: string, isBinary: boolean): void {
    if (!this.channelIsOpen) return;
    if (isBinary) this.channel?.sendMessageBinary(Buffer.from(text));
    else this.channel?.sendMessage(text);
  }

  /** Closes the data channel behind what was sent; sound goes on. */
  closeChannel(): void {
    if (this.over) return;
    this.closedChannel = true;
    this.channel?.close();
  }

  /** Ends the call; nothing is told of it. */
  close(): void {
    if (this.over) return;
    this.over = true;
    this.line.told = undefined;
    this.connection.close();
    this.gathered();
  }

  private told(): Told {
    return {
      gathered: () => this.gathered(),
      changed: (state) => {
        if (state === 'connected') this.connect();
        else if (state === 'failed') this.end('lost');
        else if (state === 'closed' || state === 'disconnected') this.end(this.isConnected ? 'left' : 'lost');
      },
      offered: (channel) => this.take(channel),
      connected: () => this.connect(),
      packet: (bytes) => this.listener.packet(bytes),
      message: (message) => {
        const isBinary = typeof message !== 'string';
        const data = isBinary ? Buffer.from(message as ArrayBuffer) : Buffer.from(message);
        this.listener.message(data, isBinary);
      },
      channelOpened: () => {
        this.connect();
        this.listener.channelOpened();
      },
      channelClosed: () => {
        if (!this.closedChannel) this.end('left');
      },
    };
  }

  private addTrack(library: DataChannelLibrary, { audio }: Offer, ssrc: number): Track {
    const { mid, codec, direction } = audio;
    const media = new library.Audio(mid, direction);
    if (codec.name === 'opus') media.addOpusCodec(codec.payloadType, OPUS_PROFILE);
    else media.addAudioCodec(codec.payloadType, codec.name);
    media.addSSRC(ssrc, CNAME, CNAME, 'reply');
    const track = this.connection.addTrack(media);
    // One sender report a second while packets leave (RFC 3550 section 6.4.1), as clients know the clock of a stream by them.
    const { payloadType, clockRateHz } = codec;
    const stream = new library.RtpPacketizationConfig(ssrc, CNAME, payloadType, clockRateHz);
    const reporter = new library.RtcpSrReporter(stream);
    track.setMediaHandler(reporter);
    this.line.kept = [...this.line.kept, stream, reporter];
    listenToTrack(track, this.line);
    return track;
  }

  /** Events travel on the first channel that the client opens; others are let be. */
  private take(channel: DataChannel): void {
    if (this.over || this.channel !== undefined) return;
    this.channel = channel;
    listenToChannel(channel, this.line);
  }

  private shownFingerprint(): string | undefined {
    try {
      const { value } = this.connection.remoteFingerprint();
      return value === '' ? undefined : value;
    } catch {
      return undefined;
    }
  }

  private connect(): void {
    if (this.over || this.isConnected) return;
    this.isConnected = true;
    this.listener.connected();
  }

  private end(how: PeerEnd): void {
    if (this.over) return;
    const { listener } = this;
    this.remoteFingerprint = this.shownFingerprint();
    this.close();
    listener.ended(how);
  }
}
