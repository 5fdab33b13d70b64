import { connect, type Socket } from 'node:net';
import {
  AUDIO_LINK_SCHEMA,
  AudioLinkDecoder,
  encodeAudioLinkFrame,
  type AudioLinkFrame,
  type AudioLinkHello,
  type SpeakerBlock,
} from '../../audio';
import type { Clock } from '../../ports';

/** A board that does not answer for this long has hung; an ordinary answer takes well under a millisecond. */
const STALL_MS = 10_000;

type Pending = {
  readonly wants: 'welcome' | 'speaker';
  resolve(frame: AudioLinkFrame): void;
  reject(reason: Error): void;
};

/** The rig's end of the audio link: one question, one answer, in turn. Errors are plain; the rig says what they mean. */
export class BoardLink {
  private readonly decoder = new AudioLinkDecoder();
  private pending: Pending | undefined;
  private failure: Error | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly clock: Clock,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.receive(bytes));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the board closed the connection')));
  }

  /** Connects and greets. Rejects when nobody listens, or what listens is no virtual board. */
  static async open(
    address: { readonly host: string; readonly port: number },
    hello: Omit<AudioLinkHello, 'schema'>,
    clock: Clock,
  ): Promise<BoardLink> {
    const link = new BoardLink(connect(address), clock);
    try {
      const greeting = { kind: 'hello', hello: { schema: AUDIO_LINK_SCHEMA, ...hello } } as const;
      const answer = await link.ask(greeting, 'welcome');
      const { schema } = Object(answer.kind === 'welcome' ? answer.welcome : undefined) as {
        schema?: unknown;
      };
      if (schema !== AUDIO_LINK_SCHEMA)
        throw new Error(`the board speaks ${String(schema)}, expected ${AUDIO_LINK_SCHEMA}`);
      return link;
    } catch (cause) {
      await link.close();
      throw cause;
    }
  }

  /** Hands over what the microphone hears in a block and resolves with the board's answer to it. */
  async exchange(blockIndex: number, samples: Float32Array): Promise<SpeakerBlock> {
    const answer = await this.ask({ kind: 'mic', blockIndex, samples }, 'speaker');
    if (answer.kind !== 'speaker') throw new Error(`the board answered with ${answer.kind}`);
    if (answer.blockIndex !== blockIndex || answer.samples.length !== samples.length)
      throw new Error(
        `the board answered block ${blockIndex} of ${samples.length} samples with block ` +
          `${answer.blockIndex} of ${answer.samples.length}`,
      );
    if (!Array.isArray(answer.truth)) throw new Error('the board sent truth that is no list');
    return answer;
  }

  /** Closes the connection; an exchange that waits is rejected. */
  async close(): Promise<void> {
    this.fail(new Error('the link was closed'));
    if (!this.socket.closed) {
      const closed = new Promise((resolve) => this.socket.once('close', resolve));
      this.socket.destroy();
      await closed;
    }
  }

  private async ask(question: AudioLinkFrame, wants: Pending['wants']): Promise<AudioLinkFrame> {
    if (this.failure !== undefined) throw this.failure;
    const answer = new Promise<AudioLinkFrame>((resolve, reject) => {
      this.pending = { wants, resolve, reject };
    });
    const stopWatch = this.clock.after(STALL_MS, () =>
      this.fail(new Error(`the board did not answer within ${STALL_MS} ms`)),
    );
    this.socket.write(encodeAudioLinkFrame(question));
    try {
      return await answer;
    } finally {
      stopWatch();
    }
  }

  private receive(bytes: Buffer): void {
    try {
      for (const frame of this.decoder.push(bytes)) {
        const { pending } = this;
        if (pending?.wants !== frame.kind) throw new Error(`the board sent ${frame.kind} unasked`);
        this.pending = undefined;
        pending.resolve(frame);
      }
    } catch (cause) {
      this.fail(new Error('what the board sent is no audio link', { cause }));
    }
  }

  private fail(reason: Error): void {
    this.failure ??= reason;
    this.pending?.reject(this.failure);
    this.pending = undefined;
    this.socket.destroy();
  }
}
