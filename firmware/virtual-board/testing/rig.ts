import { connect, type Socket } from 'node:net';
import {
  AUDIO_LINK_SCHEMA,
  AudioLinkDecoder,
  encodeAudioLinkFrame,
  type AudioLinkHello,
  type AudioLinkWelcome,
  type LinkTruth,
  type SpeakerSpan,
  type UplinkMark,
} from '../../../harness/audio';
import { Arrivals } from './expectations';

export const BLOCK_SAMPLES = 480;

/** The rig's end of an audio link: plays into the microphone, keeps what the speaker played and the truth about it. */
export class Rig {
  readonly ended: Promise<void>;
  readonly welcomes = new Arrivals<AudioLinkWelcome>();
  readonly heard: Float32Array[] = [];
  readonly truth: LinkTruth[] = [];
  private readonly blocks = new Arrivals<number>();
  private readonly decoder = new AudioLinkDecoder();
  private nextBlock = 0;

  private constructor(readonly socket: Socket) {
    this.ended = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      for (const frame of this.decoder.push(bytes)) {
        if (frame.kind === 'welcome') this.welcomes.add(frame.welcome);
        if (frame.kind !== 'speaker') continue;
        this.heard.push(frame.samples);
        this.truth.push(...frame.truth);
        this.blocks.add(frame.blockIndex);
      }
    });
  }

  static connect(link: { readonly host: string; readonly port: number } | undefined): Promise<Rig> {
    if (link === undefined) throw new Error('the board has no audio link');
    const socket = connect(link.port, link.host);
    return new Promise((resolve) => socket.once('connect', () => resolve(new Rig(socket))));
  }

  async greet(hello: Partial<AudioLinkHello> = {}): Promise<AudioLinkWelcome> {
    const welcome = this.welcomes.next();
    const full: AudioLinkHello = {
      schema: AUDIO_LINK_SCHEMA,
      rateHz: 48_000,
      blockSamples: BLOCK_SAMPLES,
      rigPpm: 0,
      ...hello,
    };
    this.socket.write(encodeAudioLinkFrame({ kind: 'hello', hello: full }));
    return welcome;
  }

  /** Plays sound, block by block in lock-step; the last block is filled up with silence. */
  async play(samples: Float32Array): Promise<void> {
    for (let start = 0; start < samples.length; start += BLOCK_SAMPLES) {
      const block = new Float32Array(BLOCK_SAMPLES);
      block.set(samples.subarray(start, start + BLOCK_SAMPLES));
      const blockIndex = this.nextBlock++;
      const answered = this.blocks.next((index) => index === blockIndex);
      this.socket.write(encodeAudioLinkFrame({ kind: 'mic', blockIndex, samples: block }));
      await answered;
    }
  }

  get speaker(): Float32Array {
    return Float32Array.from(this.heard.flatMap((block) => [...block]));
  }

  get spans(): readonly SpeakerSpan[] {
    return this.truth.filter((truth) => truth.kind === 'speaker');
  }

  get uplinkMarks(): readonly UplinkMark[] {
    return this.truth.filter((truth) => truth.kind === 'uplink');
  }

  close(): void {
    this.socket.destroy();
  }
}
