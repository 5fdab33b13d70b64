import { timeScaled, type PcmClip } from '../../../audio';
import type { AudioRig, CaptureSlice, ChannelRole, Playback, RigClockPoint, Topology } from '../../../ports';
import { gainOfDb, seededUniform } from '../../../units';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { PI, SQRT2, abs, ceil, floor, max, min, sin, sqrt } = Math;
const SQRT3 = sqrt(3);

/** How one channel has the playback. */
export interface WiredPath {
  readonly gainDb: number;
  /** From handing a sample to the output, in samples of the capture. */
  readonly delaySamples: number;
  /** Later copies: a room. Delays behind the direct sound. */
  readonly echoes?: readonly { readonly delaySamples: number; readonly gain: number }[];
}

/** A rig made of arithmetic: what it does to sound is known to the sample, and time passes when somebody captures. */
export interface WiredRigOptions {
  readonly rateHz?: number;
  readonly topology?: Topology;
  readonly roles?: readonly ChannelRole[];
  /** By channel; undefined: it hears nothing. */
  readonly paths?: readonly (WiredPath | undefined)[];
  readonly noiseDbFs?: readonly number[];
  readonly humDbFs?: number;
  /** Samples captured for each one played. */
  readonly ratio?: number;
  /** The output: what is over this is cut off. */
  readonly outputLimit?: number;
  /** The input, behind the path's gain. */
  readonly inputLimit?: number;
  /** Held by the output for each clip in turn, over the path's delay: what jitters. */
  readonly jitterSamples?: readonly number[];
  /** Capture samples that are lost: behind each place everything comes that much earlier. Negative: silence is put in. */
  readonly lost?: readonly { readonly atRigSample: number; readonly samples: number }[];
  /** Stretches of the capture that hold zeros instead. */
  readonly silenced?: readonly { readonly fromRigSample: number; readonly toRigSample: number }[];
  /** The capture's rate by the host's clock. */
  readonly hostRateHz?: number;
  /** Every channel holds nothing but zeros. */
  readonly dead?: boolean;
  /** Gain that follows the level, as automatic gain does: dB per dB. */
  readonly agc?: number;
  readonly seed?: number;
}

interface Played extends Playback {
  readonly samples: Float32Array;
  readonly jitterSamples: number;
}

const BLOCK_SAMPLES = 480;

export class WiredRig implements AudioRig {
  readonly name = 'wired rig';
  readonly rateHz: number;
  readonly topology: Topology;
  readonly roles: readonly ChannelRole[];
  position = 0;
  closed = false;
  muted = 0;
  /** What was handed to the output, for tests of its level. */
  readonly played: Played[] = [];

  constructor(private readonly options: WiredRigOptions = {}) {
    this.rateHz = options.rateHz ?? 48_000;
    this.topology = options.topology ?? 'loopback';
    this.roles = options.roles ?? ['speaker', 'loopback'];
  }

  onBlock = (): (() => void) => () => undefined;
  onLost = (): (() => void) => () => undefined;
  truth = (): undefined => undefined;

  play(clip: PcmClip, { gainDb = 0 }: { readonly gainDb?: number } = {}): Promise<Playback> {
    const { outputLimit = 1, jitterSamples = [], agc = 0 } = this.options;
    const gain = gainOfDb(gainDb * (1 - agc));
    const samples = clip.samples.map((sample) => max(-outputLimit, min(outputLimit, sample * gain)));
    const playback = {
      startedAtRigSample: this.position + BLOCK_SAMPLES,
      lengthSamples: samples.length,
      samples,
      jitterSamples: jitterSamples[this.played.length % max(1, jitterSamples.length)] ?? 0,
    };
    this.played.push(playback);
    return Promise.resolve(playback);
  }

  mute(): void {
    this.muted += 1;
  }

