import type { AudioRig } from '../../ports';
import { channelLines, wrongRateText, type CheckedChannel } from './channel-map';
import { SoughtProbe } from './follow-probe';
import { peakCompressionDb, rmsOf } from './heard-probe';
import { heardTake, wrongRates, type HeardTake } from './heard-take';
import { hostRate } from './host-rate';
import { headroomLine, headroomOf, noiseLine, type LevelStep } from './level-lines';
import { noiseProbe } from './probe';
import { quietChannel } from './quiet';
import { faultLine, okLine, type RigCheckLine } from './rig-check';
import { RigProber } from './rig-prober';
import { continuityLine, continuityOf } from './round-trip';
import { wrongRateOfBoth } from './wrong-rate';

/** RMS of the loudest probe unless told otherwise: as loud as a prompt, whose active level is -20 dBFS. */
export const SAFE_LEVEL_DB_FS = -20;
/** Loudest that a probe can be: its peaks are 12 dB over its level. */
export const LOUDEST_LEVEL_DB_FS = -12;

/** Every probe of a rig begins alike; the seed is any number. */
export const PROBE_SEED = 7;
const BURST_MS = 400;
const QUIET_MS = 500;
/** The second burst is this much fainter, so that what is cut off at the first is still told by its gain. */
const FAINTER_DB = -12;

export interface CheckLevelsOptions {
  /** RMS of the loudest probe, dB re full scale, -60 to -12; default -20, as loud as a prompt. */
  readonly levelDbFs?: number;
  /** Aborting silences the rig; the check rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a short look at a rig shows. */
export interface LevelCheck {
  readonly status: RigCheckLine['status'];
  /** One for each thing that could be judged. */
  readonly lines: readonly RigCheckLine[];
}

export const worstOf = (lines: readonly RigCheckLine[]): RigCheckLine['status'] => {
  if (lines.some(({ status }) => status === 'fail')) return 'fail';
  return lines.some(({ status }) => status === 'warn') ? 'warn' : 'ok';
};

/** The probe that bursts are played of. */
export const burstProbe = (rateHz: number, levelDbFs: number): SoughtProbe =>
  new SoughtProbe(noiseProbe({ rateHz, durationMs: BURST_MS, levelDbFs, seed: PROBE_SEED }));

/** How one level came back on the channel that measures the rig; undefined when nothing heard it. */
export function levelStep({ best, sought, gainDb }: HeardTake): LevelStep | undefined {
  if (best === undefined) return undefined;
  const { heard, captured } = best;
  return {
    levelDbFs: sought.probe.levelDbFs + gainDb,
    peakDbFs: sought.probe.peakDbFs + gainDb,
    gainDb: heard.gainDb,
    clippedSamples: heard.clippedSamples,
    peakCompressionDb: peakCompressionDb(captured, sought, heard),
    explainedDb: heard.explainedDb,
  };
}

/** Channels with what they held before and during a probe. */
export function checkedChannels(
  silence: readonly Float32Array[],
  noiseRms: readonly number[],
  take: HeardTake,
): readonly CheckedChannel[] {
  const rates = take.best === undefined ? wrongRates(take, noiseRms) : [];
  return take.channels.map(({ role, heard }, index) => {
    const wrong = rates[index];
    return {
      role,
      quiet: quietChannel(silence[index] ?? new Float32Array(), take.slice.rateHz),
      ...(heard === undefined ? {} : { heard }),
      ...(wrong === undefined ? {} : { wrongRate: wrong }),
    };
  });
}

/** The rate that the host's clock shows, as a line; none while too little was watched. */
export function hostRateLines(prober: RigProber): readonly RigCheckLine[] {
  const measured = hostRate(prober.clockPoints);
  if (measured === undefined) return [];
  const { rateHz, topology } = prober.rig;
  // A virtual rig stands still while its machine is busy, and has no clock of its own to be wrong.
  const wrong = topology === 'virtual' ? undefined : wrongRateOfBoth(rateHz, measured.rateHz);
  return [
    wrong === undefined
      ? okLine(
          'rate',
          `${measured.rateHz.toFixed(1)} ± ${measured.uncertaintyHz.toFixed(1)} Hz by the host's clock, ${rateHz} Hz set`,
        )
      : faultLine('rate', 'fail', 'wrong-rate', wrongRateText(wrong)),
  ];
}

/**
 * A short look at a rig, some 4 s: whether what is played comes back, by wire and on the right channel, at the right
 * rate, neither too faint nor cut off nor with gaps, and how loud the silence is. It leaves the rig open.
 * @throws RigError of the rig, `HIL_RIG_LINK_LOST`, `HIL_RIG_CLOSED`.
 */
export async function checkLevels(rig: AudioRig, options: CheckLevelsOptions = {}): Promise<LevelCheck> {
  const { levelDbFs = SAFE_LEVEL_DB_FS, signal } = options;
  const { rateHz } = rig;
  const sought = burstProbe(rateHz, levelDbFs);
  const prober = new RigProber(rig, signal);
  const silence = await prober.listen(QUIET_MS);
  const recorded = [await prober.play(sought), await prober.play(sought, FAINTER_DB)] as const;
  const { xruns } = prober;

  const noiseRms = silence.map(rmsOf);
  const take = heardTake(recorded[0], { noiseRms });
  const channels = checkedChannels(silence, noiseRms, take);
  const mapped = channelLines(channels, rateHz);
  const lines = [...mapped, ...noiseLines(channels, mapped)];
  if (take.best !== undefined) {
    const { heard, role } = take.best;
    const fainter = heardTake(recorded[1], { noiseRms, only: role });
    lines.push(headroomLine(headroomOf([take, fainter].flatMap((one) => levelStep(one) ?? []))));
    lines.push(continuityLine(continuityOf(heard, { playedMs: BURST_MS, rateHz, xruns })));
  }
  if (!lines.some(({ fault }) => fault === 'wrong-rate')) lines.push(...hostRateLines(prober));
  return { status: worstOf(lines), lines };
}

/** Noise of every channel, by what it is: with cables swapped the loopback channel is a microphone. */
export function noiseLines(
  channels: readonly CheckedChannel[],
  mapped: readonly RigCheckLine[],
): readonly RigCheckLine[] {
  const areSwapped = mapped.some(({ fault }) => fault === 'swapped-channels');
  const other = { speaker: 'loopback', loopback: 'speaker' } as const;
  return channels.map(({ role, quiet }) => noiseLine(role, quiet, areSwapped ? other[role] : role));
}
