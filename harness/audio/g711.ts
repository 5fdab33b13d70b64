/** Speech at 8 000 Hz in 8 bits: ITU-T G.711, `mu-law` of America and Japan, `a-law` of the others. */
export type G711Law = 'mu-law' | 'a-law';

/** Added before the logarithm, so that all segments have the same width: G.711 table 2a, in 16-bit units. */
const MU_BIAS = 0x84;
const MU_CLIP = 0x7fff - MU_BIAS;
/** A-law inverts every other bit, so that silence is no long run of equal ones. */
const A_EVEN_BITS = 0x55;

/** Position of the highest bit at or above `lowest`, counted from there. */
function segmentOf(value: number, lowest: number): number {
  let segment = 0;
  for (let rest = value >> (lowest + 1); rest > 0; rest >>= 1) segment++;
  return segment;
}

function muCodeOf(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(sample < 0 ? -sample : sample, MU_CLIP) + MU_BIAS;
  const segment = segmentOf(magnitude, 7);
  return ~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)) & 0xff;
}

function muSampleOf(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + MU_BIAS) << ((bits & 0x70) >> 4)) - MU_BIAS;
  return bits & 0x80 ? -magnitude : magnitude;
}

function aCodeOf(sample: number): number {
  // 13 bits; the one's complement keeps -1 beside 0.
  const magnitude = (sample < 0 ? ~sample : sample) >> 3;
  const segment = segmentOf(magnitude, 4);
  const step = segment < 2 ? magnitude >> 1 : magnitude >> segment;
  return ((sample < 0 ? 0 : 0x80) | (segment << 4) | (step & 0x0f)) ^ A_EVEN_BITS;
}

function aSampleOf(code: number): number {
  const bits = code ^ A_EVEN_BITS;
  const segment = (bits & 0x70) >> 4;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

const samplesOf: Readonly<Record<G711Law, Int16Array>> = {
  'mu-law': Int16Array.from({ length: 256 }, (_, code) => muSampleOf(code)),
  'a-law': Int16Array.from({ length: 256 }, (_, code) => aSampleOf(code)),
};

/** Codes of 16-bit samples, one byte each. */
export function encodeG711(samples: Int16Array, law: G711Law): Uint8Array {
  const codeOf = law === 'mu-law' ? muCodeOf : aCodeOf;
  const codes = new Uint8Array(samples.length);
  // A loop: `from` walks an iterator, which took most of the time of a report's sounds.
  for (let at = 0; at < codes.length; at += 1) codes[at] = codeOf(samples[at] as number);
  return codes;
}

/** 16-bit samples of codes, one each: the middle of what each code stands for. */
export function decodeG711(codes: Uint8Array, law: G711Law): Int16Array {
  const table = samplesOf[law];
  const samples = new Int16Array(codes.length);
  for (let at = 0; at < samples.length; at += 1) samples[at] = table[codes[at] as number] as number;
  return samples;
}
