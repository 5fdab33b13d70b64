import { type PcmClip } from '../../audio';
import type { AudioRig, CaptureSlice, ChannelRole, RigClockPoint } from '../../ports';
import { gainOfDb, msOfSamples, samplesIn } from '../../units';
import { CapturedChannel, type SoughtProbe } from './follow-probe';
import { hearProbe, rmsOf, type HeardProbe } from './heard-probe';
import { quietChannel, type QuietChannel } from './quiet';
import { wrongRate, type WrongRate } from './wrong-rate';

const { max } = Math;

/** Converters and servers settle after they were opened: what they give first is not listened to. */
const SETTLING_MS = 200;
/** Before the way through the rig is known: buffers of both sides, generously. */
const FIRST_TAIL_MS = 1000;
/** Behind the way that is known: rooms ring, and what one period more or less moves. */
const TAIL_MS = 200;

/** A channel with what it heard of a probe. */
export interface ProbedChannel {
  readonly role: ChannelRole;
  readonly captured: CapturedChannel;
  readonly heard: HeardProbe | undefined;
}

/** One probe as all channels heard it. */
export interface ProbedTake {
  readonly firstRigSample: number;
  /** Where it was handed to the output, in samples of the take. */
  readonly playedAtSample: number;
  readonly channels: readonly ProbedChannel[];
  /** The channel that measures the rig: by wire if there is one, or else what hears best. Absent: nothing heard it. */
  readonly best: (ProbedChannel & { readonly heard: HeardProbe }) | undefined;
}

/** 0.4 dB: noise by itself differs by less from one second to the next. */
const LOUDER = 1.05;

/** What leaks from channel to channel is no loopback. */
const WIRED_FROM_DB = -40;

function bestOf(channels: readonly ProbedChannel[]): ProbedTake['best'] {
  const heard = channels.flatMap((channel) =>
    channel.heard === undefined ? [] : [{ ...channel, heard: channel.heard }],
  );
  const wired = heard.find(({ role, heard: { gainDb } }) => role === 'loopback' && gainDb >= WIRED_FROM_DB);
  return (
    wired ??
    heard.reduce<ProbedTake['best']>(
      (most, one) => (most === undefined || one.heard.explainedDb > most.heard.explainedDb ? one : most),
      undefined,
    )
  );
}

/** Plays probes on an open rig and hears them. Ends as soon as it is asked to. */
export class RigProber {
  /** When samples were in hand, over everything that was captured. */
  readonly clockPoints: RigClockPoint[] = [];
  overruns = 0;
  private noiseRms: readonly number[] = [];
  private tailMs = FIRST_TAIL_MS;

  constructor(
    readonly rig: AudioRig,
    private readonly signal?: AbortSignal,
  ) {}

  /** What every channel holds while nothing is played. */
  async listen(durationMs: number): Promise<readonly QuietChannel[]> {
    const { rateHz, position } = this.rig;
    const from = position + samplesIn(SETTLING_MS, rateHz);
    const { channels } = await this.capture(from, from + samplesIn(durationMs, rateHz));
    this.noiseRms = channels.map(rmsOf);
    return channels.map((samples) => quietChannel(samples, rateHz));
  }

  /**
   * Plays a probe and looks for it in every channel, or in one alone.
   * @param gainDb - By which the probe is turned down, at most 0.
   */
  async play(sought: SoughtProbe, gainDb = 0, only?: ChannelRole): Promise<ProbedTake> {
    const { rateHz, roles } = this.rig;
    const clip: PcmClip = sought.probe;
    this.signal?.throwIfAborted();
    const { startedAtRigSample, lengthSamples } = await this.rig.play(clip, { gainDb });
    const from = max(0, startedAtRigSample - samplesIn(EARLY_MS, rateHz));
    const slice = await this.capture(
      from,
      startedAtRigSample + lengthSamples + samplesIn(this.tailMs, rateHz),
    );
    const playedAtSample = startedAtRigSample - slice.firstRigSample;
    const channels = slice.channels.map((samples, index): ProbedChannel => {
      const captured = new CapturedChannel(samples, rateHz);
      const role = roles[index] ?? 'speaker';
      const played = { playedAtSample, playedGain: gainOfDb(gainDb), noiseRms: this.noiseRms[index] ?? 0 };
      const isLookedAt = only === undefined || role === only;
      return { role, captured, heard: isLookedAt ? hearProbe(captured, sought, played) : undefined };
    });
    const best = bestOf(channels);
    if (best !== undefined)
      this.tailMs = TAIL_MS + max(0, msOfSamples(best.heard.atSample - playedAtSample, rateHz));
    return { firstRigSample: slice.firstRigSample, playedAtSample, channels, best };
  }

  /** The rate at which each channel has the probe instead of its own; only for a take that nothing heard. */
  wrongRates(
    { channels, playedAtSample }: ProbedTake,
    { probe }: SoughtProbe,
  ): readonly (WrongRate | undefined)[] {
    return channels.map(({ captured }, index) => {
      // Where it is as quiet as before, nothing is there at any rate.
      const isLouder = rmsOf(captured.samples) > LOUDER * (this.noiseRms[index] ?? 0);
      return isLouder ? wrongRate(captured, probe, playedAtSample) : undefined;
    });
  }

  private async capture(fromRigSample: number, toRigSample: number): Promise<CaptureSlice> {
    const slice = await this.unlessAborted(() => this.rig.capture(fromRigSample, toRigSample));
    this.clockPoints.push(...slice.clockPoints);
    this.overruns += slice.overruns;
    return slice;
  }

  private async unlessAborted<T>(start: () => Promise<T>): Promise<T> {
    const { signal } = this;
    if (signal === undefined) return start();
    signal.throwIfAborted();
    const work = start();
    let stop = (): void => undefined;
    const aborted = new Promise<never>((_, reject) => {
      stop = () => {
        this.rig.mute();
        reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
      };
      signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([work, aborted]);
    } finally {
      signal.removeEventListener('abort', stop);
      // Whoever closes the rig now ends the capture too, and nobody waits for it any more.
      work.catch(() => undefined);
    }
  }
}

/** The start of a playback may be stated late by a block of the output. */
const EARLY_MS = 50;
