/** White Gaussian noise of RMS 1 that is the same for the same seed. */
export class SeededNoise {
  private state: number;
  private spare: number | undefined;

  /** @param seed - Any number; different `stream` values give independent noise of one seed. */
  constructor(seed: number, stream = 0) {
    this.state = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0;
    for (let i = 0; i < 4; i++) this.uniform();
  }

  /** In (0, 1): mulberry32, period 2^32 (at two values a sample, 12 hours of one channel). */
  private uniform(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  }

  /** The next value; Marsaglia's polar method. */
  next(): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const squared = x * x + y * y;
      if (squared >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(squared)) / squared);
      this.spare = y * scale;
      return x * scale;
    }
  }

  /** Adds noise of this RMS to a block, in place. */
  addTo(block: Float32Array, rms: number): void {
    for (let i = 0; i < block.length; i++) block[i] = (block[i] ?? 0) + rms * this.next();
  }
}
