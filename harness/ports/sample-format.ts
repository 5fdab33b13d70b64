/** How sound cards lay a sample out, in ALSA's words; signed, little-endian. S24_LE has its 24 bits in the lower three of four bytes. */
export const sampleFormats = ['S16_LE', 'S24_3LE', 'S24_LE', 'S32_LE'] as const;

export type SampleFormat = (typeof sampleFormats)[number];
