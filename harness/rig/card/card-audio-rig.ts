import type { PcmClip } from '../../audio';
import { RigError } from '../../errors';
import type {
  AudioRig,
  Cancel,
  CaptureBlock,
  CaptureSlice,
  CardIdentity,
  ChannelRole,
  Clock,
  Playback,
  SampleFormat,
  Topology,
  Xrun,
} from '../../ports';
import { gainOfDb, msOfSamples, samplesIn } from '../../units';
import { atRigRate } from '../stream/at-rig-rate';
import { CaptureRing } from '../stream/capture-ring';
import { CaptureWaiters } from '../stream/capture-waiters';
import { PlaybackMixer } from '../stream/playback-mixer';
import { AudioProgram, type ProgramEnd } from './audio-program';
import { CaptureSchedule } from './capture-schedule';
import type { CardProgram } from './card-program';
import { FrameBlocks } from './frame-blocks';
import { PlayerFeed } from './player-feed';

const BLOCK_MS = 10;
const KEEP_MS = 130_000;
const FADE_MS = 5;
/** A player that cannot have its card says so by then; one that can has opened it. */
const OPEN_AFTER_MS = 100;
/** A rig is opened without a player that says it is ready after so long; whatever keeps it, it is not the card. */
const OPEN_AT_LAST_MS = 1100;
/** A capture that is later than this is waited for before a clip begins. */
const BEHIND_MS = 100;
/** As long as a clip waits for another player to open the card. */
const READY_AT_LAST_MS = 1000;
/** A player fills its buffer within this time of having opened the card. */
const PLAYER_FILLS_MS = 200;
/** Checks, one a second, without a single byte from the recorder, or with none that a full player took, after which either has stalled. */
const STALLED_AFTER_CHECKS = 5;
const CHECK_EVERY_MS = 1000;
const NO_SOUND_WITHIN_MS = 10_000;
/** An overrun that the recorder told of explains samples that are missing this long around it. */
const EXPLAINED_MS = 4000;

/** What bench.yaml says of any rig with a sound card. */
export interface CardRigSettings {
  readonly name: string;
  /** 44 100, 48 000 or 96 000. */
  readonly rateHz: number;
  readonly format: SampleFormat;
  /** Which input has which role, counted from 0; inputs without one are not kept. */
  readonly channels: { readonly speaker: number; readonly loopback?: number };
  /** Default: `loopback` where a channel has that role, else `bleed`. */
  readonly topology?: Exclude<Topology, 'virtual'>;
  readonly acousticDelayMs?: number;
  readonly roundTrip?: { readonly ms: number; readonly uncertaintyMs: number };
  readonly clock: Clock;
  /** Of the programs. */
  readonly environment: NodeJS.ProcessEnv;
}

export interface CardRigParts extends CardRigSettings {
  readonly card: CardIdentity;
  /** Channels of the card's input and output. */
  readonly inputs: number;
  readonly outputs: number;
  readonly recorder: CardProgram;
  readonly player: CardProgram;
}

type Side = 'recorder' | 'player';

/**
 * A rig on a sound card: one recorder and one player that run for as long as the rig is open. The capture is the clock: with each
 * block that comes in, one goes out, so that a clip is handed to the output at a known sample of the capture, and the way from there
 * back into the capture is the same for every clip for as long as neither side loses sound.
 */
export class CardAudioRig implements AudioRig {
  readonly name: string;
  readonly rateHz: number;
  readonly roles: readonly ChannelRole[];
  readonly topology: Topology;
  readonly card: CardIdentity;
  readonly roundTrip?: { readonly ms: number; readonly uncertaintyMs: number };
  readonly acousticDelayMs?: number;
  private readonly clock: Clock;
  private readonly mixer: PlaybackMixer;
  private readonly ring: CaptureRing;
  private readonly waiters = new CaptureWaiters();
  private readonly schedule: CaptureSchedule;
  private readonly blockListeners = new Set<(block: CaptureBlock) => void>();
  private readonly lostListeners = new Set<(error: Error) => void>();
  private readonly xrunListeners = new Set<(xrun: Xrun) => void>();
  private readonly recorder: AudioProgram;
  private player: AudioProgram | undefined;
  /** Until a player has had time to fill its buffer, it has nothing to play: that is no underrun. */
  private playerReadyAt = 0;
  private readonly playerIsReady: Promise<void>;
  private tellPlayerIsReady: () => void = () => undefined;
  private readonly feed: PlayerFeed;
  private isOpen = false;
  private toldOverrunAt: number | undefined;
  private blocksAtCheck = -1;
  private lastBlock = { hostAtMs: 0, lagMs: 0 };
  private stalledChecks = 0;
  private waitingAtCheck = 0;
  private backedUpChecks = 0;
  private cancelCheck: Cancel = () => undefined;
  private lost: Error | undefined;
  private closed: Promise<void> | undefined;

