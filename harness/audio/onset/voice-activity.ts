const { max, min, round } = Math;

/** Rate of the sound that a detector is given, in hertz. */
export const VOICE_ACTIVITY_RATE_HZ = 16_000;
/** Length of the frame that one decision is about, in milliseconds. */
export const VOICE_ACTIVITY_FRAME_MS = 10;

/** Tells voice from other sound. */
export interface VoiceActivityDetector {
  /**
   * One decision for each whole frame of 10 ms: 1 where there is voice. Each call starts from nothing.
   * @param samples - Mono at 16 000 Hz; full scale is ±1, and what lies beyond is clipped.
   */
  decide(samples: Float32Array): Uint8Array;
}

/**
 * The detector's strictest mode. The others take noise for voice from the first frame on (trials with espeak speech, and
 * measurement.md section 4: an onset that is no speech costs more than a late decision, which the level makes up for).
 */
const STRICTEST_MODE = 3;

/**
 * The voice-activity detector of WebRTC (libfvad, compiled to WebAssembly). Loading takes some 10 ms, once; a second of
 * sound about 0.2 ms.
 */
export async function loadVoiceActivityDetector(): Promise<VoiceActivityDetector> {
  const { default: load } = await import('@echogarden/fvad-wasm');
  const fvad = await load();
  const frameSamples = (VOICE_ACTIVITY_RATE_HZ * VOICE_ACTIVITY_FRAME_MS) / 1000;
  return {
    decide(samples) {
      const decisions = new Uint8Array(Math.floor(samples.length / frameSamples));
      const detector = fvad._fvad_new();
      const frame = fvad._malloc(frameSamples * Int16Array.BYTES_PER_ELEMENT);
      try {
        fvad._fvad_set_mode(detector, STRICTEST_MODE);
        fvad._fvad_set_sample_rate(detector, VOICE_ACTIVITY_RATE_HZ);
        const input = fvad.HEAP16.subarray(frame / 2, frame / 2 + frameSamples);
        for (let n = 0; n < decisions.length; n++) {
          for (let i = 0; i < frameSamples; i++)
            input[i] = round(max(-1, min(1, samples[n * frameSamples + i] ?? 0)) * 32_767);
          decisions[n] = fvad._fvad_process(detector, frame, frameSamples) === 1 ? 1 : 0;
        }
      } finally {
        fvad._free(frame);
        fvad._fvad_free(detector);
      }
      return decisions;
    },
  };
}
