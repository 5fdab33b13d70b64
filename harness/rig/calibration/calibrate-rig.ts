import type { Closable } from '../../errors';
import type { AudioRig } from '../../ports';
import { msOfSamples } from '../../units';
import { channelLines, type CheckedChannel } from './channel-map';
import {
  burstProbe,
  checkedChannels,
  hostRateLines,
  levelStep,
  noiseLines,
  PROBE_SEED,
  SAFE_LEVEL_DB_FS,
  worstOf,
} from './check-levels';
import { SoughtProbe } from './follow-probe';
import { rmsOf } from './heard-probe';
import {
  heardChannel,
  heardTake,
  takeOf,
  type HeardTake,
  type ProbedChannel,
  type RecordedTake,
} from './heard-take';
import { hostRate } from './host-rate';
import { gainSpreadDb, headroomLine, headroomOf, linearityLine, type LevelStep } from './level-lines';
import { noiseProbe } from './probe';
import type { CalibratedChannel, RigMeasurement } from './rig-calibration';
import { faultLine } from './rig-check';
import { RigProber } from './rig-prober';
import {
  areTwoClocks,
  arrivedBurst,
  clockLine,
  continuityLine,
  continuityOf,
  roundTripLine,
  roundTripOf,
  streamRoundTrip,
  type ArrivedBurst,
  type RoundTrip,
} from './round-trip';

const QUIET_MS = 1500;
/** Bursts go down from the level that was asked for: the first ones find where clipping ends, the last ones noise. */
const STEPS_DB = [-6, -12, -18, -24] as const;
/** Bursts at the full level beside the first: how well one is placed, one stream tells by several. */
const REPEATS = 4;
/** In each further opening. */
const BURSTS_PER_OPENING = 3;
/** Clocks that differ by 1 ppm differ by 0.4 samples at its end. */
const LONG_PROBE_MS = 8000;
/** The long probe need not be loud. */
const LONG_PROBE_DB = -6;

/** A rig with whatever had to be opened for it. */
export interface OpenedRig extends Closable {
  readonly rig: AudioRig;
}

export interface CalibrateRigOptions {
  /** Opens the rig; called once for each stream, when the one before has been closed. */
  readonly open: () => Promise<OpenedRig>;
  /** How often the rig is opened again: buffers are filled anew each time. */
  readonly restarts: number;
  /** RMS of the loudest probe, dB re full scale, -60 to -12; default -20, as loud as a prompt. */
  readonly levelDbFs?: number;
  /** Length of the probe that tells clocks apart and finds gaps; default 8 s. */
  readonly longProbeMs?: number;
  /** What is being done, and how much of it all has been, 0 to 1. */
  readonly onProgress?: (doing: string, share: number) => void;
  /** Aborting silences the rig and closes it; the calibration rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A rig as it was open, with what was measured on it. */
export interface MeasuredRig {
  readonly rig: AudioRig;
  readonly measurement: RigMeasurement;
}

interface StreamOptions {
  readonly levelDbFs: number;
  readonly longProbeMs: number;
  readonly signal: AbortSignal | undefined;
  readonly doing: (text: string) => void;
}

/** All that was played through one open stream. */
interface Stream {
  readonly rig: AudioRig;
  readonly prober: RigProber;
  readonly noiseRms: readonly number[];
  readonly channels: readonly CheckedChannel[];
  readonly first: HeardTake;
  /** Bursts at several levels; none when something has to be mended first. */
  readonly steps: readonly RecordedTake[];
  readonly repeats: readonly RecordedTake[];
  readonly long?: RecordedTake;
  /** What the rig told of until then. */
  readonly xruns: number;
}

async function recordStream(
  rig: AudioRig,
  { levelDbFs, longProbeMs, signal, doing }: StreamOptions,
): Promise<Stream> {
  const { rateHz } = rig;
  const prober = new RigProber(rig, signal);
  const burst = burstProbe(rateHz, levelDbFs);
  const longProbe = noiseProbe({
    rateHz,
    durationMs: longProbeMs,
    levelDbFs: levelDbFs + LONG_PROBE_DB,
    seed: PROBE_SEED + 1,
  });
  doing('listening to silence');
  const silence = await prober.listen(QUIET_MS);
  doing('looking for the playback');
  const recorded = await prober.play(burst);
  // The one look while the rig is open: how long to wait for the others, and whether to play them at all.
  const noiseRms = silence.map(rmsOf);
  const heard: ProbedChannel[] = [];
  for (const [index, rms] of noiseRms.entries()) {
    await prober.breathe();
    heard.push(heardChannel(recorded, index, rms));
  }
  await prober.breathe();
  const first = takeOf(recorded, heard);
  const channels = checkedChannels(silence, noiseRms, first);
  const known = { rig, prober, noiseRms, channels, first };
  // What has to be mended first would spoil every figure that follows.
  if (first.best === undefined || channelLines(channels, rateHz).some(({ status }) => status === 'fail'))
    return { ...known, steps: [], repeats: [], xruns: prober.xruns };
  prober.waitNoLongerThan(msOfSamples(first.best.heard.atSample - first.playedAtSample, rateHz));
  const steps: RecordedTake[] = [];
  const repeats: RecordedTake[] = [];
  for (const gainDb of STEPS_DB) {
    doing(`playing at ${levelDbFs + gainDb} dBFS`);
    steps.push(await prober.play(burst, gainDb));
  }
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    doing('repeating the burst');
    repeats.push(await prober.play(burst));
  }
  doing('comparing the clocks');
  const long = await prober.play(new SoughtProbe(longProbe));
  return { ...known, steps, repeats, long, xruns: prober.xruns };
}

