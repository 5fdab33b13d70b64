import { samplesIn } from '../../../../harness/units';
import type { BoardClock } from '../../board-clock';
import { runIdle, type SoundCard } from '../sound-card';
import { PlaybackLevel } from './playback-level';
import { openPulseStreams, type PulseStreams } from './pulse-streams';
import { SERVER_RATE_HZ, ServerSound } from './server-sound';
import { SoundRecord } from './sound-record';

/** What a busy machine keeps a process waiting for, and not much more than the buffers of a board. */
const DEFAULT_BUFFER_MS = 100;
const MOST_BUFFER_MS = 2_000;

/** Which sound server a board is wired to, and where. */
export interface ServerSoundOptions {
  /** PulseAudio, or PipeWire behind `pipewire-pulse`, as the environment names it. */
  readonly kind: 'pulse';
  /** Address of the server, as in `PULSE_SERVER`. Default: the one of the environment. */
  readonly server?: string;
  /** Source that the microphone hears, such as `cable_to_mic.monitor`. */
  readonly source: string;
  /** Sink that the speaker plays to. */
  readonly sink: string;
  /** Playback that is kept in hand, and the latency that the server is asked for; default 100 ms, 10 to 2000. */
  readonly bufferMs?: number;
  /** Folder to keep every sample and its counted truth in, made when it is not there. Default: nothing is kept. */
  readonly recordPath?: string;
}

/** How the link to a sound server is doing. */
export interface ServerLinkState {
  readonly kind: 'pulse';
  readonly source: string;
  readonly sink: string;
  /** `lost`: for good; the board hears silence and is not heard. */
  readonly state: 'up' | 'lost';
  /** Why it was lost. */
  readonly reason?: string;
  readonly heardSamples: number;
  readonly playedSamples: number;
  /** How often the sink had nothing to play. */
  readonly underruns: number;
  /** How often what the source delivered was not taken in time. */
  readonly overruns: number;
}

/** A board's sound in a sound server: its microphone is recorded from a source, its speaker plays to a sink, for as long as the board has power. */
export class ServerLink {
  private streams: PulseStreams | undefined;
  private sound: ServerSound | undefined;
  private playbackLevel: PlaybackLevel | undefined;
  private reason: string | undefined;
  private readonly xruns = { underrun: 0, overrun: 0 };
  private readonly xrunListeners: ((kind: 'underrun' | 'overrun') => void)[] = [];
  private stopIdle: (() => void) | undefined;
  private isClosed = false;
  private readonly lostListeners: ((reason: string) => void)[] = [];

  private constructor(
    private readonly card: SoundCard,
    private readonly options: ServerSoundOptions,
    private readonly record: SoundRecord | undefined,
  ) {}

  /**
   * Resolves once both streams are up.
   * @throws RangeError for a buffer that cannot be had; Error of the stream that did not open, or of the folder.
   */
  static async open(card: SoundCard, options: ServerSoundOptions, clock: BoardClock): Promise<ServerLink> {
    const { source, sink, bufferMs = DEFAULT_BUFFER_MS, recordPath } = options;
    if (!(bufferMs >= 10 && bufferMs <= MOST_BUFFER_MS))
      throw new RangeError(`sound buffer of ${bufferMs} ms; 10 to ${MOST_BUFFER_MS} can be had`);
    const record = recordPath === undefined ? undefined : await new SoundRecord(recordPath).open();
    const link = new ServerLink(card, options, record);
    try {
      const streams = await openPulseStreams({
        source,
        sink,
        latencyMs: bufferMs,
        server: options.server,
        clock,
        onHeard: (bytes) => link.sound?.hear(bytes),
        onXrun: (kind) => link.wasLate(kind),
        onQueued: (samples) => link.level(samples),
        onLost: (reason) => link.lose(reason),
      });
      link.begin(streams, bufferMs);
    } catch (cause) {
      await record?.close();
      throw cause;
    }
    return link;
  }

  get state(): ServerLinkState {
    const { source, sink } = this.options;
    return {
      kind: 'pulse',
      source,
      sink,
      state: this.reason === undefined ? 'up' : 'lost',
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      heardSamples: this.sound?.heardSamples ?? 0,
      playedSamples: this.sound?.playedSamples ?? 0,
      underruns: this.xruns.underrun,
      overruns: this.xruns.overrun,
    };
  }

  /** Calls back once, when the link has been lost without being closed; at once when it already is. */
  onLost(listener: (reason: string) => void): void {
    if (this.reason !== undefined) listener(this.reason);
    else this.lostListeners.push(listener);
  }

  /** Calls back each time that sound was lost on the way to or from the server. */
  onXrun(listener: (kind: 'underrun' | 'overrun') => void): void {
    this.xrunListeners.push(listener);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.stopIdle?.();
    await this.streams?.close();
    await this.record?.close();
  }

  private begin(streams: PulseStreams, bufferMs: number): void {
    this.streams = streams;
    const { record } = this;
    const output =
      record === undefined
        ? { play: (bytes: Buffer) => streams.play(bytes) }
        : {
            play: (bytes: Buffer) => {
              streams.play(bytes);
              record.play(bytes);
            },
            heard: (bytes: Buffer) => record.heard(bytes),
            counted: (truth: Parameters<SoundRecord['counted']>[0]) => record.counted(truth),
          };
    this.sound = new ServerSound(this.card, output, bufferMs);
    this.playbackLevel = new PlaybackLevel(samplesIn(bufferMs, SERVER_RATE_HZ), SERVER_RATE_HZ);
  }

  private level(queuedSamples: number): void {
    const surplus = this.playbackLevel?.surplusAt(queuedSamples) ?? 0;
    if (surplus > 0) this.sound?.leaveOut(surplus);
  }

  private wasLate(kind: 'underrun' | 'overrun'): void {
    this.xruns[kind] += 1;
    if (kind === 'underrun') this.record?.underrun(this.sound?.playedSamples ?? 0);
    for (const listener of this.xrunListeners) listener(kind);
  }

  private lose(reason: string): void {
    if (this.isClosed) return;
    this.reason = reason;
    this.stopIdle = runIdle(this.card);
    for (const listener of this.lostListeners) listener(reason);
  }
}
