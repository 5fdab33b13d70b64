import type { CaptureSlice, ChannelRole } from '../../ports';
import { gainOfDb } from '../../units';
import { CapturedChannel, type SoughtProbe } from './follow-probe';
import { hearProbe, rmsOf, type HeardProbe } from './heard-probe';
import { wrongRate, type WrongRate } from './wrong-rate';

/** A probe that was played, and the capture around it: nothing of it has been looked at. */
export interface RecordedTake {
  readonly sought: SoughtProbe;
  /** By which it was turned down, at most 0. */
  readonly gainDb: number;
  /** Where it was handed to the output, in samples of the slice. */
  readonly playedAtSample: number;
  readonly slice: CaptureSlice;
}

/** A channel with what it heard of a probe. */
export interface ProbedChannel {
  readonly role: ChannelRole;
  readonly captured: CapturedChannel;
  readonly heard: HeardProbe | undefined;
}

/** One probe as all channels heard it. */
export interface HeardTake extends RecordedTake {
  readonly channels: readonly ProbedChannel[];
  /** The channel that measures the rig: by wire if there is one, or else what hears best. Absent: nothing heard it. */
  readonly best: (ProbedChannel & { readonly heard: HeardProbe }) | undefined;
}

/** What leaks from channel to channel is no loopback. */
const WIRED_FROM_DB = -40;

function bestOf(channels: readonly ProbedChannel[]): HeardTake['best'] {
  const heard = channels.flatMap((channel) =>
    channel.heard === undefined ? [] : [{ ...channel, heard: channel.heard }],
  );
  const wired = heard.find(({ role, heard: { gainDb } }) => role === 'loopback' && gainDb >= WIRED_FROM_DB);
  return (
    wired ??
    heard.reduce<HeardTake['best']>(
      (most, one) => (most === undefined || one.heard.explainedDb > most.heard.explainedDb ? one : most),
      undefined,
    )
  );
}

/** What one channel of a take heard. Takes some 50 ms for a burst, in which nothing else of this process runs. */
export function heardChannel(
  { sought, gainDb, playedAtSample, slice }: RecordedTake,
  index: number,
  noiseRms: number,
): ProbedChannel {
  const captured = new CapturedChannel(slice.channels[index] ?? new Float32Array(), slice.rateHz);
  const played = { playedAtSample, playedGain: gainOfDb(gainDb), noiseRms };
  return { role: slice.roles[index] ?? 'speaker', captured, heard: hearProbe(captured, sought, played) };
}

/** A take with what its channels heard. */
export const takeOf = (take: RecordedTake, channels: readonly ProbedChannel[]): HeardTake => ({
  ...take,
  channels,
  best: bestOf(channels),
});

/**
 * Looks for the probe of a take in every channel, or in one alone.
 * @param noiseRms - Of each channel while nothing is played.
 */
export const heardTake = (
  take: RecordedTake,
  { noiseRms, only }: { readonly noiseRms: readonly number[]; readonly only?: ChannelRole | undefined },
): HeardTake =>
  takeOf(
    take,
    take.slice.roles.flatMap((role, index) =>
      only === undefined || role === only ? heardChannel(take, index, noiseRms[index] ?? 0) : [],
    ),
  );

/** 0.4 dB: noise by itself differs by less from one second to the next. */
const LOUDER = 1.05;

/** The rate at which each channel has the probe instead of its own; only for a take whose every channel was looked at, and that nothing heard. */
export const wrongRates = (
  { channels, playedAtSample, sought }: HeardTake,
  noiseRms: readonly number[],
): readonly (WrongRate | undefined)[] =>
  channels.map(({ captured }, index) => {
    // Where it is as quiet as before, nothing is there at any rate.
    const isLouder = rmsOf(captured.samples) > LOUDER * (noiseRms[index] ?? 0);
    return isLouder ? wrongRate(captured, sought.probe, playedAtSample) : undefined;
  });
