import type { BoardClock } from '../../board-clock';
import { SERVER_RATE_HZ } from './server-sound';
import { StreamProcess } from './stream-process';

/** Longest wait for both streams; a server on the same machine takes 0.1 s. */
const OPEN_MS = 10_000;
/** A source delivers every few milliseconds, silence too: one that says nothing for so long has hung. */
const SILENT_MS = 5_000;
/** 1 s of playback that nobody took, beside what the pipe holds. */
const UNPLAYED_LIMIT_BYTES = 2 * SERVER_RATE_HZ;

export interface PulseStreamsOptions {
  /** Name of the source that is the board's microphone, such as `cable_to_mic.monitor`. */
  readonly source: string;
  /** Name of the sink that is the board's speaker. */
  readonly sink: string;
  /** Latency that the server is asked for, both ways. */
  readonly latencyMs: number;
  /** Address of the server; default: as the environment names it. */
  readonly server?: string | undefined;
  /** Programs in the place of `parec` and `pacat`, for tests. */
  readonly programs?: { readonly record: readonly string[]; readonly play: readonly string[] } | undefined;
  readonly clock: BoardClock;
  /** Bytes of the source: mono, s16le, 48 000 Hz. Nothing comes before both streams are up. */
  readonly onHeard: (bytes: Buffer) => void;
  /** The sink had nothing to play for a while (`underrun`), or what the source delivered was not taken in time (`overrun`). */
  readonly onXrun: (kind: 'underrun' | 'overrun') => void;
  /** How many samples were written and not played yet, some 20 times a second. */
  readonly onQueued: (samples: number) => void;
  /** Called once, when a stream has ended without being closed; with the reason. */
  readonly onLost: (reason: string) => void;
}

/** Both streams of a board, up. */
export interface PulseStreams {
  /** Mono, s16le, 48 000 Hz. */
  play(bytes: Buffer): void;
  close(): Promise<void>;
}

/** What both programs are told. Nothing is converted on the way: source, streams and sink have one rate. */
const streamArguments = ({ latencyMs, server }: PulseStreamsOptions): readonly string[] => [
  '--raw',
  '--format=s16le',
  `--rate=${SERVER_RATE_HZ}`,
  '--channels=1',
  `--latency-msec=${latencyMs}`,
  '--client-name=earshot virtual board',
  '--verbose',
  ...(server === undefined ? [] : [`--server=${server}`]),
];

class PulseLink implements PulseStreams {
  private state: 'opening' | 'up' | 'over' = 'opening';
  private hears = false;
  private plays = false;
  private writtenBytes = 0;
  private readonly recorder: StreamProcess;
  private readonly player: StreamProcess;
  private cancelWatch: () => void = () => undefined;

  constructor(
    private readonly options: PulseStreamsOptions,
    private readonly onUp: () => void,
    /** Called once, when the streams do not come up. */
    private readonly onFailed: (reason: string) => void,
  ) {
    const { source, sink, programs = { record: ['parec'], play: ['pacat'] } } = options;
    const common = streamArguments(options);
    const onEnded = (reason: string): void => this.fail(reason);
    this.recorder = new StreamProcess(
      `parec of ${source}`,
      [...programs.record, '--record', '-d', source, ...common, '--stream-name=microphone'],
      (line) => this.readRecorder(line),
      onEnded,
    );
    this.player = new StreamProcess(
      `pacat to ${sink}`,
      [...programs.play, '--playback', '-d', sink, ...common, '--stream-name=speaker'],
      (line) => this.readPlayer(line),
      onEnded,
      (line) => this.readTime(line),
    );
    this.recorder.stdout.on('data', (bytes: Buffer) => this.hear(bytes));
    this.watch(OPEN_MS, `${source} and ${sink} did not both open`);
  }

  play(bytes: Buffer): void {
    if (this.state !== 'up') return;
    const { stdin, what } = this.player;
    stdin.write(bytes);
    this.writtenBytes += bytes.length;
    if (stdin.writableLength > UNPLAYED_LIMIT_BYTES) this.fail(`${what} takes no more sound`);
  }

  async close(): Promise<void> {
    this.state = 'over';
    this.cancelWatch();
    const { clock } = this.options;
    await Promise.all([this.recorder.close(clock), this.player.close(clock)]);
  }

  private hear(bytes: Buffer): void {
    this.hears = true;
    this.goUp();
    if (this.state !== 'up') return;
    this.watch(SILENT_MS, `${this.recorder.what} delivered nothing`);
    this.options.onHeard(bytes);
  }

  private readPlayer(line: string): void {
    if (line.startsWith('Connected to device')) {
      this.plays = true;
      this.goUp();
    } else if (line.startsWith('Stream underrun') && this.state === 'up') this.options.onXrun('underrun');
    this.readCommon(line);
  }

  private readRecorder(line: string): void {
    if (line.startsWith('Stream overrun') && this.state === 'up') this.options.onXrun('overrun');
    this.readCommon(line);
  }

  /** `Time: 1.371 sec; Latency: 79527 usec.`, the first being what was played: it stands still while there is nothing to play. */
  private readTime(line: string): void {
    const [, seconds] = /^Time: (\d+\.\d+) sec/.exec(line) ?? [];
    if (seconds === undefined || this.state !== 'up') return;
    this.options.onQueued(this.writtenBytes / 2 - Math.round(Number(seconds) * SERVER_RATE_HZ));
  }

  private readCommon(line: string): void {
    if (line.startsWith('Stream moved to device')) this.fail(`the server took a stream elsewhere: ${line}`);
  }

  private goUp(): void {
    if (this.state !== 'opening' || !this.hears || !this.plays) return;
    this.state = 'up';
    this.onUp();
  }

  private watch(withinMs: number, what: string): void {
    this.cancelWatch();
    this.cancelWatch = this.options.clock.after(withinMs, () => this.fail(`${what} within ${withinMs} ms`));
  }

  private fail(reason: string): void {
    const { state } = this;
    if (state === 'over') return;
    const closing = this.close();
    if (state === 'up') this.options.onLost(reason);
    else void closing.then(() => this.onFailed(reason));
  }
}

/**
 * Opens one recording and one playback stream on a PulseAudio server (or pipewire-pulse), through `parec` and `pacat`, which come with
 * every desktop. Resolves once the source delivers and the sink has been found; playback starts with the first sound.
 * @throws Error that says which stream did not open and what its program said of it.
 */
export const openPulseStreams = (options: PulseStreamsOptions): Promise<PulseStreams> =>
  new Promise((resolve, reject) => {
    const link: PulseLink = new PulseLink(
      options,
      () => resolve(link),
      (reason) => reject(new Error(reason)),
    );
  });
