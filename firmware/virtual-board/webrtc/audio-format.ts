/** How a firmware codes speech. */
export interface AudioFormat {
  readonly name: 'opus' | 'pcma';
  readonly payloadType: number;
  /** Of the RTP time stamps; Opus always says 48 000, whatever it carries (RFC 7587). */
  readonly clockRateHz: number;
  readonly channels: 1 | 2;
  /** Of the samples on both sides of the coder. */
  readonly sampleRateHz: number;
  /** Opus only. */
  readonly bitsPerSecond?: number;
}

/** Opus as the boards' firmwares set it; they tell other settings by `sampleRateHz` and `bitsPerSecond`. */
export const opus = (sampleRateHz: number, bitsPerSecond: number): AudioFormat => ({
  name: 'opus',
  payloadType: 111,
  clockRateHz: 48_000,
  channels: 2,
  sampleRateHz,
  bitsPerSecond,
});

/** G.711 A-law, which firmware without Opus offers. */
export const pcma: AudioFormat = {
  name: 'pcma',
  payloadType: 8,
  clockRateHz: 8_000,
  channels: 1,
  sampleRateHz: 8_000,
};