  private constructor(
    private readonly parts: CardRigParts,
    private readonly blockSamples: number,
  ) {
    const { name, rateHz, channels, topology, card, clock, format, roundTrip, acousticDelayMs } = parts;
    this.name = name;
    this.rateHz = rateHz;
    this.card = card;
    this.clock = clock;
    this.roles = channels.loopback === undefined ? ['speaker'] : ['speaker', 'loopback'];
    this.topology = topology ?? (channels.loopback === undefined ? 'bleed' : 'loopback');
    if (roundTrip !== undefined) this.roundTrip = roundTrip;
    if (acousticDelayMs !== undefined) this.acousticDelayMs = acousticDelayMs;
    this.ring = new CaptureRing(rateHz, this.roles, blockSamples, Math.ceil(KEEP_MS / BLOCK_MS));
    this.ring.watchXruns();
    this.schedule = new CaptureSchedule(rateHz);
    this.mixer = new PlaybackMixer(blockSamples, samplesIn(FADE_MS, rateHz));
    const frames = new FrameBlocks({
      format,
      channelCount: parts.inputs,
      channels: [channels.speaker, ...(channels.loopback === undefined ? [] : [channels.loopback])],
      blockSamples,
    });
    this.playerIsReady = new Promise((resolve) => (this.tellPlayerIsReady = resolve));
    this.recorder = this.start('recorder');
    this.feed = new PlayerFeed({
      mixer: this.mixer,
      blockSamples,
      rateHz,
      format,
      channelCount: parts.outputs,
      start: () => this.startPlayer(),
    });
    this.recorder.onData((bytes) => {
      if (this.lost === undefined && this.closed === undefined)
        frames.push(bytes, (captured) => this.take(captured));
    });
    this.check();
  }

  /**
   * Starts both programs and waits until sound comes in.
   * @throws RigError of what kept one of them from it.
   */
  static async open(parts: CardRigParts): Promise<CardAudioRig> {
    const rig = new CardAudioRig(parts, samplesIn(BLOCK_MS, parts.rateHz));
    try {
      await rig.waiters.wait(samplesIn(OPEN_AFTER_MS, rig.rateHz));
      await Promise.race([rig.playerIsReady, rig.waiters.wait(samplesIn(OPEN_AT_LAST_MS, rig.rateHz))]);
      rig.isOpen = true;
      return rig;
    } catch (cause) {
      await rig.close();
      throw cause;
    }
  }

  get position(): number {
    return this.ring.position;
  }

  onBlock(listener: (block: CaptureBlock) => void): Cancel {
    const entry = (block: CaptureBlock) => listener(block);
    this.blockListeners.add(entry);
    return () => this.blockListeners.delete(entry);
  }

  onXrun(listener: (xrun: Xrun) => void): Cancel {
    const entry = (xrun: Xrun) => listener(xrun);
    this.xrunListeners.add(entry);
    return () => this.xrunListeners.delete(entry);
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
    const { samples } = await atRigRate(clip, this.rateHz);
    await this.settled();
    this.assertRunning('play');
    return this.mixer.start(samples, gainOfDb(options.gainDb ?? 0));
  }

  mute(): void {
    this.mixer.mute();
  }

  /**
   * A process that was held up finds its capture behind, and its player dry: a clip that began then would be told for a sample that is long
   * past, and come out with a gap in front of it.
   */
  private async settled(): Promise<void> {
    const isBehind = () => this.clock.nowMs() - this.lastBlock.hostAtMs + this.lastBlock.lagMs > BEHIND_MS;
    while (isBehind() && this.lost === undefined && this.closed === undefined)
      await this.waiters.wait(this.position + 1);
    if (!this.feed.wantsRefresh) return;
    this.feed.refresh();
    const until = this.position + samplesIn(READY_AT_LAST_MS, this.rateHz);
    while (!this.feed.isFilled && this.position < until) await this.waiters.wait(this.position + 1);
  }

