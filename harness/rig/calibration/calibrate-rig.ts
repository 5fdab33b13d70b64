import type { Closable } from '../../errors';
import type { AudioRig, ChannelRole } from '../../ports';
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
import { hostRate } from './host-rate';
import { gainSpreadDb, headroomLine, headroomOf, linearityLine, type LevelStep } from './level-lines';
import { noiseProbe } from './probe';
import type { CalibratedChannel, RigMeasurement } from './rig-calibration';
import { faultLine } from './rig-check';
import { RigProber, type ProbedTake } from './rig-prober';
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
  type StreamRoundTrip,
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

/** What all that was played through one open stream says. */
interface StreamParts {
  readonly rig: AudioRig;
  readonly prober: RigProber;
  readonly channels: readonly CheckedChannel[];
  readonly first: ProbedTake;
  readonly bursts: ArrivedBurst[];
  readonly steps: LevelStep[];
  readonly long: ProbedTake | undefined;
}

interface StreamOptions {
  readonly levelDbFs: number;
  readonly longProbeMs: number;
  readonly signal: AbortSignal | undefined;
  readonly doing: (text: string) => void;
}

const arrivedIn = (takes: readonly ProbedTake[]): ArrivedBurst[] =>
  takes.flatMap(({ best, firstRigSample, playedAtSample }) =>
    best === undefined ? [] : [arrivedBurst(best.heard, firstRigSample, playedAtSample)],
  );

async function measureStream(
  rig: AudioRig,
  { levelDbFs, longProbeMs, signal, doing }: StreamOptions,
): Promise<StreamParts> {
  const prober = new RigProber(rig, signal);
  const burst = burstProbe(rig.rateHz, levelDbFs);
  doing('listening to silence');
  const quiet = await prober.listen(QUIET_MS);
  doing('looking for the playback');
  const first = await prober.play(burst);
  const channels = checkedChannels(prober, quiet, first, burst);
  const takes = [first];
  const steps = [levelStep(first, burst, 0)];
  // What has to be mended first would spoil every figure that follows.
  if (first.best === undefined || channelLines(channels, rig.rateHz).some(({ status }) => status === 'fail'))
    return { rig, prober, channels, first, bursts: [], steps: [], long: undefined };
  const { role } = first.best;
  for (const gainDb of STEPS_DB) {
    doing(`playing at ${levelDbFs + gainDb} dBFS`);
    const take = await prober.play(burst, gainDb, role);
    takes.push(take);
    steps.push(levelStep(take, burst, gainDb));
  }
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    doing('repeating the burst');
    takes.push(await prober.play(burst, 0, role));
  }
  doing('comparing the clocks');
  const long = new SoughtProbe(
    noiseProbe({
      rateHz: rig.rateHz,
      durationMs: longProbeMs,
      levelDbFs: levelDbFs + LONG_PROBE_DB,
      seed: PROBE_SEED + 1,
    }),
  );
  return {
    rig,
    prober,
    channels,
    first,
    bursts: arrivedIn(takes),
    steps: steps.flatMap((step) => step ?? []),
    long: await prober.play(long, 0, role),
  };
}

async function reopened(
  rig: AudioRig,
  measuredOn: ChannelRole,
  {
    levelDbFs,
    driftPpm,
    signal,
  }: Pick<StreamOptions, 'levelDbFs' | 'signal'> & { readonly driftPpm: number },
): Promise<StreamRoundTrip | undefined> {
  const prober = new RigProber(rig, signal);
  const burst = burstProbe(rig.rateHz, levelDbFs);
  await prober.listen(SETTLED_MS);
  const takes: ProbedTake[] = [];
  for (let count = 0; count < BURSTS_PER_OPENING; count++)
    takes.push(await prober.play(burst, 0, measuredOn));
  return streamRoundTrip(arrivedIn(takes), driftPpm);
}

/** Silence of a further opening, for the noise that probes are told from. */
const SETTLED_MS = 100;

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
  const parts = await onRig(open, (rig) => measureStream(rig, { levelDbFs, longProbeMs, signal, doing }));
  const drift = parts.long?.best?.heard;
  const driftPpm =
    drift !== undefined && areTwoClocks(drift.driftPpm, drift.driftUncertaintyPpm) ? drift.driftPpm : 0;
  const streams = [streamRoundTrip(parts.bursts, driftPpm)];
  const measuredOn = parts.first.best?.role;
  if (parts.long !== undefined && measuredOn !== undefined) {
    for (let count = 1; count <= restarts; count++) {
      doing(`opening the rig again, ${count} of ${restarts}`);
      streams.push(await onRig(open, (rig) => reopened(rig, measuredOn, { levelDbFs, driftPpm, signal })));
    }
  }
  return {
    rig: parts.rig,
    measurement: assembled(
      parts,
      { levelDbFs, longProbeMs },
      streams.flatMap((stream) => stream ?? []),
    ),
  };
}

function assembled(
  { rig, prober, channels, first, steps, long }: StreamParts,
  { levelDbFs, longProbeMs }: Pick<StreamOptions, 'levelDbFs' | 'longProbeMs'>,
  streams: readonly StreamRoundTrip[],
): RigMeasurement {
  const { rateHz, roles, topology } = rig;
  const roundTrip = roundTripOf(streams, rateHz);
  const headroom = steps.length === 0 ? undefined : headroomOf(steps);
  const spreadDb = gainSpreadDb(steps);
  const clock = long?.best?.heard;
  const measuredRate = hostRate(prober.clockPoints);
  const { overruns } = prober;
  const continuity =
    clock === undefined ? undefined : continuityOf(clock, { playedMs: longProbeMs, rateHz, overruns });
  const lost =
    long !== undefined && clock === undefined
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