/** What was recorded, heard on the channel that measures the rig. */
interface HeardStream {
  readonly bursts: readonly ArrivedBurst[];
  readonly steps: readonly LevelStep[];
  readonly long: HeardTake | undefined;
}

function heardStream({ first, steps, repeats, long, noiseRms }: Stream): HeardStream {
  const only = first.best?.role;
  const heard = (takes: readonly RecordedTake[]): HeardTake[] =>
    takes.map((take) => heardTake(take, { noiseRms, only }));
  const [heardSteps, heardRepeats] = [heard(steps), heard(repeats)];
  return {
    bursts: [...heardSteps, ...heardRepeats].flatMap((take) => arrivedBurst(take) ?? []),
    steps: [first, ...heardSteps].flatMap((take) => levelStep(take) ?? []),
    long: long && heardTake(long, { noiseRms, only }),
  };
}

/** Silence of a further opening, in which it settles. */
const SETTLED_MS = 100;

/** Bursts of a further opening. */
async function recordOpening(
  rig: AudioRig,
  {
    levelDbFs,
    roundTripMs,
    signal,
  }: Pick<StreamOptions, 'levelDbFs' | 'signal'> & { readonly roundTripMs: number },
): Promise<readonly RecordedTake[]> {
  const prober = new RigProber(rig, signal);
  const burst = burstProbe(rig.rateHz, levelDbFs);
  await prober.listen(SETTLED_MS);
  // Openings differ by buffers.
  prober.waitNoLongerThan(2 * roundTripMs + OPENINGS_APART_MS);
  const takes: RecordedTake[] = [];
  for (let count = 0; count < BURSTS_PER_OPENING; count++) takes.push(await prober.play(burst));
  return takes;
}

const OPENINGS_APART_MS = 200;

/** Opens a rig for some work and closes it, whatever comes of it. */
async function onRig<T>(open: () => Promise<OpenedRig>, work: (rig: AudioRig) => Promise<T>): Promise<T> {
  const opened = await open();
  try {
    return await work(opened.rig);
  } finally {
    await opened.close();
  }
}

const calibratedChannel = (
  { role, quiet, heard }: CheckedChannel,
  playedAtSample: number,
  rateHz: number,
): CalibratedChannel => ({
  role,
  quiet,
  ...(heard === undefined
    ? {}
    : {
        playback: {
          gainDb: heard.gainDb,
          delayMs: msOfSamples(heard.atSample - playedAtSample, rateHz),
          explainedDb: heard.explainedDb,
          isInverted: heard.isInverted,
        },
      }),
});

/**
 * Measures a rig through its port alone: silence, bursts at several levels, a long probe for clocks and gaps, then bursts in
 * streams that are opened anew. Takes some 20 s of sound and 3 s for each further opening, none of it louder than asked for.
 * The rig is closed at the end.
 * @returns What was found, faults of the rig included; a rig through which nothing comes back has neither round trip nor clock.
 * @throws RigError of the rig, `HIL_RIG_LINK_LOST`, `HIL_RIG_CLOSED`; what `open` throws.
 */
