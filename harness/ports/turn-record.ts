import type { WireError } from '../errors';
import type { ChannelRole, RigClockPoint, RigTruth, Topology, Xrun } from './audio-rig';
import type { BoardEvent, MarkerEvent } from './board-event';
import type { ConsoleLine, ConsoleLink, StampedLine } from './console';
import type { FunctionCall } from './function-call';
import type { NetworkFacts } from './network-facts';
import type { PlayedConditions } from './prompt-conditions';
import type { ProviderEvent } from './provider-event';
import type { ProviderFault } from './provider-fault';
import type { SpeechClip } from './speech-clip';
import type { TimeQuestion } from './sntp-answer';
import type { ReceivedAudio, Stall } from './voice-provider';

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
  /** Each place at which the rig lost sound; absent: it cannot lose any, or the run is older. */
  readonly xruns?: readonly Xrun[];
}

/** A reply that the provider sent in this turn, whole or in part. */
export interface SentReply {
  readonly responseId: string;
  readonly itemId: string;
  readonly clip: SpeechClip;
  /** Where its sound is, relative to the run folder; absent: it is a clip of the corpus. */
  readonly path?: string;
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

/** A crash that the test had the firmware do in the middle of its reply: held against nobody. */
export interface OrderedCrash {
  /** How long after the reply became audible on the speaker channel it was due. */
  readonly afterMs: number;
  /** When the command was handed to the console. Absent: the reply was over before it was due. */
  readonly sentAtHostMs?: number;
  /** What the board printed of it. Absent: nothing. */
  readonly crash?: WireError;
}

/**
 * `answered`: the reply was over; `deadline`: time ran out before it was; `fault`: something broke, see `faults`.
 */
export type TurnEnding = 'answered' | 'deadline' | 'fault';

/** What is recorded of every turn, however the board was asked. */
interface AnyTurn {
  readonly turnId: string;
  readonly boardName: string;
  /** From 1; a session is one connection of the board to the provider, or one boot of a board that has no connections to last. */
  readonly session: number;
  /** From 1 within the session; 1 is the cold turn. */
  readonly turnInSession: number;
  readonly startedAtHostMs: number;
  readonly endedAtHostMs: number;
  readonly ending: TurnEnding;
  readonly consoleLines: readonly ConsoleLine[];
  /** How the console's bytes come; absent where nobody knows. */
  readonly consoleLink?: ConsoleLink;
  /** Lines of this boot before the turn that carry the board's clock, latest last: they show how it relates to the host's. */
  readonly clockLines?: readonly StampedLine[];
  /** The same of its markers, whose clock has another zero; absent: there were none. */
  readonly clockMarkers?: readonly MarkerEvent[];
  readonly boardEvents: readonly BoardEvent[];
  readonly providerEvents: readonly ProviderEvent[];
  /** The board talked to the service directly, so `providerEvents` says nothing of it. Absent: they tell all that happened. */
  readonly unwatched?: true;
  /** What broke, in order. */
  readonly faults: readonly WireError[];
  /** Its sound, its console lines and its events were not kept: a run for hours keeps those of some turns. Absent: all are here. */
  readonly letGo?: true;
}

/** Everything that every side saw of one spoken turn. Facts only: nothing here is derived from sound. */
export interface TurnRecord extends AnyTurn {
  readonly schema: 'earshot/turn@1';
  /** Absent: sound. */
  readonly kind?: 'sound';
  readonly prompt: SpeechClip;
  readonly expected: TurnExpectation;
  readonly topology: Topology;
  /** How long the turn would have waited for the reply's onset after the prompt's end. */
  readonly deadlineMs: number;
  /** Handing a sample to the output to having it in the capture, as the rig was calibrated; absent: it was not. */
  readonly roundTrip?: { readonly ms: number; readonly uncertaintyMs: number };
  /** Air paths that the bench states; never subtracted from a measure. */
  readonly acousticDelayMs?: number;
  readonly playback: { readonly startedAtRigSample: number; readonly lengthSamples: number } | undefined;
  /** Absent: the prompts were played as they are. */
  readonly conditions?: PlayedConditions;
  /** Taken to see how far the board goes: it is shown, and neither judged nor counted. Absent: it is an ordinary turn. */
  readonly survey?: true;
  /** Undefined in turns that were not to be interrupted. The turn then ends with the answer to the second prompt. */
  readonly interruption?: TurnInterruption | undefined;
  /** Absent: none was ordered. Its crash is none of `faults`, and ends the turn as one of those does. */
  readonly orderedCrash?: OrderedCrash;
  readonly capture: SavedCapture | undefined;
  /** Path relative to the run folder; undefined when nothing was received. */
  readonly received: ReceivedAudio | undefined;
  readonly replies: readonly SentReply[];
  /** `unknown`: the provider cannot say what it replies, so `replies` says nothing. Absent: all that was sent is in `replies`. */
  readonly replyAudio?: 'unknown' | undefined;
  /** Tools that the board had declared to the provider; undefined when it declared nothing, or nobody saw it. */
  readonly advertised?: readonly string[] | undefined;
  /** What the link to the provider did to datagrams while the turn lasted; absent: there were none, or nobody counted. */
  readonly network?: NetworkFacts | undefined;
  /** When the provider's own process stood still in this turn. Absent: nobody watched it, or the run is older. */
  readonly providerStalls?: readonly Stall[];
  /** Virtual rigs only; read by the self-check and by nothing else. */
  readonly truth: RigTruth | undefined;
}

/** What the board printed of its own date in this boot. */
export type BoardDate =
  /** `unixMs`: the date that it had at `hostAtMs`, to the second; absent where it did not print it. */
  | { readonly state: 'set'; readonly unixMs?: number; readonly hostAtMs: number }
  | { readonly state: 'unset'; readonly reason?: string };

/** Everything that every side saw of one turn in writing. */
export interface TextTurnRecord extends AnyTurn {
  readonly schema: 'earshot/text-turn@1';
  readonly kind: 'text';
  /** What was typed; undefined for a board that asks a question of its own: the provider's log says what that was. */
  readonly prompt?: SpeechClip | undefined;
  /** When the last byte of the command was handed to the serial driver; undefined for a board that asks by itself. */
  readonly askedAtHostMs?: number | undefined;
  /**
   * What was told to go wrong in this turn: in the provider, or on the link to it. Absent: nothing, so an error of the
   * provider is its own.
   */
  readonly ordered?: ProviderFault | 'network' | undefined;
  /** This machine's wall clock at `startedAtHostMs`. */
  readonly startedAtUnixMs: number;
  /** Absent: the board printed nothing of its date. */
  readonly boardDate?: BoardDate;
  /** What the bench's time server was asked in this boot, oldest first; absent: the bench has none, or the run is older. */
  readonly timeQuestions?: readonly TimeQuestion[];
  /** When the provider's own process stood still in this turn. Absent: nobody watched it, or the run is older. */
  readonly providerStalls?: readonly Stall[];
  /** How long the turn would have waited for the answer to begin, and after the provider was done for its end. */
  readonly deadlineMs: number;
}

export type AnyTurnRecord = TurnRecord | TextTurnRecord;
