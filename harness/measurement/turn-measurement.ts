import type { OnsetMiss } from '../audio';
import type { BoardEventType, Topology } from '../ports';
import type { CallDetour } from './call-detour';
import type { Measured, NotMeasuredReason } from './measured';
import type { SoundMeasureName } from './measures';
import type { ReplyQuality } from './reply-quality';
import type { TakeQuality } from './take-quality';
import type { TurnLevels } from './turn-levels';

/** A point of the turn on the host's time axis, for timelines. Where it came from another clock it was mapped. */
export interface Mark {
  readonly name:
    | 'promptOnset'
    | 'promptOffset'
    | 'uplinkEnd'
    | 'endpoint'
    | 'functionCall'
    | 'firstAudioOut'
    | 'replyOnset'
    | 'replyOffset'
    | 'interruptionOnset'
    | 'interruptionOffset'
    | 'replySilence';
  readonly hostAtMs: number;
  readonly uncertaintyMs: number;
  /** On the rig's clock where the mark was taken there; fractional. */
  readonly atRigSample?: number;
  /** Of a console line: `device`, by the board's own stamp mapped to the host; `host`, by the line's arrival. */
  readonly stampedBy?: 'device' | 'host';
}

/** What the firmware said that it did, by its own clock mapped to the host's. */
export interface DeviceMark {
  /** Of the record's `boardEvents`. */
  readonly type: BoardEventType;
  readonly lineIndex: number;
  readonly hostAtMs: number;
  readonly uncertaintyMs: number;
}

/** From one event of a call to the next, by the host's stamps. */
export interface Hop {
  /** Can be negative within the uncertainty: a console line travels on another way than what the provider receives. */
  readonly ms: number;
  readonly uncertaintyMs: number;
}

/** Where the time of a call went. A hop is absent where one of its ends was not seen. */
export interface CallHops {
  /** Last speech sample of the prompt to the provider asking. */
  readonly promptToAsked?: Hop;
  /** To the console line by which the firmware reports the call. */
  readonly askedToExecuted?: Hop;
  /** To the first console line that shows the effect. */
  readonly executedToEffect?: Hop;
  /** To the tool's output arriving at the provider. */
  readonly askedToOutput?: Hop;
  readonly executedToOutput?: Hop;
}

/** One call seen from both ends. */
export interface CallObservation {
  readonly name: string;
  /** What the provider asked for; undefined: it did not. */
  readonly asked:
    | {
        readonly callId: string;
        readonly arguments: Readonly<Record<string, unknown>>;
        readonly hostAtMs: number;
      }
    | undefined;
  /** Each time the firmware reported it; `arguments` undefined when what it printed was no JSON object. */
  readonly executed: readonly {
    readonly callId?: string;
    readonly arguments?: Readonly<Record<string, unknown>>;
    readonly hostAtMs: number;
  }[];
  /** Console lines by which the firmware shows what it did, in order, such as `Light set to ON`. */
  readonly effects: readonly string[];
  /** Those of `effects` that contradict what was asked for. Absent in turns that older versions measured. */
  readonly contradicting?: readonly string[];
  /** Absent in turns that older versions measured. */
  readonly hops?: CallHops;
}

/** The reply in the capture against the reply that was sent. */
export type ReplyCheck =
  | {
      readonly state: 'found';
      readonly replyId: string;
      /** Share of the speech that was found where it belongs, 0 to 1. */
      readonly completeness: number;
      readonly missingMs: number;
      /** RMS of the speech in the capture, dB re full scale. */
      readonly levelDbFs: number;
      /** Peak of the correlation over the highest other peak. */
      readonly confidence: number;
      /** Board's audio clock against the rig's. */
      readonly driftPpm: number;
      /** Absent in turns that older versions measured. */
      readonly quality?: ReplyQuality;
    }
  | {
      readonly state: 'not-found';
      readonly replyId: string;
      readonly levelDbFs: number;
      /** Rate at which it was played over its own, and the audio rate that this is; absent unless another rate explains it. */
      readonly pitchRatio?: number;
      readonly playedAtHz?: number;
    }
  | { readonly state: 'not-sent' }
  | {
      /** Speech of unknown wording was there: whether all of it, nobody can tell. */
      readonly state: 'heard';
      /** RMS from onset to end, dB re full scale. */
      readonly levelDbFs: number;
      /** Its loud part over the noise in the speech band. */
      readonly overFloorDb: number;
      readonly onsetAtRigSample: number;
      readonly onsetUncertaintyMs: number;
      /** End of what can be heard, reverberation included. */
      readonly endAtRigSample: number;
    }
  | {
      /** A reply of unknown wording was looked for and no speech was found. */
      readonly state: 'not-heard';
      readonly reason: OnsetMiss;
      readonly levelDbFs: number;
    };

