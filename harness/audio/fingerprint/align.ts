import { BANDS } from './band-energies';

/** Log spectra in dB, `[frame * BANDS + band]`. */
export interface LogFrames {
  readonly frames: number;
  readonly levels: Float32Array;
}

export interface Alignment {
  /** Mean distance along the path in dB per band. */
  readonly meanDb: number;
  /** Worst mean over 180 ms of the path. */
  readonly worstDb: number;
}

/** One cell differs by at most this: a dropped packet must not outweigh a sentence. */
const MOST_DB = 18;
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

function distanceAt(heard: Float32Array, at: number, model: Float32Array, from: number): number {
  let sum = 0;
  for (let band = 0; band < BANDS; band++) {
    const difference = Math.abs((heard[at + band] ?? 0) - (model[from + band] ?? 0));
    sum += difference > MOST_DB ? MOST_DB : difference;
  }
  return sum / BANDS;
}

/**
 * Best path of what was heard through a template, every heard frame once: the template advances by one frame, stays or
 * skips one. Undefined when no path leads through the corridor.
 */
export function align(heard: LogFrames, model: LogFrames, corridor: Corridor): Alignment | undefined {
  const rows = model.frames;
  const back = new Int8Array(heard.frames * rows);
  const local = new Float32Array(heard.frames * rows);
  let previous = new Float64Array(rows).fill(Infinity);
  let current = new Float64Array(rows).fill(Infinity);
  for (let j = 0; j < heard.frames; j++) {
    const width = corridor.halfWidth + Math.ceil(0.06 * j);
    const first = Math.max(0, corridor.firstFrame + j - width);
    const last = Math.min(rows - 1, corridor.firstFrame + j + width);
    current.fill(Infinity);
    for (let i = first; i <= last; i++) {
      let best = Infinity;
      let step = 0;
      if (j === 0) best = i <= corridor.beginBy ? 0 : Infinity;
      else {
        // Silence before and after the speech may last as long as it likes.
        const free = i < corridor.beginBy || i > corridor.endFrom;
        const price = free ? 0 : STEP_DB;
        const diagonal = i > 0 ? (previous[i - 1] ?? Infinity) : Infinity;
        const stay = (previous[i] ?? Infinity) + price;
        const skip = i > 1 ? (previous[i - 2] ?? Infinity) + STEP_DB : Infinity;
        best = diagonal;
        step = 1;
        if (stay < best) {
          best = stay;
          step = 0;
        }
        if (skip < best) {
          best = skip;
          step = 2;
        }
      }
      if (best === Infinity) continue;
      const distance = distanceAt(heard.levels, j * BANDS, model.levels, i * BANDS);
      local[j * rows + i] = distance;
      back[j * rows + i] = step;
      current[i] = best + distance;
    }
    [previous, current] = [current, previous];
  }
  return trace(heard.frames, rows, previous, back, local, corridor.endFrom);
}

function trace(
  columns: number,
  rows: number,
  total: Float64Array,
  back: Int8Array,
  local: Float32Array,
  endFrom: number,
): Alignment | undefined {
  let end = -1;
  for (let i = endFrom; i < rows; i++) {
    if ((total[i] ?? Infinity) < (end < 0 ? Infinity : (total[end] ?? Infinity))) end = i;
  }
  if (end < 0) return undefined;
  const path = new Float32Array(columns);
  let i = end;
  for (let j = columns - 1; j >= 0; j--) {
    path[j] = local[j * rows + i] ?? 0;
    i -= back[j * rows + i] ?? 0;
  }
  let window = 0;
  let worst = 0;
  for (let j = 0; j < columns; j++) {
    window += path[j] ?? 0;
    if (j >= WORST_FRAMES) window -= path[j - WORST_FRAMES] ?? 0;
    if (j >= WORST_FRAMES - 1) worst = Math.max(worst, window / WORST_FRAMES);
  }
  return { meanDb: (total[end] ?? 0) / columns, worstDb: worst };
}
