import { ConverterType, create } from '@alexanderolsen/libsamplerate-js';

import { ConfigError } from '../errors';
import type { PcmClip } from './pcm-clip';

/** Rates that the project works at: narrow-band telephony up to the rate of audio interfaces. */
const RATE_RANGE_HZ = { lowest: 8000, highest: 96_000 } as const;

/**
 * Samples handed to the converter at once. The library's buffers hold 4 MiB (1 M samples) of input and as much again of
 * output, and what does not fit is lost without a word; at 8 to 96 kHz this block gives 786 432.
 */
const BLOCK_SAMPLES = 1 << 16;

/** Between pauses: 250 ms of speech at 16 kHz, 15 ms of work. */
const BLOCK_SAMPLES_WITH_PAUSES = 1 << 12;

/**
 * Silence fed behind the clip, in milliseconds, so that the converter gives out everything it still holds: several times
 * its sinc even at 8 kHz. What comes out beyond the clip's end is dropped.
 */
const FLUSH_MS = 100;

/** Signal to noise, and share of the lower rate's half that passes, by libsamplerate's own account: 145 dB and 97 %; 121 dB and 90 %. */
const converterTypes = {
  best: ConverterType.SRC_SINC_BEST_QUALITY,
  medium: ConverterType.SRC_SINC_MEDIUM_QUALITY,
} as const;

/**
 * The clip at another rate: band-limited sinc conversion (libsamplerate). Sample 0 stays sample 0 and time
 * `t` stays time `t`, so an index converts by the ratio of the rates; the result is
 * `Math.round(lengthSamples * rateHz / clip.rateHz)` long. Going down to 16 kHz in best quality, 7.5 kHz passes within
 * 0.1 dB and 8.5 kHz falls by more than 100 dB.
 * Takes 30 ms to load the converter and about 50 ms per second of sound at 48 kHz, in medium quality a third of that.
 * @param clip - Mono, full scale ±1, of any rate. Peaks may grow past ±1 and are kept.
 * @param rateHz - 8 000 to 96 000.
 * @param pause - Awaited every few milliseconds of work, by who has something else to do meanwhile.
 * @param quality - `medium` makes up less than 16 bit show, and takes 0.3 dB off 7 kHz of a clip at 16 kHz, nothing off one at 24 kHz.
 * @throws HilError `HIL_AUDIO_RATE` when `rateHz` is out of range or the clip has no rate.
 */
export async function resample(
  clip: PcmClip,
  rateHz: number,
  pause?: () => Promise<unknown>,
  quality: keyof typeof converterTypes = 'best',
): Promise<PcmClip> {
  if (!(rateHz >= RATE_RANGE_HZ.lowest && rateHz <= RATE_RANGE_HZ.highest && clip.rateHz > 0)) {
    throw new ConfigError(
      'HIL_AUDIO_RATE',
      `Cannot resample from ${clip.rateHz} Hz to ${rateHz} Hz: expected ${RATE_RANGE_HZ.lowest} to ${RATE_RANGE_HZ.highest} Hz.`,
      { fromHz: clip.rateHz, toHz: rateHz, ...RATE_RANGE_HZ },
    );
  }
  if (clip.rateHz === rateHz) return { samples: clip.samples.slice(), rateHz };

  const lengthSamples = Math.round((clip.samples.length * rateHz) / clip.rateHz);
  const samples = new Float32Array(lengthSamples);
  const converter = await create(1, clip.rateHz, rateHz, {
    converterType: converterTypes[quality],
  });
  try {
    let written = 0;
    const feed = (block: Float32Array): void => {
      const converted = converter.full(block).subarray(0, lengthSamples - written);
      samples.set(converted, written);
      written += converted.length;
    };
    const blockSamples = pause === undefined ? BLOCK_SAMPLES : BLOCK_SAMPLES_WITH_PAUSES;
    for (let start = 0; start < clip.samples.length; start += blockSamples) {
      feed(clip.samples.subarray(start, start + blockSamples));
      await pause?.();
    }
    feed(new Float32Array(Math.ceil((clip.rateHz * FLUSH_MS) / 1000)));
  } finally {
    converter.destroy();
  }
  return { samples, rateHz };
}

/**
 * A prompt at the rate of the rig that plays it, in medium quality: its output has 16 bits, and best quality took a quarter of all the time
 * of the thread that measures. Whoever looks for what was played, bit for bit, has to convert it likewise.
 * @throws HilError as {@link resample}.
 */
export const resampleToPlay = (clip: PcmClip, rateHz: number): Promise<PcmClip> =>
  resample(clip, rateHz, undefined, 'medium');