  /** @throws RangeError also for samples that are no longer held. */
  async capture(fromRigSample: number, toRigSample: number): Promise<CaptureSlice> {
    if (this.closed !== undefined || toRigSample > this.position) {
      this.assertRunning('capture');
      await this.waiters.wait(toRigSample);
    }
    return this.ring.slice(fromRigSample, toRigSample);
  }

  truth(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    this.closed ??= this.shutDown();
    return this.closed;
  }

  /** Processes that hold the card, for a test that stops them. */
  get processIds(): Readonly<Record<Side, number | undefined>> {
    return { recorder: this.recorder.pid, player: this.player?.pid };
  }

  private async shutDown(): Promise<void> {
    this.waiters.rejectAll(this.closedError('capture'));
    this.cancelCheck();
    await Promise.all([this.recorder.close(), this.player?.close()]);
    for (const listeners of [this.blockListeners, this.lostListeners, this.xrunListeners]) listeners.clear();
  }

  private start(side: Side): AudioProgram {
    const { environment } = this.parts;
    const { argv, debianPackage, news } = this.parts[side];
    const program = new AudioProgram({
      argv,
      debianPackage,
      environment,
      clock: this.clock,
      onLine: (line) => {
        const told = news(line);
        // What one says that has been replaced is over.
        const isInUse = side === 'recorder' || program === this.player;
        if (told?.kind === 'xrun' && isInUse) this.tellXrun(side, told.lastedMs);
        if (told?.kind === 'ready') this.tellReady(program, told.rateHz);
        return told?.kind === 'status' || told?.kind === 'ready';
      },
    });
    void program.ended.then((end) => {
      const isInUse = program === this.recorder || program === this.player;
      if (isInUse) this.lose(this.ended(side, program, end));
    });
    return program;
  }

  /** In place of the one before, if there is one. */
  private startPlayer(): AudioProgram {
    const before = this.player;
    this.player = this.start('player');
    void before?.close();
    return this.player;
  }

  private take(channels: readonly Float32Array[]): void {
    const hostAtMs = this.clock.nowMs();
    const { lagMs, lost, wrongRateHz } = this.schedule.add(this.position + this.blockSamples, hostAtMs);
    this.lastBlock = { hostAtMs, lagMs };
    const block = this.ring.append(channels, this.lastBlock);
    this.feed.next(lagMs);
    if (lost !== undefined) this.tellLost(lost.sinceRigSample, lost.lostSamples);
    this.waiters.reached(this.position);
    for (const listener of this.blockListeners) listener(block);
    if (wrongRateHz !== undefined) this.lose(this.wrongRate(wrongRateHz));
  }

  private tellReady(program: AudioProgram, rateHz: number | undefined): void {
    if (rateHz !== undefined && rateHz !== this.rateHz) this.lose(this.wrongRate(rateHz));
    else if (program === this.player) {
      this.playerReadyAt = this.position;
      this.feed.isReady();
      this.tellPlayerIsReady();
    }
  }

  private tellXrun(side: Side, lastedMs: number | undefined): void {
    const atRigSample = this.position;
    if (side === 'player') {
      if (!this.feed.isFilled || atRigSample - this.playerReadyAt < samplesIn(PLAYER_FILLS_MS, this.rateHz))
        return;
      this.feed.ranDry();
    } else this.toldOverrunAt = atRigSample;
    // How long an output was silent says nothing of the capture, and the plugins of ALSA count it from anywhere.
    const isKnown = side === 'recorder' && lastedMs !== undefined;
    this.mark({
      atRigSample,
      kind: side === 'player' ? 'underrun' : 'overrun',
      ...(isKnown ? { lostSamples: samplesIn(lastedMs, this.rateHz) } : {}),
    });
  }

