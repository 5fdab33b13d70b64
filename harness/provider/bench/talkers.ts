import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Clock } from '../../ports';

/** One message that came back: what a bench asks of it, and no more, since what is kept keeps the garbage collector busy. */
export interface Reception {
  readonly hostAtMs: number;
  /** The event's `type`. */
  readonly type: string;
  /** Its `audio_end_ms`; undefined in an event without. */
  readonly audioEndMs: number | undefined;
  /** When a bare echo wrote it, by the echo; undefined of what the mock wrote, whose events tell. */
  readonly writtenAtHostMs: number | undefined;
}

/** When each packet of one talker left, and what came back. */
export interface Talk {
  /** Host time at which packet `n` was to leave. */
  readonly dueAtHostMs: Float64Array;
  /** Host time at which packet `n` was handed to the socket. */
  readonly sentAtHostMs: Float64Array;
  readonly received: Reception[];
  /** By which the mock's events name it; undefined where nobody named it, as a bare echo. */
  sessionId?: string | undefined;
}

export interface TalkOptions {
  readonly url: string;
  readonly clock: Clock;
  /** One stream a talker, mono 16-bit at 24 000 Hz; all of one length. */
  readonly streams: readonly Int16Array[];
  /** How often each talker says its stream, one time after the other. */
  readonly times: number;
}

export const PACKET_MS = 20;
const PACKET_SAMPLES = 480;
/** How long what is still on its way may take, such as answers that wait for recognition. */
const LAST_ANSWERS_MS = 2_000;

/** Streams at real time over a socket for each talker, their packets spread over the 20 ms, and notes what came back. */
export async function talk({ url, clock, streams, times }: TalkOptions): Promise<readonly Talk[]> {
  const messages = streams.map(messagesOf);
  const packets = times * (messages[0]?.length ?? 0);
  const talks = streams.map((): Talk => {
    const [dueAtHostMs, sentAtHostMs] = [new Float64Array(packets), new Float64Array(packets)];
    return { dueAtHostMs, sentAtHostMs, received: [] };
  });
  const sockets = await Promise.all(
    talks.map(async (one) => {
      const headers = { authorization: 'Bearer sk-bench' };
      const socket = new WebSocket(url, { perMessageDeflate: false, headers });
      socket.on('message', (data: Buffer) => {
        const hostAtMs = clock.nowMs();
        const head = data.toString('latin1', 0, HEAD_BYTES);
        const reception = receptionOf(head, hostAtMs);
        one.received.push(reception);
        if (reception.type === 'session.created') one.sessionId = SESSION.exec(head)?.[1];
      });
      await once(socket, 'open');
      return socket;
    }),
  );
  const startAtMs = clock.nowMs() + PACKET_MS;
  await Promise.all(
    sockets.map(async (socket, index) => {
      const own = messages[index] as readonly string[];
      const { dueAtHostMs, sentAtHostMs } = talks[index] as Talk;
      for (let packet = 0; packet < packets; packet++) {
        const dueAtMs = startAtMs + packet * PACKET_MS + (index * PACKET_MS) / sockets.length;
        await new Promise<void>((resolve) => void clock.after(Math.max(0, dueAtMs - clock.nowMs()), resolve));
        dueAtHostMs[packet] = dueAtMs;
        sentAtHostMs[packet] = clock.nowMs();
        socket.send(own[packet % own.length] as string);
      }
    }),
  );
  await new Promise<void>((resolve) => void clock.after(LAST_ANSWERS_MS, resolve));
  for (const socket of sockets) socket.terminate();
  return talks;
}

/** Where the fields stand that a reception has; the sound of a message, which is most of it, comes later. */
const HEAD_BYTES = 200;
const TYPE = /^\{"type":"([^"]*)"/;
const AUDIO_END = /"audio_end_ms":(\d+)/;
const WRITTEN = /"written_at_ms":([\d.]+)/;
const SESSION = /"id":"(sess_[^"]+)"/;
/** One text of each type: what a match gives holds on to all of the head. */
const types = new Map<string, string>();

function typeIn(head: string): string {
  const found = TYPE.exec(head)?.[1] ?? '';
  const known = types.get(found);
  if (known === undefined) types.set(found, found);
  return known ?? found;
}

function receptionOf(head: string, hostAtMs: number): Reception {
  const number = (pattern: RegExp): number | undefined => {
    const found = pattern.exec(head)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  return {
    hostAtMs,
    type: typeIn(head),
    audioEndMs: number(AUDIO_END),
    writtenAtHostMs: number(WRITTEN),
  };
}

function messagesOf(stream: Int16Array): readonly string[] {
  return Array.from({ length: Math.floor(stream.length / PACKET_SAMPLES) }, (_, packet) => {
    const part = stream.subarray(packet * PACKET_SAMPLES, (packet + 1) * PACKET_SAMPLES);
    const audio = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64');
    return JSON.stringify({ type: 'input_audio_buffer.append', audio });
  });
}
