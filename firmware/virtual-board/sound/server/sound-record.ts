import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { SoundOutput, StreamTruth } from './server-sound';

/**
 * Keeps what a board exchanged with a sound server, sample by sample, in a folder: `played.s16le` and `heard.s16le` (mono, 48 000 Hz) and
 * `counted.jsonl`, one line for each piece of truth about them.
 */
export class SoundRecord implements Required<SoundOutput> {
  private readonly played: WriteStream;
  private readonly microphone: WriteStream;
  private readonly lines: WriteStream;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.played = createWriteStream(join(folder, 'played.s16le'));
    this.microphone = createWriteStream(join(folder, 'heard.s16le'));
    this.lines = createWriteStream(join(folder, 'counted.jsonl'));
  }

  /** Resolves when all files are there to be written to. @throws what the file system says otherwise. */
  async open(): Promise<this> {
    await Promise.all(
      [this.played, this.microphone, this.lines].map(
        (file) => new Promise((resolve, reject) => file.once('open', resolve).once('error', reject)),
      ),
    );
    return this;
  }

  play(bytes: Buffer): void {
    this.played.write(bytes);
  }

  heard(bytes: Buffer): void {
    this.microphone.write(bytes);
  }

  counted(truth: readonly StreamTruth[]): void {
    for (const one of truth) this.line(one);
  }

  /** The sink had nothing to play, some time before this many samples had been written for it. */
  underrun(playedSamples: number): void {
    this.line({ kind: 'underrun', playedSamples });
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.played, this.microphone, this.lines].map(
        (file) => new Promise<void>((resolve) => file.end(() => resolve())),
      ),
    );
  }

  private line(value: object): void {
    this.lines.write(`${JSON.stringify(value)}\n`);
  }
}
