/** How a prompt is to be heard. */
export interface PromptConditions {
  /** Level over the one that the bench file plays prompts at, in dB: -60 to 30. */
  readonly gainDb?: number;
  /** Active speech level (ITU-T P.56) over the level of noise that is added, in dB: -20 to 60. */
  readonly snrDb?: number;
  /** Reverberation time of a room that is added, in ms: 50 to 3 000. */
  readonly rt60Ms?: number;
}

/** What was made of a prompt before it was handed to the output. */
export interface PlayedConditions extends PromptConditions {
  /** Of noise and room. */
  readonly seed: number;
  /** Active speech level at the output, in dBFS; absent: the clip holds none. */
  readonly speechLevelDbFs?: number;
  /** RMS of the noise at the output, in dBFS; absent: none was added. */
  readonly noiseLevelDbFs?: number;
}
