import type { PcmClip, SpeakerSpan, UplinkMark } from '../audio';
import type { Cancel } from './clock';

/** `speaker` hears the board; `loopback` carries the playback electrically. */
export type ChannelRole = 'speaker' | 'loopback';

/** How prompt and reply come onto one clock; see docs/measurement.md. */
export type Topology = 'loopback' | 'bleed' | 'virtual' | 'timestamps';

/** One block of the running capture. Sample indices count from the opening of the rig. */
export interface CaptureBlock {
  readonly firstRigSample: number;
  /** One per role of the rig, in its order, equally long. */
  readonly channels: readonly Float32Array[];
  /** When the block was in hand. */
  readonly hostAtMs: number;
}

/** When a rig sample had been read: the rig's clock against the host's. */
export interface RigClockPoint {
  readonly rigSample: number;
  readonly hostAtMs: number;
}

/** A place at which a sound card or its server lost samples or was late: rig-side evidence against a take. */
export interface Xrun {
  /** First sample of the capture behind it; for an underrun of the playback, where the capture was when it was told. */
  readonly atRigSample: number;
  /** `overrun`: captured sound was dropped; `underrun`: the output had nothing to play; `short-read`: fewer samples came than the rate says. */
  readonly kind: 'overrun' | 'underrun' | 'short-read';
  /** How many are missing from the capture, as reported or estimated from the host's clock; absent: nobody knows, or none. */
  readonly lostSamples?: number;
}

/** Which sound card a rig is, the same after a restart and in another socket's order. */
export interface CardIdentity {
  readonly kind: 'alsa' | 'pulse' | 'virtual';
  /** What people call it. */
  readonly name: string;
  /** USB ids with serial number or port path, as in bench.yaml; of a sound server its sink and source. */
  readonly stableId: string;
}

/** A stretch of the capture, with what is known about its timing. */
export interface CaptureSlice {
  readonly firstRigSample: number;
  readonly rateHz: number;
  readonly roles: readonly ChannelRole[];
  readonly channels: readonly Float32Array[];
  /** One per block: (last sample + 1, time it was in hand). */
  readonly clockPoints: readonly RigClockPoint[];
  /** How far the slowest block was behind the rig's schedule. */
  readonly maxLagMs: number;
  /** How many xruns of any kind the stretch has. */
  readonly overruns: number;
  /** Each of them, oldest first; absent: the rig cannot have any. */
  readonly xruns?: readonly Xrun[];
}

/**
 * Counted by a virtual rig, never analysed from sound, in samples of the capture: where clip sample 0 of the playback
 * stands on the loopback channel, where reply samples stand on the speaker channel (air path included), and which
 * capture sample the board had last heard when it wrote each packet.
 */
export interface RigTruth {
  /** Of the latest clip in the stretch. */
  readonly promptStartAtRigSample?: number;
  /** Of every clip in the stretch, oldest first. Absent in turns that older versions recorded. */
  readonly playbackStartsAtRigSample?: readonly number[];
  readonly speakerSpans: readonly (Omit<SpeakerSpan, 'kind' | 'atLinkSample'> & {
    readonly atRigSample: number;
  })[];
  readonly uplinkMarks: readonly (Omit<UplinkMark, 'kind' | 'atLinkSample'> & {
    readonly atRigSample: number;
  })[];
}

export interface Playback {
  /** Rig sample at which clip sample 0 was handed to the output; the sound itself may come later by the output's delay. */
  readonly startedAtRigSample: number;
  /** At the rig's rate. */
  readonly lengthSamples: number;
}

/** Sound card of the bench: plays prompts to the board's microphone, hears its speaker. Capture never pauses. */
export interface AudioRig {
  readonly name: string;
  readonly rateHz: number;
  readonly roles: readonly ChannelRole[];
  readonly topology: Topology;
  /** Handing a sample to the output to having it in the capture, where the rig was calibrated. */
  readonly roundTrip?: { readonly ms: number; readonly uncertaintyMs: number };
  /** Absent: nothing that could be told apart, as with a virtual rig. */
  readonly card?: CardIdentity;
  /** Air paths between rig and board that the bench states, both ways. */
  readonly acousticDelayMs?: number;
  /** Rig samples captured so far. */
  readonly position: number;
  onBlock(listener: (block: CaptureBlock) => void): Cancel;
  /** Calls back once, when the rig has failed without being closed. */
  onLost(listener: (error: Error) => void): Cancel;
  /** Calls back at each xrun; absent: the rig cannot have any. */
  onXrun?(listener: (xrun: Xrun) => void): Cancel;
  /** Starts a clip of any rate, resampled to the rig's; resolves when its place on the rig's clock is fixed. */
  play(clip: PcmClip, options?: { readonly gainDb?: number }): Promise<Playback>;
  /** Silences the output at once. */
  mute(): void;
  /**
   * The capture of rig samples [from, to), waiting for the last of them. A rig keeps at least 120 s.
   * @throws RigError `HIL_RIG_LINK_LOST`, `HIL_RIG_CLOSED`.
   */
  capture(fromRigSample: number, toRigSample: number): Promise<CaptureSlice>;
  /** Truth of a stretch; undefined for real rigs. Only the self-check may read it. */
  truth(fromRigSample: number, toRigSample: number): RigTruth | undefined;
  close(): Promise<void>;
}
