/** Log spectra in dB, `[frame * bands + band]`. */
export interface LogFrames {
  readonly frames: number;
  readonly bands: number;
  readonly levels: Float32Array;
}

export interface Alignment {
  /** Mean distance along the path in dB per band. */
  readonly meanDb: number;
  /** Worst mean over 180 ms of the path. */
  readonly worstDb: number;
  /** Template frames per heard frame over the speech, and the template frame that stands at heard frame 0: a line through the path. */
  readonly slope: number;
  readonly startFrame: number;
}

/** One cell differs by at most this: a dropped packet must not outweigh a sentence. */
const MOST_DB = 18;
/** Noise moves a cell by about this much; less is no difference. */
const TOLERANCE_DB = 2;
/** Price of leaving the diagonal: rates differ by 5 %, so few steps may. */
const STEP_DB = 1.5;
const WORST_FRAMES = 15;

/** Where the path may run: template frame `anchor + j × rate`, give or take. */
export interface Corridor {
  readonly firstFrame: number;
  readonly halfWidth: number;
  /** The path begins at or before this frame of the template and ends at or after the other. */
  readonly beginBy: number;
  readonly endFrom: number;
}

/** Work space of the dynamic programme, reused: recognition is synchronous and runs in one thread. */
let local = new Float32Array(0);
let back = new Int8Array(0);

/**
 * Best path of what was heard through a template, every heard frame once: the template advances by one frame, stays or
 * skips one.
 * @param mostMeanDb - Paths that are worse are not followed, which changes nothing about those that are not.
 * @returns Undefined when no such path leads through the corridor.
 */
export function align(
  heard: LogFrames,
  model: LogFrames,
  corridor: Corridor,
  mostMeanDb = Infinity,
): Alignment | undefined {
  const rows = model.frames;
  const columns = heard.frames;
  const bands = heard.bands;
  const a = heard.levels;
  const b = model.levels;
  if (local.length < rows * columns) {
    local = new Float32Array(rows * columns);
    back = new Int8Array(rows * columns);
  }
  let previous = new Float64Array(rows).fill(Infinity);
  let current = new Float64Array(rows).fill(Infinity);
  const { beginBy, endFrom, firstFrame, halfWidth } = corridor;
  // What a path has cost already it costs in the end as well.
  const mostDb = mostMeanDb * columns;
  for (let j = 0; j < columns; j++) {
    const width = halfWidth + Math.ceil(0.06 * j);
    const first = Math.max(0, firstFrame + j - width);
    const last = Math.min(rows - 1, firstFrame + j + width);
    current.fill(Infinity);
    let alive = false;
    for (let i = first; i <= last; i++) {
      let best = j === 0 && i <= beginBy ? 0 : Infinity;
      let step = 0;
      if (j > 0) {
        // Silence before and after the speech may last as long as it likes.
        const price = i < beginBy || i > endFrom ? 0 : STEP_DB;
        best = (previous[i] as number) + price;
        const diagonal = i > 0 ? (previous[i - 1] as number) : Infinity;
        const skip = i > 1 ? (previous[i - 2] as number) + STEP_DB : Infinity;
        if (diagonal <= best) {
          best = diagonal;
          step = 1;
        }
        if (skip < best) {
          best = skip;
          step = 2;
        }
      }
      if (best === Infinity || best > mostDb) continue;
      const distance = distanceAt(a, j * bands, b, i * bands, bands);
      local[j * rows + i] = distance;
      back[j * rows + i] = step;
      current[i] = best + distance;
      alive = true;
    }
    if (!alive) return undefined;
    [previous, current] = [current, previous];
  }
  return trace(columns, rows, previous, corridor);
}

function distanceAt(a: Float32Array, at: number, b: Float32Array, from: number, bands: number): number {
  let sum = 0;
  for (let band = 0; band < bands; band++) {
    // Math.abs would look a global up per cell, which is what makes Jest's sandbox slow.
    const signed = (a[at + band] as number) - (b[from + band] as number);
    const difference = (signed < 0 ? -signed : signed) - TOLERANCE_DB;
    if (difference > 0) sum += difference < MOST_DB ? difference : MOST_DB;
  }
  return sum / bands;
}

function trace(
  columns: number,
  rows: number,
  total: Float64Array,
  { beginBy, endFrom }: Corridor,
): Alignment | undefined {
  let end = -1;
  for (let i = endFrom; i < rows; i++) {
    if ((total[i] ?? Infinity) < (end < 0 ? Infinity : (total[end] ?? Infinity))) end = i;
  }
  if (end < 0) return undefined;
  const path = new Float32Array(columns);
  let i = end;
  let [n, x, y, xx, xy] = [0, 0, 0, 0, 0];
  for (let j = columns - 1; j >= 0; j--) {
    path[j] = local[j * rows + i] ?? 0;
    if (i > beginBy && i < endFrom) {
      n += 1;
      x += j;
      y += i;
      xx += j * j;
      xy += i * j;
    }
    i -= back[j * rows + i] ?? 0;
  }
  let window = 0;
  let worst = 0;
  for (let j = 0; j < columns; j++) {
    window += path[j] ?? 0;
    if (j >= WORST_FRAMES) window -= path[j - WORST_FRAMES] ?? 0;
    if (j >= WORST_FRAMES - 1) worst = Math.max(worst, window / WORST_FRAMES);
  }
  const slope = n < 2 ? 1 : (n * xy - x * y) / (n * xx - x * x);
  const startFrame = n < 2 ? 0 : (y - slope * x) / n;
  return { meanDb: (total[end] ?? 0) / columns, worstDb: worst, slope, startFrame };
}
