import { randomBytes } from 'node:crypto';
import type { Cancel, Clock, Deviation } from '../../../../ports';
import type { UnstampedEvent } from '../../../event-log';
import type { FaultDesk } from '../../../faults/fault-desk';
import type { ReplyShelf } from '../../reply-shelf';
import type { Admission } from '../auth';
import { Connection, type Carrier, type ConnectionContext } from '../connection';
import type { Dialect } from '../dialect';
import { CallPeer, type CallPeerListener } from './call-peer';
import { ChannelLink } from './channel-link';
import { refusingChannel, withOtherFingerprint, withoutChannel } from './faulty-descriptions';
import type { DataChannelLibrary } from './load-datachannel';
import type { Offer } from './offer';
import { OutputAudioBuffer } from './output-audio-buffer';
import type { OpenPeerPath, PeerPath } from './peer-path';
import { isRtcp } from './rtp-packet';
import type { RtpReplies } from './rtp-reply';
import { decoderFor, type OpusLibrary } from './speech-decoder';
import { TrackReception } from './track-reception';

export interface CallContext {
  readonly clock: Clock;
  readonly library: DataChannelLibrary;
  readonly opus: OpusLibrary;
  readonly shelf: ReplyShelf;
  readonly replies: RtpReplies;
  /** The only address that calls are taken on; undefined: all but loopback. */
  readonly bindAddress: string | undefined;
  readonly openPeerPath: OpenPeerPath | undefined;
  readonly faults: FaultDesk;
  /** How long a client may take from the answer to DTLS. */
  readonly connectMs: number;
  readonly log: (event: UnstampedEvent, hostAtMs?: number) => void;
}

/** One call: a session whose events travel on a data channel and whose sound on RTP (reference/providers.md 2.4). */
export class Call {
  readonly connection: Connection;
  private readonly link: ChannelLink;
  private readonly reception: TrackReception;
  /** Of the reply's packets. */
  private readonly ssrc = randomBytes(4).readUInt32BE();
  private peer: CallPeer | undefined;
  private path: PeerPath | undefined;
  private isConnected = false;
  private unconnected: Cancel | undefined;
  private over = false;

  constructor(
    readonly id: string,
    private readonly offer: Offer,
    admission: Admission,
    dialect: Dialect,
    private readonly context: CallContext,
    connectionContext: ConnectionContext,
    /** Told once, when nothing of it is left. */
    private readonly gone: () => void,
  ) {
    const { clock, shelf, replies, opus } = context;
    const { codec } = offer.audio;
    let link: ChannelLink | undefined;
    const carrier: Carrier = {
      link: (listener) => (link = new ChannelLink(dialect, connectionContext, listener, () => this.end())),
      outlet: (session) =>
        new OutputAudioBuffer({
          ...{ clock, shelf, replies, codec, ssrc: this.ssrc, ...session },
          sendPacket: (packet) => this.peer?.sendPacket(packet) ?? false,
        }),
      media: () => this.reception.sinceLast(),
    };
    this.connection = new Connection(carrier, admission, dialect, connectionContext);
    this.link = link as unknown as ChannelLink;
    this.reception = new TrackReception({
      ...{ clock, codec, decoder: decoderFor(codec, opus) },
      hear: (samples, arrivedAtHostMs, isInvented) =>
        this.connection.hear(samples, arrivedAtHostMs, isInvented),
    });
  }

  /**
   * Answers the offer and waits for the client from then on.
   * @throws What the WebRTC library or the path says of the offer; the call is over then.
   */
  async answer(): Promise<string> {
    const { library, bindAddress, clock, connectMs, faults } = this.context;
    try {
      const path = (this.path = this.context.openPeerPath?.(this.connection.session.id));
      const offered = path === undefined ? this.offer.sdp : await path.remote(this.offer.sdp);
      const isMute = faults.has('no-data-channel');
      let sdp = isMute ? withoutChannel(offered) : offered;
      if (faults.has('dtls-refused')) sdp = withOtherFingerprint(sdp);
      const options = { offer: { ...this.offer, sdp }, bindAddress, ssrc: this.ssrc, name: this.id };
      const { peer, answerSdp } = await CallPeer.answer(library, options, this.listener());
      this.peer = peer;
      this.link.attach(peer);
      if (isMute)
        this.deviates('channel-refused', 'The answer refuses the data channel that the offer asks for.');
      const answered = isMute ? refusingChannel(answerSdp, this.offer.sdp) : answerSdp;
      const shown = path === undefined ? answered : await path.local(answered);
      // Nobody is there behind the candidates.
      if (faults.has('peer-silent'))
        this.deviates('peer-gone', 'Nobody is left behind the candidates of the answer.');
      if (this.over || faults.has('peer-silent')) peer.close();
      if (this.over) return shown;
      else
        this.unconnected = clock.after(connectMs, () =>
          this.giveUp(`did not connect within ${connectMs} ms of the answer`),
        );
      return shown;
    } catch (cause) {
      this.end();
      throw cause;
    }
  }

  /** The client asks for the end over HTTP. */
  hangUp(): void {
    this.link.hangUp();
  }

  /** Ends it without a word, as when the mock closes. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.unconnected?.();
    if (this.isConnected) this.link.abandon();
    this.reception.close();
    this.peer?.close();
    this.path?.close();
    this.gone();
  }

  private listener(): CallPeerListener {
    const { clock } = this.context;
    return {
      connected: () => {
        this.unconnected?.();
        this.isConnected = true;
        this.connection.open();
      },
      channelOpened: () => this.link.channelOpened(),
      message: (data, isBinary) => this.link.received(data, isBinary),
      packet: (bytes) => {
        if (!isRtcp(bytes)) this.reception.take(bytes, clock.nowMs());
      },
      ended: (how) => {
        if (this.isConnected) this.link.peerEnded(how);
        else {
          this.tellOfCertificate();
          this.giveUp('gave up before it was connected');
        }
      },
    };
  }

  /** A client that shows the certificate that its offer names, and is not let in, was refused for nothing. */
  private tellOfCertificate(): void {
    const shown = this.peer?.remoteFingerprint;
    if (shown === undefined || !this.offer.sdp.toUpperCase().includes(shown.toUpperCase())) return;
    this.deviates(
      'certificate-refused',
      'The DTLS handshake was broken off over a certificate that the offer names.',
    );
  }

  private deviates(code: Deviation, message: string): void {
    this.context.log({ type: 'deviation', code, message, sessionId: this.connection.session.id });
  }

  /** The client has the answer and does not come. */
  private giveUp(what: string): void {
    const message = `The client ${what}.`;
    this.context.log({ type: 'error', code: 'peer_never_connected', message });
    this.end();
  }
}
