/** Types for `wav-decoder` 1.3.0, which ships none; only what `wav.ts` uses. */
declare module 'wav-decoder' {
  interface AudioData {
    readonly sampleRate: number;
    /** One array per channel, all of `length` samples. */
    readonly channelData: readonly Float32Array[];
    readonly numberOfChannels: number;
    readonly length: number;
  }
  /** `symmetric` divides positive samples by 32 768 too, instead of 32 767. */
  interface Options {
    readonly symmetric?: boolean;
  }
  export const decode: {
    (bytes: ArrayBuffer, options?: Options): Promise<AudioData>;
    sync(bytes: ArrayBuffer, options?: Options): AudioData;
  };
}
