// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { PI, cos, imul, log, sqrt } = Math;

/** Offset basis and prime of FNV-1a, 32 bits. */
const FNV = { basis: 0x811c9dc5, prime: 0x01000193 } as const;

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function seededUniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = imul(state ^ (state >>> 15), 1 | state);
    t = (t + imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A seed for one purpose of many, so that what one of them draws changes no other (FNV-1a). */
export function derivedSeed(seed: number, purpose: string): number {
  let hash = imul(FNV.basis ^ seed, FNV.prime);
  for (const character of purpose) hash = imul(hash ^ (character.codePointAt(0) ?? 0), FNV.prime);
  return hash >>> 0;
}

/** Normal numbers of mean 0 and deviation 1 (Box and Muller). */
export const seededNormal = (uniform: () => number) => (): number =>
  sqrt(-2 * log(1 - uniform())) * cos(2 * PI * uniform());
