/** Types for `@echogarden/fvad-wasm` 0.2.0, which ships none; only what `voice-activity.ts` uses. */
declare module '@echogarden/fvad-wasm' {
  interface Fvad {
    /** Valid until the memory grows: read it again after each `_malloc`. */
    readonly HEAP16: Int16Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    /** A detector, or 0 when there is no memory for it. */
    _fvad_new(): number;
    _fvad_free(detector: number): void;
    /** @returns 0, or -1 when the value is not one of those that the detector takes. */
    _fvad_set_mode(detector: number, mode: number): number;
    _fvad_set_sample_rate(detector: number, rateHz: number): number;
    /** @returns 1: voice, 0: none, -1: the frame has a length that is not 10, 20 or 30 ms. */
    _fvad_process(detector: number, frame: number, lengthSamples: number): number;
  }
  const load: () => Promise<Fvad>;
  export default load;
}
