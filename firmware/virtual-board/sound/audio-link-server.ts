import { createServer, type Server, type Socket } from 'node:net';
import {
  AUDIO_LINK_SCHEMA,
  AudioLinkDecoder,
  encodeAudioLinkFrame,
  type AudioLinkFrame,
  type AudioLinkHello,
} from '../../../harness/audio';
import { LinkSound } from './link-sound';
import { runIdle, type SoundCard } from './sound-card';

const MAX_BLOCK_SAMPLES = 48_000;
const MAX_RIG_PPM = 10_000;
/** A rig that sends and never reads is let go before its answers fill the memory. */
const UNREAD_LIMIT_BYTES = 4 << 20;

function checkHello(hello: AudioLinkHello): AudioLinkHello {
  const { schema, rateHz, blockSamples, rigPpm } = hello;
  const ok =
    (schema as string) === AUDIO_LINK_SCHEMA &&
    rateHz >= 8_000 &&
    rateHz <= 192_000 &&
    Number.isInteger(blockSamples) &&
    blockSamples >= 1 &&
    blockSamples <= MAX_BLOCK_SAMPLES &&
    // NaN arrives as null, which counts as 0 in arithmetic.
    Number.isFinite(rigPpm) &&
    Math.abs(rigPpm) <= MAX_RIG_PPM;
  if (!ok) throw new RangeError(`audio link: hello ${JSON.stringify(hello)} cannot be served`);
  return hello;
}

/** One connected rig: checks the order of its frames and answers each in the same turn of the event loop. */
class RigConnection {
  private readonly decoder = new AudioLinkDecoder();
  private hello: AudioLinkHello | undefined;
  private link: LinkSound | undefined;
  private nextBlock = 0;

  constructor(
    private readonly socket: Socket,
    private readonly sound: SoundCard,
    private readonly onGreeted: () => void,
  ) {}

  /** @throws RangeError for anything that the link format does not allow at this place. */
  take(bytes: Buffer): void {
    for (const frame of this.decoder.push(bytes)) this.answer(frame);
  }

  private answer(frame: AudioLinkFrame): void {
    if (frame.kind === 'hello' && this.hello === undefined) {
      this.hello = checkHello(frame.hello);
      this.onGreeted();
      this.link = new LinkSound(this.sound, this.hello);
      const welcome = { schema: AUDIO_LINK_SCHEMA, boardPpm: this.sound.crystal.ppm } as const;
      this.socket.write(encodeAudioLinkFrame({ kind: 'welcome', welcome }));
      return;
    }
    const expected = frame.kind === 'mic' && frame.blockIndex === this.nextBlock;
    if (!expected || this.link === undefined || frame.samples.length !== this.hello?.blockSamples)
      throw new RangeError(`audio link: ${frame.kind} frame where mic block ${this.nextBlock} was expected`);
    this.nextBlock++;
    const { samples, truth } = this.link.exchange(frame.samples);
    const block = { kind: 'speaker', blockIndex: frame.blockIndex, samples, truth } as const;
    this.socket.write(encodeAudioLinkFrame(block));
    if (this.socket.writableLength > UNREAD_LIMIT_BYTES)
      throw new RangeError('audio link: the rig does not read');
  }
}

/** The audio link's listening end. Serves one rig at a time; a second one is hung up on. */
export class AudioLinkServer {
  private readonly server: Server;
  private rig: Socket | undefined;
  private stopIdle: (() => void) | undefined;

  constructor(private readonly sound: SoundCard) {
    this.server = createServer((socket) => this.accept(socket));
    this.stopIdle = runIdle(sound);
  }

  /** Listens on a free port and gives it back. */
  listen(host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, host, () => resolve((this.server.address() as { port: number }).port));
    });
  }

  close(): Promise<void> {
    this.stopIdle?.();
    this.stopIdle = undefined;
    this.rig?.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private accept(socket: Socket): void {
    // A rig that vanishes is the end of its connection and nothing more.
    socket.on('error', () => socket.destroy());
    if (this.rig !== undefined) {
      socket.destroy();
      return;
    }
    this.rig = socket;
    socket.setNoDelay(true);
    const connection = new RigConnection(socket, this.sound, () => {
      this.stopIdle?.();
      this.stopIdle = undefined;
    });
    socket.on('data', (bytes) => {
      try {
        connection.take(bytes);
      } catch {
        // Out of step there is no way back into lock-step: the rig sees the end and reports it.
        socket.destroy();
      }
    });
    socket.on('close', () => {
      this.rig = undefined;
      if (this.server.listening) this.stopIdle ??= runIdle(this.sound);
    });
  }
}