export async function calibrateRig(options: CalibrateRigOptions): Promise<MeasuredRig> {
  const { open, restarts, onProgress, signal } = options;
  const { levelDbFs = SAFE_LEVEL_DB_FS, longProbeMs = LONG_PROBE_MS } = options;
  const allSteps = STEPS_DB.length + REPEATS + 3 + restarts;
  let done = 0;
  const doing = (text: string): void => onProgress?.(text, done++ / allSteps);
  const stream = await onRig(open, (rig) => recordStream(rig, { levelDbFs, longProbeMs, signal, doing }));
  const { rig, first, noiseRms, long } = stream;
  const heard = heardStream(stream);
  const drift = heard.long?.best?.heard;
  const driftPpm =
    drift !== undefined && areTwoClocks(drift.driftPpm, drift.driftUncertaintyPpm) ? drift.driftPpm : 0;
  const streams = [streamRoundTrip(heard.bursts, driftPpm)];
  if (long !== undefined && first.best !== undefined) {
    const { role: only, heard: burst } = first.best;
    const roundTripMs = msOfSamples(burst.atSample - first.playedAtSample, rig.rateHz);
    for (let count = 1; count <= restarts; count++) {
      doing(`opening the rig again, ${count} of ${restarts}`);
      const takes = await onRig(open, (again) => recordOpening(again, { levelDbFs, roundTripMs, signal }));
      const bursts = takes.flatMap((take) => arrivedBurst(heardTake(take, { noiseRms, only })) ?? []);
      streams.push(streamRoundTrip(bursts, driftPpm));
    }
  }
  const roundTrip = roundTripOf(
    streams.flatMap((one) => one ?? []),
    rig.rateHz,
  );
  return { rig, measurement: assembled(stream, heard, roundTrip, { levelDbFs, longProbeMs }) };
}

function assembled(
  { rig, prober, channels, first, xruns, long: played }: Stream,
  { steps, long }: HeardStream,
  roundTrip: RoundTrip | undefined,
  { levelDbFs, longProbeMs }: Pick<StreamOptions, 'levelDbFs' | 'longProbeMs'>,
): RigMeasurement {
  const { rateHz, roles, topology } = rig;
  const headroom = steps.length === 0 ? undefined : headroomOf(steps);
  const spreadDb = gainSpreadDb(steps);
  const clock = long?.best?.heard;
  const measuredRate = hostRate(prober.clockPoints);
  const continuity =
    clock === undefined ? undefined : continuityOf(clock, { playedMs: longProbeMs, rateHz, xruns });
  const lost =
    played !== undefined && clock === undefined
      ? [faultLine('continuity', 'fail', 'dropped-periods', 'bursts came back, the long probe did not')]
      : [];
  const mapped = channelLines(channels, rateHz);
  const lines = [
    ...mapped,
    ...(channels.some((channel) => channel.wrongRate !== undefined) ? [] : hostRateLines(prober)),
    ...(headroom === undefined ? [] : [headroomLine(headroom)]),
    ...(spreadDb === undefined ? [] : [linearityLine(spreadDb)]),
    ...noiseLines(channels, mapped),
    ...(roundTrip === undefined ? [] : [roundTripLine(roundTrip, rateHz)]),
    ...(clock === undefined ? [] : [clockLine(clock.driftPpm, clock.driftUncertaintyPpm)]),
    ...(continuity === undefined ? lost : [continuityLine(continuity)]),
  ];
  return {
    rateHz,
    roles,
    topology,
    levelDbFs,
    channels: channels.map((channel) => calibratedChannel(channel, first.playedAtSample, rateHz)),
    ...(first.best === undefined ? {} : { measuredOn: first.best.role }),
    ...(roundTrip === undefined ? {} : { roundTrip }),
    steps,
    ...(headroom === undefined ? {} : { headroom }),
    ...(spreadDb === undefined ? {} : { gainSpreadDb: spreadDb }),
    ...(clock === undefined
      ? {}
      : { clock: { driftPpm: clock.driftPpm, uncertaintyPpm: clock.driftUncertaintyPpm } }),
    ...(measuredRate === undefined ? {} : { hostRate: measuredRate }),
    ...(continuity === undefined ? {} : { continuity }),
    lines,
    status: worstOf(lines),
  };
}
