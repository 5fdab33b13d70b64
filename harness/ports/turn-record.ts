import type { WireError } from '../errors';
import type { ChannelRole, RigClockPoint, RigTruth, Topology } from './audio-rig';
import type { BoardEvent } from './board-event';
import type { ConsoleLine, ConsoleLink, StampedLine } from './console';
import type { FunctionCall } from './function-call';
import type { ProviderEvent } from './provider-event';
import type { SpeechClip } from './speech-clip';
import type { ReceivedAudio } from './voice-provider';

/** What should happen in a turn, from the scenario: the yardstick of the diagnosis. */
export interface TurnExpectation {
  /** Undefined: the utterance is none of the corpus that the mock knows. */
  readonly utterance: string | undefined;
  readonly calls: readonly FunctionCall[];
  readonly spoken: boolean;
}

/** A capture that was saved: a WAV of the rig's channels, path relative to the run folder. */
export interface SavedCapture {
  readonly path: string;
  readonly rateHz: number;
  readonly roles: readonly ChannelRole[];
  readonly firstRigSample: number;
  readonly lengthSamples: number;
  readonly clockPoints: readonly RigClockPoint[];
  readonly maxLagMs: number;
  readonly overruns: number;
}

/** A reply that the provider sent in this turn, whole or in part. */
export interface SentReply {
  readonly responseId: string;
  readonly itemId: string;
  readonly clip: SpeechClip;
}

/** A second prompt that was to be played into the reply. */
export interface TurnInterruption {
  readonly prompt: SpeechClip;
  readonly expected: TurnExpectation;
  /** How long after the reply became audible on the speaker channel it was due. */
  readonly afterMs: number;
  /** Undefined: it was not played, since the reply was over or the turn ended before it was due. */
  readonly playback:
    | {
        readonly startedAtRigSample: number;
        readonly lengthSamples: number;
        /** When the rig was told to play. */
        readonly askedAtHostMs: number;
      }
    | undefined;
}

/**
 * `answered`: the reply was over; `deadline`: time ran out before it was; `fault`: something broke, see `faults`.
 */
export type TurnEnding = 'answered' | 'deadline' | 'fault';

/** Everything that every side saw of one turn. Facts only: nothing here is derived from sound. */
export interface TurnRecord {
  readonly schema: 'earshot/turn@1';
  readonly turnId: string;
  readonly boardName: string;
  /** From 1; a session is one connection of the board to the provider. */
  readonly session: number;
  /** From 1 within the session; 1 is the cold turn. */
  readonly turnInSession: number;
  readonly prompt: SpeechClip;
  readonly expected: TurnExpectation;
  readonly topology: Topology;
  readonly startedAtHostMs: number;
  readonly endedAtHostMs: number;
  readonly ending: TurnEnding;
  /** How long the turn would have waited for the reply's onset after the prompt's end. */
  readonly deadlineMs: number;
  /** Handing a sample to the output to having it in the capture, as the rig was calibrated; absent: it was not. */
  readonly roundTrip?: { readonly ms: number; readonly uncertaintyMs: number };
  /** Air paths that the bench states; never subtracted from a measure. */
  readonly acousticDelayMs?: number;
  readonly playback: { readonly startedAtRigSample: number; readonly lengthSamples: number } | undefined;
  /** Undefined in turns that were not to be interrupted. The turn then ends with the answer to the second prompt. */
  readonly interruption?: TurnInterruption | undefined;
  readonly capture: SavedCapture | undefined;
  /** Path relative to the run folder; undefined when nothing was received. */
  readonly received: ReceivedAudio | undefined;
  readonly replies: readonly SentReply[];
  /** `unknown`: the provider cannot say what it replies, so `replies` says nothing. Absent: all that was sent is in `replies`. */
  readonly replyAudio?: 'unknown' | undefined;
  /** Tools that the board had declared to the provider; undefined when it declared nothing, or nobody saw it. */
  readonly advertised?: readonly string[] | undefined;
  readonly consoleLines: readonly ConsoleLine[];
  /** How the console's bytes come; absent where nobody knows. */
  readonly consoleLink?: ConsoleLink;
  /** Lines of this boot before the turn that carry the board's clock, latest last: they show how it relates to the host's. */
  readonly clockLines?: readonly StampedLine[];
  readonly boardEvents: readonly BoardEvent[];
  readonly providerEvents: readonly ProviderEvent[];
  /** What broke, in order. */
  readonly faults: readonly WireError[];
  /** Virtual rigs only; read by the self-check and by nothing else. */
  readonly truth: RigTruth | undefined;
}
