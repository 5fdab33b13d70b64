import type { AudioRig, Cancel, CaptureSlice, RigClockPoint } from '../../ports';
import { samplesIn } from '../../units';
import type { SoughtProbe } from './follow-probe';
import type { RecordedTake } from './heard-take';

const { max } = Math;

/** Converters and servers settle after they were opened: what they give first is not listened to. */
const SETTLING_MS = 200;
/** Before the way through the rig is known: buffers of both sides, generously. */
const FIRST_TAIL_MS = 1000;
/** Behind the way that is known: rooms ring, and what one period more or less moves. */
const TAIL_MS = 200;
/** The start of a playback may be stated late by a block of the output. */
const EARLY_MS = 50;

/**
 * Plays probes on an open rig and records them. Ends as soon as it is asked to. It looks at nothing: a rig is fed by this very process,
 * and runs dry while probes are searched for.
 */
export class RigProber {
  /** When samples were in hand, over everything that was captured. */
  readonly clockPoints: RigClockPoint[] = [];
  private overruns = 0;
  private told = 0;
  private stopListening: Cancel | undefined;
  private tailMs = FIRST_TAIL_MS;

  constructor(
    readonly rig: AudioRig,
    private readonly signal?: AbortSignal,
  ) {}

  /** Places at which the rig lost sound or ran dry since the first probe was played, as far as it tells. */
  get xruns(): number {
    return this.rig.onXrun === undefined ? this.overruns : this.told;
  }

  /** Lets the rig be fed: work that is cut up by this holds nothing up. */
  async breathe(): Promise<void> {
    const { position } = this.rig;
    await this.unlessAborted(() => this.rig.capture(position, position + 1));
  }

  /** What every channel holds while nothing is played. */
  async listen(durationMs: number): Promise<readonly Float32Array[]> {
    const { rateHz, position } = this.rig;
    const from = position + samplesIn(SETTLING_MS, rateHz);
    const { channels } = await this.capture(from, from + samplesIn(durationMs, rateHz));
    return channels;
  }

  /** From now on takes end when what is this late has come, and no longer when anything can have. */
  waitNoLongerThan(roundTripMs: number): void {
    this.tailMs = TAIL_MS + max(0, roundTripMs);
  }

  /**
   * Plays a probe and records until it has come back.
   * @param gainDb - By which the probe is turned down, at most 0.
   */
  async play(sought: SoughtProbe, gainDb = 0): Promise<RecordedTake> {
    const { rateHz } = this.rig;
    this.signal?.throwIfAborted();
    this.stopListening ??= this.rig.onXrun?.(() => (this.told += 1));
    const { startedAtRigSample, lengthSamples } = await this.rig.play(sought.probe, { gainDb });
    const slice = await this.capture(
      max(0, startedAtRigSample - samplesIn(EARLY_MS, rateHz)),
      startedAtRigSample + lengthSamples + samplesIn(this.tailMs, rateHz),
    );
    return { sought, gainDb, playedAtSample: startedAtRigSample - slice.firstRigSample, slice };
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
