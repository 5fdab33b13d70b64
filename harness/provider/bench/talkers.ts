import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Clock } from '../../ports';

/** When each packet of one talker left, and what came back. */
export interface Talk {
  /** Host time at which packet `n` was handed to the socket. */
  readonly sentAtHostMs: Float64Array;
  readonly received: { readonly hostAtMs: number; readonly text: string }[];
}

export interface TalkOptions {
  readonly url: string;
  readonly clock: Clock;
  /** One stream a talker, mono 16-bit at 24 000 Hz; all of one length. */
  readonly streams: readonly Int16Array[];
}

export const PACKET_MS = 20;
const PACKET_SAMPLES = 480;

/** Streams at real time over a socket for each talker, their packets spread over the 20 ms, and keeps what came back. */
export async function talk({ url, clock, streams }: TalkOptions): Promise<readonly Talk[]> {
  const packets = Math.floor((streams[0]?.length ?? 0) / PACKET_SAMPLES);
  const messages = streams.map((stream) => messagesOf(stream, packets));
  const talks = streams.map((): Talk => ({ sentAtHostMs: new Float64Array(packets), received: [] }));
  const sockets = await Promise.all(
    talks.map(async ({ received }) => {
      const headers = { authorization: 'Bearer sk-bench' };
      const socket = new WebSocket(url, { perMessageDeflate: false, headers });
      socket.on('message', (data: Buffer) =>
        received.push({ hostAtMs: clock.nowMs(), text: data.toString() }),
      );
      await once(socket, 'open');
      return socket;
    }),
  );
  const startAtMs = clock.nowMs() + PACKET_MS;
  await Promise.all(
    sockets.map(async (socket, index) => {
      for (let packet = 0; packet < packets; packet++) {
        const dueAtMs = startAtMs + packet * PACKET_MS + (index * PACKET_MS) / sockets.length;
        await new Promise<void>((resolve) => void clock.after(Math.max(0, dueAtMs - clock.nowMs()), resolve));
        (talks[index] as Talk).sentAtHostMs[packet] = clock.nowMs();
        socket.send(messages[index]?.[packet] ?? '');
      }
    }),
  );
  // What is still on its way, such as answers that wait for recognition.
  await new Promise<void>((resolve) => void clock.after(2_000, resolve));
  for (const socket of sockets) socket.terminate();
  return talks;
}

function messagesOf(stream: Int16Array, packets: number): readonly string[] {
  return Array.from({ length: packets }, (_, packet) => {
    const part = stream.subarray(packet * PACKET_SAMPLES, (packet + 1) * PACKET_SAMPLES);
    const audio = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64');
    return JSON.stringify({ type: 'input_audio_buffer.append', audio });
  });
}