  private tellLost(atRigSample: number, lostSamples: number): void {
    const told = this.toldOverrunAt;
    if (told !== undefined && Math.abs(told - atRigSample) < samplesIn(EXPLAINED_MS, this.rateHz)) return;
    this.mark({ atRigSample, kind: 'short-read', lostSamples });
  }

  private mark(xrun: Xrun): void {
    this.ring.mark(xrun);
    for (const listener of this.xrunListeners) listener(xrun);
  }

  /** A process that was held up itself finds its bytes behind the next check, so one check without any says nothing. */
  private check(): void {
    this.cancelCheck = this.clock.after(CHECK_EVERY_MS, () => {
      this.stalledChecks = this.position === this.blocksAtCheck ? this.stalledChecks + 1 : 0;
      this.blocksAtCheck = this.position;
      const most = this.isOpen ? STALLED_AFTER_CHECKS : NO_SOUND_WITHIN_MS / CHECK_EVERY_MS;
      // One that takes anything at all is slow, and gets no more silence until it has caught up.
      const waiting = this.player?.waitingBytes ?? 0;
      const takesNothing = this.feed.isBackedUp && waiting >= this.waitingAtCheck;
      this.backedUpChecks = takesNothing ? this.backedUpChecks + 1 : 0;
      this.waitingAtCheck = waiting;
      if (this.stalledChecks >= most) this.lose(this.stalled());
      else if (this.backedUpChecks >= STALLED_AFTER_CHECKS) this.lose(this.backedUp());
      else this.check();
    });
  }

  private lose(error: RigError): void {
    if (this.lost !== undefined || this.closed !== undefined) return;
    this.lost = error;
    this.cancelCheck();
    this.waiters.rejectAll(error);
    const listeners = [...this.lostListeners];
    this.lostListeners.clear();
    for (const listener of listeners) listener(error);
    void this.recorder.close();
    void this.player?.close();
  }

  private ended(side: Side, program: AudioProgram, end: ProgramEnd): RigError {
    if (end.startError !== undefined) return program.missing(this.name, end);
    const refusal = this.isOpen ? undefined : this.parts[side].refusal(end);
    if (refusal !== undefined) return refusal;
    const said = end.complaint === '' ? 'it said nothing' : `it said ${JSON.stringify(end.complaint)}`;
    return new RigError(
      'HIL_RIG_CARD_LOST',
      `Rig ${this.name} lost its ${side} after ${this.seconds()}: ${program.name} ${end.fate}; ${said}.`,
      { rig: this.name, card: this.card.stableId, program: program.name, atRigSample: this.position },
    );
  }

  private stalled(): RigError {
    const after = `${(this.stalledChecks * CHECK_EVERY_MS) / 1000} s`;
    return new RigError(
      'HIL_RIG_STALLED',
      `Rig ${this.name} has had no sound for ${after}: ${this.recorder.name} still runs and stopped recording after ${this.seconds()}.`,
      { rig: this.name, card: this.card.stableId, atRigSample: this.position },
    );
  }

  private backedUp(): RigError {
    const player = this.player?.name ?? 'the player';
    return new RigError(
      'HIL_RIG_STALLED',
      `Rig ${this.name} cannot play: ${player} still runs and has taken no sound for ${STALLED_AFTER_CHECKS} s, after ${this.seconds()}.`,
      { rig: this.name, card: this.card.stableId, atRigSample: this.position },
    );
  }

  private wrongRate(foundHz: number): RigError {
    const found = Math.round(foundHz);
    return new RigError(
      'HIL_RIG_WRONG_RATE',
      `Rig ${this.name} should run at ${this.rateHz} Hz, and its card delivers ${found} samples a second: it runs at another rate, or drops sound all the time.`,
      { rig: this.name, card: this.card.stableId, expectedHz: this.rateHz, foundHz: found },
    );
  }

  private seconds(): string {
    return `${(msOfSamples(this.position, this.rateHz) / 1000).toFixed(1)} s`;
  }

  private assertRunning(wanted: string): void {
    if (this.closed !== undefined) throw this.closedError(wanted);
    if (this.lost !== undefined) throw this.lost;
  }

  private closedError(wanted: string): RigError {
    const message = `Rig ${this.name} was asked to ${wanted} after it had been closed.`;
    return new RigError('HIL_RIG_CLOSED', message, { rig: this.name });
  }
}
