import type { PcmClip } from '../../audio';
import { isHilError, RigError } from '../../errors';
import type {
  AudioRig,
  Cancel,
  CaptureBlock,
  CaptureSlice,
  ChannelRole,
  Clock,
  Playback,
  RigTruth,
} from '../../ports';
import { gainOfDb, samplesIn } from '../../units';
import { atRigRate } from '../stream/at-rig-rate';
import { CaptureRing } from '../stream/capture-ring';
import { CaptureWaiters } from '../stream/capture-waiters';
import { PlaybackMixer } from '../stream/playback-mixer';
import { AcousticWorld } from './acoustic-world';
import { BlockPacer } from './block-pacer';
import type { BoardLink } from './board-link';
import { RIG_RATE_HZ, type WorldOptions } from './options';
import { TruthLog } from './truth-log';

const KEEP_MS = 130_000;
const FADE_MS = 5;
/** Truth is pruned this often, in blocks. */
const PRUNE_EVERY_BLOCKS = 1_000;

/** What a virtual rig is made of once its link is up. */
export interface VirtualAudioRigParts {
  readonly name: string;
  readonly link: BoardLink;
  readonly clock: Clock;
  readonly driftPpm: number;
  readonly blockSamples: number;
  readonly world: WorldOptions;
  readonly acousticDelayMs?: number;
}

/** A stereo sound card in software: one loop plays, asks the board, captures, then waits for the next block to be due. */
export class VirtualAudioRig implements AudioRig {
  readonly name: string;
  readonly rateHz = RIG_RATE_HZ;
  readonly roles: readonly ChannelRole[] = ['speaker', 'loopback'];
  readonly topology = 'virtual';
  readonly acousticDelayMs?: number;
  private readonly link: BoardLink;
  private readonly clock: Clock;
  private readonly world: AcousticWorld;
  private readonly pacer: BlockPacer;
  private readonly mixer: PlaybackMixer;
  private readonly ring: CaptureRing;
  private readonly waiters = new CaptureWaiters();
  private readonly truthLog: TruthLog;
  private readonly blockListeners = new Set<(block: CaptureBlock) => void>();
  private readonly lostListeners = new Set<(error: Error) => void>();
  private lost: Error | undefined;
  private closed: Promise<void> | undefined;
  private readonly running: Promise<void>;

  constructor(parts: VirtualAudioRigParts) {
    const { name, link, clock, driftPpm, blockSamples, world, acousticDelayMs } = parts;
    this.name = name;
    if (acousticDelayMs !== undefined) this.acousticDelayMs = acousticDelayMs;
    this.link = link;
    this.clock = clock;
    this.world = new AcousticWorld(world, blockSamples);
    this.mixer = new PlaybackMixer(blockSamples, samplesIn(FADE_MS, RIG_RATE_HZ));
    const keepBlocks = Math.ceil(samplesIn(KEEP_MS, RIG_RATE_HZ) / blockSamples);
    this.ring = new CaptureRing(RIG_RATE_HZ, this.roles, blockSamples, keepBlocks);
    const { playbackToMicSamples, boardToSpeakerChannelSamples } = this.world;
    this.truthLog = new TruthLog(RIG_RATE_HZ, playbackToMicSamples, boardToSpeakerChannelSamples);
    this.pacer = new BlockPacer(clock, blockSamples, RIG_RATE_HZ, driftPpm);
    this.running = this.run();
  }

  get position(): number {
    return this.ring.position;
  }

  onBlock(listener: (block: CaptureBlock) => void): Cancel {
    const entry = (block: CaptureBlock) => listener(block);
    this.blockListeners.add(entry);
    return () => this.blockListeners.delete(entry);
  }

  onLost(listener: (error: Error) => void): Cancel {
    const entry = (error: Error) => listener(error);
    this.lostListeners.add(entry);
    const { lost } = this;
    // A listener that comes late hears of it too, but not before it holds its Cancel.
    if (lost !== undefined) queueMicrotask(() => this.lostListeners.delete(entry) && entry(lost));
    return () => this.lostListeners.delete(entry);
  }

  async play(clip: PcmClip, options: { readonly gainDb?: number } = {}): Promise<Playback> {
    this.assertRunning('play');
    const { samples } = await atRigRate(clip, RIG_RATE_HZ);
    this.assertRunning('play');
    return this.mixer.start(samples, gainOfDb(options.gainDb ?? 0));
  }

  mute(): void {
    this.mixer.mute();
  }

  /** @throws RangeError also for samples that are no longer held. */
  async capture(fromRigSample: number, toRigSample: number): Promise<CaptureSlice> {
    if (this.closed !== undefined || toRigSample > this.position) {
      this.assertRunning('capture');
      await this.waiters.wait(toRigSample);
    }
    return this.ring.slice(fromRigSample, toRigSample);
  }

  truth(fromRigSample: number, toRigSample: number): RigTruth {
    return this.truthLog.between(fromRigSample, toRigSample, this.mixer.played);
  }

  close(): Promise<void> {
    this.closed ??= this.shutDown();
    return this.closed;
  }

  private async shutDown(): Promise<void> {
    this.waiters.rejectAll(this.closedError('capture'));
    this.pacer.stop();
    await this.link.close();
    await this.running;
    this.blockListeners.clear();
    this.lostListeners.clear();
  }

  private async run(): Promise<void> {
    try {
      for (let blockIndex = 0; await this.pacer.untilDue(blockIndex); blockIndex++)
        await this.tick(blockIndex);
    } catch (cause) {
      if (this.closed === undefined) this.lose(cause);
    }
  }

  private async tick(blockIndex: number): Promise<void> {
    const playback = this.mixer.next();
    const heard = this.world.hear(playback);
    const answer = await this.link.exchange(blockIndex, heard).catch((cause: unknown) => {
      throw this.linkLost(blockIndex, cause);
    });
    const { speaker, loopback } = this.world.listen(playback, answer.samples);
    const hostAtMs = this.clock.nowMs();
    this.truthLog.add(answer.truth);
    if (blockIndex % PRUNE_EVERY_BLOCKS === 0) this.truthLog.forget(this.ring.oldest);
    const lagMs = this.pacer.done(blockIndex, hostAtMs);
    const block = this.ring.append([speaker, loopback], { hostAtMs, lagMs });
    this.waiters.reached(this.position);
    for (const listener of this.blockListeners) listener(block);
  }

  private lose(cause: unknown): void {
    const error = isHilError(cause)
      ? cause
      : new RigError('HIL_HARNESS_UNEXPECTED', `Rig ${this.name} stopped by itself.`, {}, { cause });
    this.lost = error;
    this.waiters.rejectAll(error);
    const listeners = [...this.lostListeners];
    this.lostListeners.clear();
    for (const listener of listeners) listener(error);
    void this.link.close();
  }

  private linkLost(blockIndex: number, cause: unknown): RigError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new RigError(
      'HIL_RIG_LINK_LOST',
      `Rig ${this.name} lost its audio link to the virtual board in block ${blockIndex}: ${reason}.`,
      { rig: this.name, blockIndex },
      { cause },
    );
  }

  private assertRunning(wanted: string): void {
    if (this.closed !== undefined) throw this.closedError(wanted);
    if (this.lost !== undefined) throw this.lost;
  }

  private closedError(wanted: string): RigError {
    return new RigError(
      'HIL_RIG_CLOSED',
      `Rig ${this.name} was asked to ${wanted} after it had been closed.`,
      {
        rig: this.name,
      },
    );
  }
}
