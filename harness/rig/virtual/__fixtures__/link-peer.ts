import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  AUDIO_LINK_SCHEMA,
  AudioLinkDecoder,
  encodeAudioLinkFrame,
  type AudioLinkHello,
  type LinkTruth,
  type MicBlock,
} from '../../../audio';

export interface PeerAnswer {
  readonly samples?: Float32Array;
  readonly truth?: readonly LinkTruth[];
  /** Sent instead of a speaker block. */
  readonly raw?: Buffer;
  readonly blockIndex?: number;
  /** No answer at all. */
  readonly silent?: boolean;
  /** Hangs up, in the middle of the answer when there is one. */
  readonly hangUp?: boolean;
}

/** The board's end of an audio link, played from a script. */
export class LinkPeer {
  readonly heard: Float32Array[] = [];
  hello: AudioLinkHello | undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly answer: (mic: MicBlock) => PeerAnswer,
    private readonly welcome: Buffer,
  ) {
    server.on('connection', (socket) => this.serve(socket));
  }

  static async open(
    answer: (mic: MicBlock) => PeerAnswer = () => ({}),
    welcome = encodeAudioLinkFrame({ kind: 'welcome', welcome: { schema: AUDIO_LINK_SCHEMA, boardPpm: 0 } }),
  ): Promise<LinkPeer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new LinkPeer(server, answer, welcome);
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.server.address() as AddressInfo).port };
  }

  /** Everything that the microphone heard so far. */
  get mic(): Float32Array {
    const length = this.heard.reduce((sum, block) => sum + block.length, 0);
    const all = new Float32Array(length);
    let at = 0;
    for (const block of this.heard) {
      all.set(block, at);
      at += block.length;
    }
    return all;
  }

  hangUp(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.hangUp();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket): void {
    const decoder = new AudioLinkDecoder();
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      for (const frame of decoder.push(bytes)) {
        if (frame.kind === 'hello') {
          this.hello = frame.hello;
          socket.write(this.welcome);
        }
        if (frame.kind === 'mic') this.reply(socket, frame);
      }
    });
  }

  private reply(socket: Socket, mic: MicBlock): void {
    this.heard.push(mic.samples);
    const { samples, truth = [], raw, blockIndex, silent, hangUp } = this.answer(mic);
    const bytes =
      raw ??
      encodeAudioLinkFrame({
        kind: 'speaker',
        blockIndex: blockIndex ?? mic.blockIndex,
        samples: samples ?? new Float32Array(mic.samples.length),
        truth,
      });
    if (hangUp === true) socket.write(bytes.subarray(0, bytes.length / 2), () => socket.destroy());
    else if (silent !== true) socket.write(bytes);
  }
}
