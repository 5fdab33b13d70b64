import { Audio, PeerConnection, type DataChannel, type Track } from 'node-datachannel';
import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtpHeader,
  RtpPacket,
  type RTCDataChannel,
} from 'werift';
import type { PeerPath } from '../../../mock/openai-realtime/webrtc/peer-path';

const OPUS = 111;

/** A call between two WebRTC stacks of different authors: werift on the board's side, libdatachannel on the mock's. */
export interface WebRtcCall {
  /** Sequence numbers of what arrived, in order. */
  readonly atBoard: readonly number[];
  readonly atMock: readonly number[];
  /** Sends a packet of sound. */
  fromBoard(sequenceNumber: number): void;
  fromMock(sequenceNumber: number): void;
  /** Resolves once a packet of that number has arrived on both sides. */
  bothHave(sequenceNumber: number): Promise<void>;
  /** Sends texts to the mock, which sends each back; resolves with what has come back once all have. */
  echoed(texts: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface BoardSide {
  readonly connection: RTCPeerConnection;
  readonly track: MediaStreamTrack;
  readonly channel: RTCDataChannel;
}

async function openBoard(address: string, received: (packet: RtpPacket) => void): Promise<BoardSide> {
  const connection = new RTCPeerConnection({
    iceServers: [],
    // Otherwise the sockets of the second section stay open behind it.
    bundlePolicy: 'max-bundle',
    iceAdditionalHostAddresses: [address],
    iceUseIpv4: !address.includes(':'),
    iceUseIpv6: address.includes(':'),
    codecs: {
      audio: [
        new RTCRtpCodecParameters({
          mimeType: 'audio/opus',
          clockRate: 48_000,
          channels: 2,
          payloadType: OPUS,
        }),
      ],
    },
  });
  const track = new MediaStreamTrack({ kind: 'audio' });
  connection.addTransceiver(track, { direction: 'sendrecv' }).onTrack.subscribe((remote) => {
    remote.onReceiveRtp.subscribe(received);
  });
  const channel = connection.createDataChannel('oai-events');
  await connection.setLocalDescription(await connection.createOffer());
  return { connection, track, channel };
}

async function answer(offerSdp: string, address: string, received: (packet: Buffer) => void) {
  const connection = new PeerConnection('mock', {
    iceServers: [],
    bindAddress: address,
    disableAutoNegotiation: true,
  });
  const gathered = new Promise<void>((resolve) =>
    connection.onGatheringStateChange((state) => {
      if (state === 'complete') resolve();
    }),
  );
  connection.onDataChannel((channel: DataChannel) =>
    channel.onMessage((text) => void channel.sendMessage(text as string)),
  );
  connection.setRemoteDescription(offerSdp, 'offer');
  const audio = new Audio('0', 'SendRecv');
  audio.addOpusCodec(OPUS);
  audio.addSSRC(7, 'mock');
  const track: Track = connection.addTrack(audio);
  track.onMessage(received);
  const opened = new Promise<void>((resolve) => track.onOpen(resolve));
  connection.setLocalDescription('answer');
  await gathered;
  return { connection, track, opened, answerSdp: connection.localDescription()?.sdp ?? '' };
}

const packetOf = (sequenceNumber: number, ssrc: number): RtpPacket =>
  new RtpPacket(
    new RtpHeader({ payloadType: OPUS, sequenceNumber, timestamp: 960 * sequenceNumber, ssrc }),
    Buffer.alloc(60, sequenceNumber),
  );

/** Calls the mock over a path. @param address - Of both sides: 127.0.0.1 or ::1. */
export async function openCall(path: PeerPath, address = '127.0.0.1'): Promise<WebRtcCall> {
  const atBoard: number[] = [];
  const atMock: number[] = [];
  let arrived: () => void = () => undefined;
  const take = (numbers: number[], sequenceNumber: number): void => {
    numbers.push(sequenceNumber);
    arrived();
  };
  const board = await openBoard(address, ({ header }) => take(atBoard, header.sequenceNumber));
  const offerSdp = await path.remote(board.connection.localDescription?.sdp ?? '');
  const mock = await answer(offerSdp, address, (packet) => {
    if (((packet[1] ?? 0) & 0x7f) === OPUS) take(atMock, packet.readUInt16BE(2));
  });
  const opened = new Promise<void>((resolve) => (board.channel.onopen = () => resolve()));
  await board.connection.setRemoteDescription({
    type: 'answer',
    sdp: await path.local(mock.answerSdp),
  });
  await Promise.all([opened, mock.opened]);
  return {
    atBoard,
    atMock,
    fromBoard: (sequenceNumber) => board.track.writeRtp(packetOf(sequenceNumber, 5)),
    fromMock: (sequenceNumber) => void mock.track.sendMessageBinary(packetOf(sequenceNumber, 7).serialize()),
    bothHave: (sequenceNumber) =>
      new Promise((resolve) => {
        arrived = () => {
          if (atBoard.includes(sequenceNumber) && atMock.includes(sequenceNumber)) resolve();
        };
        arrived();
      }),
    echoed: (texts) =>
      new Promise((resolve) => {
        const back: string[] = [];
        board.channel.onmessage = ({ data }) => {
          back.push(String(data));
          if (back.length === texts.length) resolve(back);
        };
        for (const text of texts) board.channel.send(text);
      }),
    close: async () => {
      await board.connection.close();
      mock.connection.close();
    },
  };
}
