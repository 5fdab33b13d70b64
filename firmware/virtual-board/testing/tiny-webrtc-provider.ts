import { createServer, type Server, type Socket } from 'node:net';
import { cleanup, PeerConnection, type DataChannel, type Track } from 'node-datachannel';
import { hostClock } from '../board-clock';
import type { AudioCoder } from '../webrtc/audio-codec';
import type { AudioFormat } from '../webrtc/audio-format';
import { Arrivals } from './expectations';
import type { Message } from './tiny-provider';

/** A request as its bytes came. */
export interface RawRequest {
  /** Request line and headers, without the empty line. */
  readonly head: string;
  readonly body: string;
}

/** A packet's header, as far as it matters here, and its content. */
export interface SentPacket {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly payload: Buffer;
}

const RTP_HEADER_BYTES = 12;
const SSRC = 0x1234_5678;
/** An empty receiver report: RFC 3550 section 6.4.2. */
const RECEIVER_REPORT = Buffer.from('80c9000112345678', 'hex');
const KEEP_ALIVE_MS = 100;

/** An answer whose length is told, as every service sends it that an ESP32 can read. */
export const rawAnswer = (status: string, type: string, body: string, headers = ''): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const gaSecret = '{"value":"ek_TEST","expires_at":1900000000,"session":{"id":"sess_TEST"}}';
const betaSecret =
  '{"id":"sess_TEST","client_secret":{"expires_at":1900000000,"value":"ek_TEST"},"model":"gpt"}';

/**
 * Speaks just enough of the vendor's WebRTC signalling, on bytes, for a board to come into a session; the test says the rest.
 * Its WebRTC is libdatachannel's, which shares nothing with the board's.
 */
export class TinyWebRtcProvider {
  readonly requests = new Arrivals<RawRequest>();
  readonly messages = new Arrivals<Message>();
  /** Message texts as they came. */
  readonly texts: string[] = [];
  readonly packets = new Arrivals<SentPacket>();
  /** Labels of the data channels that the board opened. */
  readonly channels = new Arrivals<string>();
  readonly ends = new Arrivals<string>();
  /** Answers a request in place of the service; undefined: the service does. */
  respond: (request: RawRequest) => string | undefined = () => undefined;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private connection: PeerConnection | undefined;
  /** Everything that the library gave: its threads use what a garbage collector would take away. */
  private readonly kept: unknown[] = [];
  private channel: DataChannel | undefined;
  private track: Track | undefined;
  private sequenceNumber = 65_500;
  private stopKeepAlive: () => void;

  private constructor(private readonly format: AudioFormat) {
    this.server = createServer((socket) => this.accept(socket));
    this.stopKeepAlive = this.keepAlive();
  }

  static start(format: AudioFormat): Promise<TinyWebRtcProvider> {
    const provider = new TinyWebRtcProvider(format);
    return new Promise((resolve) => provider.server.listen(0, '127.0.0.1', () => resolve(provider)));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  send(event: Message): void {
    this.sendText(JSON.stringify({ event_id: 'event_1', ...event }));
  }

  sendText(text: string): void {
    this.channel?.sendMessage(text);
  }

  /**
   * A reply, all of its packets at once, the first with time stamp `timestamp`.
   * @param lost - Numbers of packets that do not arrive.
   */
  say(coder: AudioCoder, samples: Int16Array, timestamp: number, lost: readonly number[] = []): void {
    const { sampleRateHz, clockRateHz } = this.format;
    const length = sampleRateHz / 50;
    for (let n = 0; n * length < samples.length; n++) {
      const piece = new Int16Array(length);
      piece.set(samples.subarray(n * length, (n + 1) * length));
      const payload = coder.encode(piece);
      this.sequenceNumber = (this.sequenceNumber + 1) & 0xffff;
      if (!lost.includes(n)) this.sendRtp(payload, (timestamp + (n * clockRateHz) / 50) >>> 0);
    }
  }

  /** Closes the connection; the server goes on. */
  hangUp(): void {
    this.connection?.close();
    this.connection = undefined;
    this.channel = undefined;
    this.track = undefined;
  }

  close(): Promise<void> {
    this.stopKeepAlive();
    this.hangUp();
    for (const socket of this.sockets) socket.destroy();
    // Its threads would keep the process.
    cleanup();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private keepAlive(): () => void {
    return hostClock.after(KEEP_ALIVE_MS, () => {
      this.sendPacket(RECEIVER_REPORT);
      this.stopKeepAlive = this.keepAlive();
    });
  }

  private sendRtp(payload: Buffer, timestamp: number): void {
    const header = Buffer.alloc(RTP_HEADER_BYTES);
    header.writeUInt8(0x80, 0);
    header.writeUInt8(this.format.payloadType, 1);
    header.writeUInt16BE(this.sequenceNumber, 2);
    header.writeUInt32BE(timestamp, 4);
    header.writeUInt32BE(SSRC, 8);
    this.sendPacket(Buffer.concat([header, payload]));
  }

  private sendPacket(bytes: Buffer): void {
    if (this.track?.isOpen() === true) this.track.sendMessageBinary(bytes);
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let received = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      const text = received.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (end < 0 || received.length < end + 4 + length) return;
      const request = { head: text.slice(0, end), body: received.subarray(end + 4).toString() };
      received = Buffer.alloc(0);
      this.requests.add(request);
      void this.answerTo(request).then((answer) => socket.end(answer));
    });
  }

  private async answerTo(request: RawRequest): Promise<string> {
    const answer = this.respond(request);
    if (answer !== undefined) return answer;
    const path = request.head.split(' ')[1] ?? '';
    if (path === '/v1/realtime/client_secrets') return rawAnswer('200 OK', 'application/json', gaSecret);
    if (path === '/v1/realtime/sessions') return rawAnswer('200 OK', 'application/json', betaSecret);
    return rawAnswer('201 Created', 'application/sdp', await this.sdpFor(request.body));
  }

  private async sdpFor(offer: string): Promise<string> {
    this.hangUp();
    const connection = new PeerConnection('tiny', {
      iceServers: [],
      bindAddress: '127.0.0.1',
      disableAutoNegotiation: true,
    });
    this.connection = connection;
    this.kept.push(connection);
    const gathered = new Promise<void>((resolve) =>
      connection.onGatheringStateChange((state) => state === 'complete' && resolve()),
    );
    connection.onStateChange((state) => this.ends.add(state));
    connection.onTrack((track) => {
      this.track = track;
      this.kept.push(track);
      track.onMessage((bytes) => this.take(bytes));
    });
    connection.onDataChannel((channel) => {
      this.channel = channel;
      this.kept.push(channel);
      channel.onMessage((message) => {
        const text = message as string;
        this.texts.push(text);
        this.messages.add(JSON.parse(text) as Message);
      });
      this.channels.add(channel.getLabel());
    });
    connection.setRemoteDescription(offer, 'offer');
    connection.setLocalDescription('answer');
    await gathered;
    // libdatachannel copies what it was offered; only the board is lite.
    return (connection.localDescription()?.sdp ?? '').replaceAll('a=ice-lite\r\n', '');
  }

  private take(bytes: Buffer): void {
    if ((bytes.readUInt8(1) & 0x7f) !== this.format.payloadType) return;
    this.packets.add({
      sequenceNumber: bytes.readUInt16BE(2),
      timestamp: bytes.readUInt32BE(4),
      payload: bytes.subarray(RTP_HEADER_BYTES),
    });
  }
}
