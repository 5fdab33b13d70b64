import type { MultiChannelClip } from '../audio';
import type { AudioRig, Board, Clock, TimeQuestion, VoiceProvider } from '../ports';

/** What a turn is played on. Where captures go is the caller's business. */
export interface TurnBench {
  readonly board: Board;
  readonly rig: AudioRig;
  readonly provider: VoiceProvider;
  readonly clock: Clock;
  /** Saves a capture of a turn; gives back its path relative to the run folder. */
  readonly saveCapture: (turnId: string, clip: MultiChannelClip) => string;
  /** Where the provider is to write what it received in a turn: absolute, and relative to the run folder. */
  readonly receivedPath: (turnId: string) => { readonly absolute: string; readonly relative: string };
  /** The same for what it sent, by the place of the reply in the turn, from 0. */
  readonly replyPath: (
    turnId: string,
    index: number,
  ) => { readonly absolute: string; readonly relative: string };
}

/** What a turn in writing is taken on: no sound, so no rig. */
export interface TextBench extends Pick<TurnBench, 'board' | 'provider' | 'clock'> {
  /** This machine's wall clock: boards print their date. */
  readonly unixNowMs: () => number;
  /** What the bench's time server has been asked so far, oldest first; absent: it has none. */
  readonly timeQuestions?: readonly TimeQuestion[] | undefined;
}

/** How a turn in writing waits. */
export interface TextTiming {
  /** Longest wait from the question to the beginning of its answer, and from the provider's last word to the answer's end. */
  readonly deadlineMs: number;
  /** Longest wait from the reset to the request of a board that asks by itself. */
  readonly requestMs: number;
}

/** How a turn waits. */
export interface TurnTiming {
  /** Silence of the speaker before a prompt and after a reply. */
  readonly quietMs: number;
  /** Longest wait from the prompt's end to the reply's onset. */
  readonly deadlineMs: number;
  readonly playbackGainDb: number;
}
