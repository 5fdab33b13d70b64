import type { Clock } from '../../ports';

/** One acoustic path of the virtual world. */
export interface AcousticPath {
  /** Gain of the direct sound. */
  readonly gainDb: number;
  /** Delay of the direct sound: 2.9 ms a metre. */
  readonly delayMs: number;
}

/** The room that every path goes through; each path has its own reflections. */
export interface Room {
  /** 0: no reverberation. */
  readonly rt60Ms: number;
  readonly directToReverberantDb: number;
}

/** Sources (playback, board's speaker) to receivers (board's microphone, rig's speaker channel). */
export interface AcousticPaths {
  readonly playbackToMic: AcousticPath;
  readonly playbackToSpeakerChannel: AcousticPath;
  /** The board's own echo. A block's answer cannot be heard in that block, so the delay is at least one block. */
  readonly boardToMic: AcousticPath;
  readonly boardToSpeakerChannel: AcousticPath;
}

/** What the virtual world sounds like. */
export interface WorldOptions {
  /**
   * Speech over noise on the board's microphone and on the speaker channel: RMS of speech at the reference level of
   * −20 dB re full scale (RMS 0.1; the corpus' active level, ITU-T P.56) after the gain of `playbackToMic` or
   * `boardToSpeakerChannel`, over the RMS of white noise from 0 to 24 kHz. The noise never pauses.
   */
  readonly snrDb: number;
  readonly room: Room;
  readonly paths: AcousticPaths;
  /** Electrical loopback of the playback; no delay. */
  readonly loopbackGainDb: number;
  /** Of the noise and the room. */
  readonly seed: number;
}

/** How a virtual rig is opened. */
export interface VirtualRigOptions extends WorldOptions {
  readonly name: string;
  /** Where the virtual board listens for its sound. */
  readonly audioLink: { readonly host: string; readonly port: number };
  readonly clock: Clock;
  /** The rig's clock against true time. */
  readonly driftPpm: number;
  /** Stated air paths, for the records of the turns. */
  readonly acousticDelayMs?: number;
  /** Samples exchanged per tick; default 480 = 10 ms. */
  readonly blockSamples?: number;
}

/** Every virtual rig runs at this rate of its own clock. */
export const RIG_RATE_HZ = 48_000;
export const DEFAULT_BLOCK_SAMPLES = 480;
