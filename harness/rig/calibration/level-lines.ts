import type { ChannelRole } from '../../ports';
import type { QuietChannel } from './quiet';
import { faultLine, okLine, type RigCheckLine } from './rig-check';

const { max, min } = Math;

/** One level that was played, and how it came back on the channel that has it best. */
export interface LevelStep {
  /** Of what was handed to the output. */
  readonly levelDbFs: number;
  readonly peakDbFs: number;
  readonly gainDb: number;
  readonly clippedSamples: number;
  /** How much fainter its peaks came back than the rest. */
  readonly peakCompressionDb: number;
  readonly explainedDb: number;
}

/** Peaks of the corpus' prompts at a playback gain of 0 dB: active level -20 dBFS, crest up to 19 dB. */
export const PROMPT_PEAK_DB_FS = -1;
/** Peaks that are this much fainter were limited by something. */
const LIMITED_DB = 1;
/** A level that noise is part of says nothing of linearity. */
const CLEAR_DB = 15;
/** A straight path keeps its gain; automatic gain moves it by many dB. */
const STRAIGHT_DB = { warn: 1, fail: 3 } as const;

/** Noise floors that disturb, RMS: a converter's own is -90 dBFS, speech at the rig is -20 to -40. */
const NOISE_DB_FS: Readonly<Record<ChannelRole, { readonly warn: number; readonly fail: number }>> = {
  loopback: { warn: -60, fail: -30 },
  speaker: { warn: -40, fail: -25 },
};
/** Hum that a wire or a microphone should not have. */
const HUM_DB_FS = -60;

export const isClipped = ({ clippedSamples, peakCompressionDb, explainedDb }: LevelStep): boolean =>
  clippedSamples > 0 || (explainedDb >= CLEAR_DB && peakCompressionDb > LIMITED_DB);

/** Where clipping begins, as far as it was tried. */
export interface Headroom {
  /** Lowest peak of a probe, as played, that was cut off. Absent: none was. */
  readonly clipsAtPeakDbFs?: number;
  /** Highest peak that came back whole. Absent: none did. */
  readonly wholeUpToPeakDbFs?: number;
  /** Peak of the playback at which the input would be full, by the gain. */
  readonly fullAtPeakDbFs: number;
}

/** @param steps - One or more, in any order. */
export function headroomOf(steps: readonly LevelStep[]): Headroom {
  const clipped = steps.filter(isClipped).map(({ peakDbFs }) => peakDbFs);
  const whole = steps.filter((step) => !isClipped(step));
  const wholePeaks = whole.map(({ peakDbFs }) => peakDbFs);
  const { gainDb } = (whole.length > 0 ? whole : steps).reduce((most, step) =>
    step.explainedDb > most.explainedDb ? step : most,
  );
  return {
    ...(clipped.length === 0 ? {} : { clipsAtPeakDbFs: min(...clipped) }),
    ...(wholePeaks.length === 0 ? {} : { wholeUpToPeakDbFs: max(...wholePeaks) }),
    fullAtPeakDbFs: -gainDb,
  };
}

export function headroomLine(headroom: Headroom): RigCheckLine {
  const { clipsAtPeakDbFs, wholeUpToPeakDbFs, fullAtPeakDbFs } = headroom;
  if (clipsAtPeakDbFs !== undefined)
    return faultLine(
      'levels',
      'fail',
      'clipped',
      `sound is cut off from a playback peak of ${clipsAtPeakDbFs.toFixed(1)} dBFS on${wholeUpToPeakDbFs === undefined || wholeUpToPeakDbFs > clipsAtPeakDbFs ? '' : `, whole up to ${wholeUpToPeakDbFs.toFixed(1)} dBFS`}`,
    );
  const text = `whole up to a playback peak of ${(wholeUpToPeakDbFs ?? 0).toFixed(1)} dBFS, the input is full at ${fullAtPeakDbFs.toFixed(1)} dBFS`;
  return fullAtPeakDbFs < PROMPT_PEAK_DB_FS
    ? faultLine('levels', 'warn', 'clipped', `${text}; prompts reach ${PROMPT_PEAK_DB_FS} dBFS`)
    : okLine('levels', text);
}

/** Largest difference of the gain between levels that came back whole and clear, in dB; undefined for fewer than two of them. */
export function gainSpreadDb(steps: readonly LevelStep[]): number | undefined {
  const gains = steps
    .filter((step) => !isClipped(step) && step.explainedDb >= CLEAR_DB)
    .map(({ gainDb }) => gainDb);
  return gains.length < 2 ? undefined : max(...gains) - min(...gains);
}

export function linearityLine(spreadDb: number): RigCheckLine {
  const text = `the gain differs by ${spreadDb.toFixed(2)} dB between levels`;
  if (spreadDb > STRAIGHT_DB.fail) return faultLine('linearity', 'fail', 'not-linear', text);
  return spreadDb > STRAIGHT_DB.warn
    ? faultLine('linearity', 'warn', 'not-linear', text)
    : okLine('linearity', text);
}

/**
 * Noise and hum of one channel.
 * @param heardAs - What the channel is by its sound, where it is wired as another one than the bench file says.
 */
export function noiseLine(
  role: ChannelRole,
  { isStuck, rmsDbFs, hum }: QuietChannel,
  heardAs: ChannelRole = role,
): RigCheckLine {
  if (isStuck || rmsDbFs === undefined) return okLine('noise', `${role}: digital silence`);
  const text = `${role}: ${rmsDbFs.toFixed(1)} dBFS`;
  const limits = NOISE_DB_FS[heardAs];
  if (hum !== undefined && hum.levelDbFs > HUM_DB_FS)
    return faultLine(
      'noise',
      hum.levelDbFs > limits.fail ? 'fail' : 'warn',
      'hum',
      `${text}, of which ${hum.levelDbFs.toFixed(1)} dBFS is ${hum.mainsHz} Hz hum`,
    );
  if (rmsDbFs > limits.fail) return faultLine('noise', 'fail', 'noisy', text);
  return rmsDbFs > limits.warn
    ? faultLine('noise', 'warn', 'noisy', `${text}, expected ${limits.warn} dBFS or less`)
    : okLine('noise', text);
}
