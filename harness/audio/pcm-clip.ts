/** Mono sound in memory: full scale is ±1, one value per sample. */
export interface PcmClip {
  readonly samples: Float32Array;
  /** 8 000 to 48 000. */
  readonly rateHz: number;
}

/** Sound of several channels of one clock: same length, same rate. */
export interface MultiChannelClip {
  readonly channels: readonly Float32Array[];
  readonly rateHz: number;
}
