import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { PeerConnection, type DataChannel } from 'node-datachannel';
import * as library from 'werift';
import { hostClock } from '../board-clock';
import { demoOpus } from '../dialect/openai-demo/openai-demo';
import { WebRtcPeer } from '../webrtc/peer';

/** `up`: from the board. */
export type Way = 'up' | 'down';
/** What arrives in place of a datagram, and in which order. */
export type Passing = (datagram: Buffer, way: Way) => readonly Buffer[];

const LOOPBACK = '127.0.0.1';
const portIn = (sdp: string): number => Number(/127\.0\.0\.1 (\d+) typ host/.exec(sdp)?.[1]);

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  return socket;
}

/** A board's connection with libdatachannel, which echoes what it is told, over a network that the test plays. */
export class LossyCall {
  /** Resolves with how the call began. */
  readonly begun: Promise<'open' | 'lost'>;
  private begin: (how: 'open' | 'lost') => void = () => undefined;
  private readonly back: string[] = [];
  private echoed: () => void = () => undefined;
  private readonly sockets: Socket[] = [];
  private readonly mock = new PeerConnection('mock', {
    iceServers: [],
    bindAddress: LOOPBACK,
    disableAutoNegotiation: true,
  });
  /** The library's threads use what a garbage collector would take away. */
  private readonly kept: DataChannel[] = [];
  private readonly board: WebRtcPeer;

  private constructor(private readonly pass: Passing) {
    this.begun = new Promise((resolve) => (this.begin = resolve));
    const options = { format: demoOpus, channelLabel: 'oai-events', iceLite: true, onLoopback: true };
    this.board = new WebRtcPeer(
      library,
      { ...options, after: (delayMs, callback) => hostClock.after(delayMs, callback) },
      {
        connected: () => undefined,
        channelOpened: () => this.begin('open'),
        message: (text) => {
          this.back.push(text);
          this.echoed();
        },
        packet: () => undefined,
        lost: () => this.begin('lost'),
      },
    );
  }

  static async start(pass: Passing): Promise<LossyCall> {
    const call = new LossyCall(pass);
    await call.connect();
    return call;
  }

  /** Sends texts, each once the one before has come back. */
  async echo(texts: readonly string[]): Promise<readonly string[]> {
    for (const text of texts) {
      const came = new Promise<void>((resolve) => (this.echoed = resolve));
      this.board.sendText(text);
      await came;
    }
    return this.back;
  }

  close(): void {
    this.board.cut();
    this.mock.close();
    for (const socket of this.sockets) socket.close();
  }

  private async connect(): Promise<void> {
    const { mock, board } = this;
    const [mockSide, boardSide] = [await openSocket(), await openSocket()];
    this.sockets.push(mockSide, boardSide);
    mock.onDataChannel((channel) => {
      this.kept.push(channel);
      channel.onMessage((text) => void channel.sendMessage(text as string));
    });
    const gathered = new Promise<void>((resolve) =>
      mock.onGatheringStateChange((state) => {
        if (state === 'complete') resolve();
      }),
    );
    const offer = await board.offer();
    const boardPort = portIn(offer);
    mockSide.on('message', (datagram) => this.carry(datagram, 'down', boardSide, boardPort));
    mock.setRemoteDescription(offer.replaceAll(`${boardPort}`, `${mockSide.address().port}`), 'offer');
    mock.setLocalDescription('answer');
    await gathered;
    const answer = mock.localDescription()?.sdp ?? '';
    const mockPort = portIn(answer);
    boardSide.on('message', (datagram) => this.carry(datagram, 'up', mockSide, mockPort));
    await board.accept(answer.replaceAll(`${mockPort}`, `${boardSide.address().port}`));
  }

  private carry(datagram: Buffer, way: Way, through: Socket, port: number): void {
    for (const arriving of this.pass(datagram, way)) through.send(arriving, port, LOOPBACK);
  }
}