  capture(fromRigSample: number, toRigSample: number): Promise<CaptureSlice> {
    this.position = max(this.position, toRigSample);
    const hostRateHz = this.options.hostRateHz ?? this.rateHz;
    const clockPoints: RigClockPoint[] = [];
    for (let at = fromRigSample + BLOCK_SAMPLES; at <= toRigSample; at += BLOCK_SAMPLES) {
      // Blocks come up to 3 ms late, each by its own share.
      const lateMs = ((at / BLOCK_SAMPLES) * 0.618) % 3;
      clockPoints.push({ rigSample: at, hostAtMs: (at * 1000) / hostRateHz + lateMs });
    }
    return Promise.resolve({
      firstRigSample: fromRigSample,
      rateHz: this.rateHz,
      roles: this.roles,
      channels: this.roles.map((_, index) => this.channel(index, fromRigSample, toRigSample)),
      clockPoints,
      maxLagMs: 0,
      overruns: 0,
    });
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  /** Before anything is lost, capture sample n holds what the inputs had at n; behind a loss, at n + what was lost. */
  private channel(index: number, from: number, to: number): Float32Array {
    const { lost = [], silenced = [], inputLimit = 1, dead = false } = this.options;
    const out = new Float32Array(to - from);
    if (dead) return out;
    let moved = 0;
    let start = from;
    const copy = (until: number): void => {
      const end = min(to, until);
      if (end > start) out.set(this.input(index, start + moved, end + moved), start - from);
      start = max(start, end);
    };
    for (const { atRigSample, samples } of lost) {
      copy(atRigSample);
      // What is put in is silence, of whatever lies in the stretch.
      if (samples < 0) start = max(start, min(to, atRigSample - samples));
      moved += samples;
    }
    copy(to);
    for (const { fromRigSample, toRigSample } of silenced)
      out.fill(0, max(0, fromRigSample - from), max(0, toRigSample - from));
    return out.map((sample) => max(-inputLimit, min(inputLimit, sample)));
  }

  private input(index: number, from: number, to: number): Float32Array {
    const { paths = HEALTHY_PATHS, noiseDbFs = [-60, -90], humDbFs, ratio = 1, seed = 1 } = this.options;
    const out = new Float32Array(to - from);
    const path = paths[index];
    if (path !== undefined) {
      for (const clip of this.played) {
        const copies = [{ delaySamples: 0, gain: 1 }, ...(path.echoes ?? [])];
        // A clock that is fast by ppm has moved on since the stream was opened; another rate is none of that kind.
        const since = abs(ratio - 1) < 0.01 ? clip.startedAtRigSample * (ratio - 1) : 0;
        for (const { delaySamples, gain } of copies) {
          const at = clip.startedAtRigSample + since + path.delaySamples + delaySamples + clip.jitterSamples;
          const first = max(from, floor(at) - 32);
          const end = min(to, ceil(at + clip.samples.length * ratio) + 32);
          if (end <= first) continue;
          const sound = timeScaled(clip.samples, {
            start: (first - at) / ratio,
            step: 1 / ratio,
            lengthSamples: end - first,
          });
          const total = gain * gainOfDb(path.gainDb);
          for (let n = 0; n < sound.length; n++)
            out[first - from + n] = (out[first - from + n] ?? 0) + total * (sound[n] ?? 0);
        }
      }
    }
    // Uniform noise from -√3 to √3 has an RMS of 1.
    const noise = 2 * SQRT3 * gainOfDb(noiseDbFs[index] ?? -90);
    const uniform = seededUniform(seed * 1000 + index * 100 + (from % 97));
    for (let n = 0; n < out.length; n++) out[n] = (out[n] ?? 0) + noise * (uniform() - 0.5);
    if (humDbFs === undefined) return out;
    const [hum, step] = [SQRT2 * gainOfDb(humDbFs), (2 * PI * 50) / this.rateHz];
    for (let n = 0; n < out.length; n++) out[n] = (out[n] ?? 0) + hum * sin(step * (from + n));
    return out;
  }
}

/** The speaker channel in a small room with the board's own noise, the loopback on a wire. */
export const HEALTHY_PATHS: readonly WiredPath[] = [
  {
    gainDb: -30,
    delaySamples: 1_300.4,
    echoes: [
      { delaySamples: 131.7, gain: -0.6 },
      { delaySamples: 402.2, gain: 0.5 },
      { delaySamples: 911.9, gain: 0.4 },
    ],
  },
  { gainDb: -6, delaySamples: 1_234.25 },
];
