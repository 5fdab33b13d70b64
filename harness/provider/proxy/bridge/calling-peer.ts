import type { DataChannel, PeerConnection, Track } from 'node-datachannel';
import type { PeerEnd } from '../../mock/openai-realtime/webrtc/call-peer';
import type { DataChannelLibrary } from '../../mock/openai-realtime/webrtc/load-datachannel';
import type { RtpCodec } from '../../mock/openai-realtime/webrtc/offer';

/** What happens to a call that the bridge has made. Nothing is told after `ended`. */
export interface CallingPeerListener {
  message(data: Buffer, isBinary: boolean): void;
  /** A packet on the media port: RTP or RTCP. */
  packet(bytes: Buffer): void;
  ended(how: PeerEnd): void;
}

export interface CallingPeerOptions {
  /** The only one that is offered. */
  readonly codec: RtpCodec;
  /** The only address that is used; undefined: all but loopback. */
  readonly bindAddress: string | undefined;
  /** Of the packets that will be sent. */
  readonly ssrc: number;
}

/** Larger than any event; what the offer says of it. */
const MAX_MESSAGE_BYTES = 256 * 1024;
/** RFC 7587 section 7: speech, one channel, no in-band redundancy. */
const OPUS_PROFILE = 'minptime=10;stereo=0;useinbandfec=0';
/** As browsers and boards call it (reference/providers.md 2.4). */
const CHANNEL = 'oai-events';
/** Of the audio section, whose transport carries everything. */
const MID = 'audio';

/** The calling end of a call: what a board is to the provider, the bridge is in its place. */
export class CallingPeer {
  private readonly connection: PeerConnection;
  private readonly track: Track;
  private readonly channel: DataChannel;
  /** What came before anybody listened. */
  private readonly early: (() => void)[] = [];
  private listener: CallingPeerListener | undefined;
  private opened: () => void = () => undefined;
  private lost: (how: PeerEnd) => void = () => undefined;
  private isConnected = false;
  private over = false;

  constructor(library: DataChannelLibrary, { codec, bindAddress, ssrc }: CallingPeerOptions) {
    this.connection = new library.PeerConnection('bridge', {
      // A provider has an address that everybody reaches, and learns ours from what we send.
      iceServers: [],
      ...(bindAddress !== undefined && { bindAddress }),
      disableAutoNegotiation: true,
      maxMessageSize: MAX_MESSAGE_BYTES,
    });
    const { connection } = this;
    connection.onStateChange((state) => {
      if (state === 'connected') this.isConnected = true;
      else if (state === 'failed') this.end('lost');
      else if (state === 'closed' || state === 'disconnected') this.end(this.isConnected ? 'left' : 'lost');
    });
    const media = new library.Audio(MID, 'SendRecv');
    if (codec.name === 'opus') media.addOpusCodec(codec.payloadType, OPUS_PROFILE);
    else media.addAudioCodec(codec.payloadType, codec.name);
    media.addSSRC(ssrc, 'earshot', 'earshot', 'board');
    this.track = connection.addTrack(media);
    this.track.onMessage((packet) => this.tell((listener) => listener.packet(packet)));
    this.track.onError(() => undefined);
    this.channel = connection.createDataChannel(CHANNEL);
    this.channel.onMessage((message) => {
      const isBinary = typeof message !== 'string';
      const data = isBinary ? Buffer.from(message as ArrayBuffer) : Buffer.from(message);
      this.tell((listener) => listener.message(data, isBinary));
    });
    this.channel.onOpen(() => this.opened());
    this.channel.onClosed(() => this.end('left'));
    this.channel.onError(() => undefined);
    connection.setLocalDescription('offer');
  }

  /**
   * The offer as it goes to the provider: without candidates, as pages have it that post it at once. A provider learns where we are
   * from what we send; one that knew it before could be connected before the library knows the fingerprint in its answer, and
   * the library would give it up.
   */
  get offerSdp(): string {
    return withoutCandidates(this.connection.localDescription()?.sdp ?? '');
  }

  /**
   * Takes the answer.
   * @returns Once the data channel is open; how the call has ended where it never is.
   * @throws What the library says of an answer that it cannot read.
   */
  async connect(answerSdp: string): Promise<'open' | PeerEnd> {
    const connected = new Promise<'open' | PeerEnd>((resolve) => {
      this.opened = () => resolve('open');
      this.lost = resolve;
    });
    this.connection.setRemoteDescription(withoutCandidates(answerSdp), 'answer');
    for (const [, candidate = ''] of answerSdp.matchAll(/^a=(candidate:.*?)\r?$/gm))
      this.connection.addRemoteCandidate(candidate, MID);
    return connected;
  }

  /** Tells what happens from now on, and what has happened so far. */
  listen(listener: CallingPeerListener): void {
    this.listener = listener;
    for (const tell of this.early.splice(0)) tell();
  }

  sendPacket(packet: Buffer): void {
    try {
      if (!this.over && this.track.isOpen()) this.track.sendMessageBinary(packet);
    } catch {
      // It may have closed in this moment, in a thread of its own; `ended` tells.
    }
  }

  /** @throws Where the message is larger than the provider takes. */
  sendMessage(data: Buffer, isBinary: boolean): void {
    if (this.over || !this.channel.isOpen()) return;
    if (isBinary) this.channel.sendMessageBinary(data);
    else this.channel.sendMessage(data.toString());
  }

  /** Ends a call that never came about. */
  giveUp(): void {
    this.end('lost');
  }

  /** Ends the call; nothing is told of it. */
  close(): void {
    if (this.over) return;
    this.over = true;
    this.early.length = 0;
    this.listener = undefined;
    this.connection.close();
  }

  private tell(what: (listener: CallingPeerListener) => void): void {
    if (this.over) return;
    if (this.listener !== undefined) what(this.listener);
    else
      this.early.push(() => {
        if (this.listener !== undefined) what(this.listener);
      });
  }

  private end(how: PeerEnd): void {
    if (this.over) return;
    const { listener } = this;
    this.close();
    this.lost(how);
    listener?.ended(how);
  }
}

const withoutCandidates = (sdp: string): string =>
  sdp.replace(/^a=(candidate:.*|end-of-candidates)\r?\n?/gm, '');