/** Where the prompt shows: the witnesses of who lost it. */
export interface PromptWitness {
  /** Found on the loopback channel: it left the rig. */
  readonly onLoopback: boolean;
  /** Found on the speaker channel: it was in the room. */
  readonly asBleed: boolean;
  /** RMS of what the provider received while the prompt played, dB re full scale; undefined: nothing was received. */
  readonly receivedLevelDbFs: number | undefined;
  /** Every part of it reached the provider as it was played; absent: it did not, or nobody doubts it. */
  readonly receivedWhole?: true;
}

/** What became of a prompt that was played into the reply. */
export interface InterruptionObservation {
  /** What the provider took it for; undefined: nothing was heard. `utterance` undefined: unknown. */
  readonly heard: { readonly utterance: string | undefined; readonly confidence: number } | undefined;
  readonly witness: PromptWitness;
  /** Found in what the provider received. */
  readonly arrived: boolean;
  /** The reply to it, held against what was sent as the reply of any turn is. Absent in turns that older versions measured. */
  readonly reply?: ReplyCheck;
  /** When the first packet of that reply left the provider; absent: it sent none. */
  readonly replySentAtHostMs?: number;
}

/** The board's own reply in what the provider received while it was played. */
export type EchoCheck =
  | {
      readonly state: 'measured';
      /** Level of the reply re the prompt, both as the provider received them. Without `delayMs`: it is below this. */
      readonly levelDb: number;
      /** From the speaker channel to the provider; absent: nothing of the reply was found there. */
      readonly delayMs?: number;
      /** Above the limit of docs/measurement.md. */
      readonly leaks: boolean;
      /** Speech that the provider detected while nobody but the board spoke. */
      readonly selfTriggers: number;
    }
  | { readonly state: 'not-measured'; readonly reason: NotMeasuredReason };

/** How the two ends of the turn were looked for; whether they were found, marks and measures say. */
export interface MeasurementMethods {
  /**
   * `loopback`: by correlation on the channel that carries the playback electrically; `bleed`: by correlation on the channel
   * that hears the reply; `host-time`: not in the sound, from the host's clock alone.
   */
  readonly prompt: 'loopback' | 'bleed' | 'host-time';
  /** `known-reply`: by correlation with the audio that was sent; `onset-detector`: as speech of unknown wording. */
  readonly reply: 'known-reply' | 'onset-detector';
}

/** Difference between what was measured and what the virtual rig counted. */
export interface SelfCheck {
  readonly voiceToVoiceTruthMs: number;
  readonly voiceToVoiceErrorMs: number;
  /** Absent where no barge-in stop was measured, or by an older version. */
  readonly bargeInStop?: {
    readonly truthMs: number;
    readonly errorMs: number;
    /** As the measure states it. */
    readonly uncertaintyMs: number;
  };
}

/** What the sound, the console and the provider's log of one turn say. */
export interface TurnMeasurement {
  readonly schema: 'earshot/turn-measurement@1';
  /** Absent: sound. */
  readonly kind?: 'sound';
  readonly turnId: string;
  readonly topology: Topology;
  /** Air paths that the bench states. They are in the measures: whoever wants them out subtracts them, and says so. */
  readonly acousticDelayMs?: number;
  /** Undefined in turns that were stored before methods were. */
  readonly methods?: MeasurementMethods | undefined;
  readonly measures: Readonly<Record<SoundMeasureName, Measured>>;
  /**
   * By how much these may be too long by what the bench did, in milliseconds: every standstill of its processes that was seen in them, added
   * up. Absent, also by its key: none was seen, or an older version measured.
   */
  readonly benchLateMs?: { readonly voiceToVoice?: number; readonly bargeInStop?: number };
  readonly marks: readonly Mark[];
  /** Board events whose lines the board's clock times better than their arrival. Absent in turns that older versions measured. */
  readonly deviceMarks?: readonly DeviceMark[];
  /** What `ttfa` is made of in a turn whose reply waited for calls. */
  readonly callDetour?: CallDetour;
  /** What the provider took the prompt for; undefined: nothing was heard. `utterance` undefined: unknown. */
  readonly heard: { readonly utterance: string | undefined; readonly confidence: number } | undefined;
  readonly calls: readonly CallObservation[];
  readonly reply: ReplyCheck;
  readonly witness: PromptWitness;
  /** Only in turns whose reply was interrupted. */
  readonly interruption?: InterruptionObservation;
  /** Absent in turns that older versions measured. */
  readonly echo?: EchoCheck;
  readonly levels: TurnLevels;
  /** Absent in turns that older versions measured. */
  readonly take?: TakeQuality;
  readonly selfCheck: SelfCheck | undefined;
}
