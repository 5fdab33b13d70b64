import { writeFile } from 'node:fs/promises';
import { writeWav } from '../../audio';
import type { ReceivedAudio, ReceivedWindow } from '../../ports';
import type { ReceivedStream } from '../hearing/received-stream';

/** How many closed sessions keep their sound; a turn is saved after its session may have gone. */
const CLOSED_SESSIONS_KEPT = 4;

/** The received sound of the sessions of one provider: all open ones and the last few that closed. */
export class ReceivedArchive {
  private readonly streams = new Map<string, ReceivedStream>();
  private readonly closed: string[] = [];

  open(sessionId: string, stream: ReceivedStream): void {
    this.streams.set(sessionId, stream);
  }

  close(sessionId: string): void {
    this.closed.push(sessionId);
    while (this.closed.length > CLOSED_SESSIONS_KEPT) this.streams.delete(this.closed.shift() ?? '');
  }

  /** Writes what arrived in the window as a mono 16-bit WAV, bit-exact; undefined when nothing did. */
  async save(window: ReceivedWindow): Promise<ReceivedAudio | undefined> {
    const { sessionId, path } = window;
    const stream = this.streams.get(sessionId);
    const held = stream?.arrivedIn(window.fromHostAtMs, window.toHostAtMs);
    if (stream === undefined || held === undefined) return undefined;
    const { rateHz } = stream;
    const samples = new Float32Array(held.samples.length);
    for (let at = 0; at < samples.length; at += 1) samples[at] = (held.samples[at] as number) / 32_768;
    await writeFile(path, writeWav({ samples, rateHz }));
    const { firstStreamSample, packets } = held;
    return { sessionId, path, rateHz, firstStreamSample, lengthSamples: held.samples.length, packets };
  }
}
