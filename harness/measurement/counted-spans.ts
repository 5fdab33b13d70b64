import type { SpeakerSpan } from '../audio';
import type { ProviderEvent } from '../ports';
import { eventsOf } from './provider-marks';

/** A stretch of a reply item that left the speaker, in samples of the clip; fractions where the board's rate is another. */
export interface CountedSpan {
  readonly sourceSample: number;
  readonly lengthSamples: number;
  /** Of the samples above, by the board's crystal. */
  readonly sourceRateHz: number;
  readonly atRigSample: number;
}

/** A span as the rig counted it. */
type RigSpan = Omit<SpeakerSpan, 'kind' | 'atLinkSample'> & { readonly atRigSample: number };
type AudioOut = Extract<ProviderEvent, { readonly type: 'audio-out' }>;

const TIMESTAMPS = 2 ** 32;

/** The signed distance between two time stamps, which wrap. */
const ticksFrom = (from: number, to: number): number => {
  const ahead = (((to - from) % TIMESTAMPS) + TIMESTAMPS) % TIMESTAMPS;
  return ahead < TIMESTAMPS / 2 ? ahead : ahead - TIMESTAMPS;
};

/** A span of an RTP stream in samples of a clip that was sent there; undefined: it is other sound. */
function onClip(
  span: RigSpan,
  { rtp, fromSample, rateHz }: AudioOut,
  clipRateHz: number,
  sentSamples: number,
): CountedSpan | undefined {
  if (rtp === undefined || span.rtp?.ssrc !== rtp.ssrc) return undefined;
  const { timestamp, ticksPerSample } = span.rtp;
  const samplesPerTick = clipRateHz / rtp.clockRateHz;
  // The codec lets a sample out later than its time stamp says, so what is at a time stamp was sent before it.
  const ticks = ticksFrom(rtp.timestamp, timestamp) - (rtp.codecDelayMs * rtp.clockRateHz) / 1000;
  const sourceSample = (fromSample * clipRateHz) / rateHz + ticks * samplesPerTick;
  const perSample = ticksPerSample * samplesPerTick;
  const lengthSamples = Math.min(span.lengthSamples * perSample, sentSamples - sourceSample);
  if (lengthSamples <= 0 || sourceSample + lengthSamples <= 0) return undefined;
  const sourceRateHz = span.sourceRateHz * perSample;
  return { sourceSample, lengthSamples, sourceRateHz, atRigSample: span.atRigSample };
}

/**
 * What the board counted of a reply item. On a socket it knows the item by name; on RTP by the time stamps that the provider
 * says it sent the item with.
 */
export function countedSpans(
  spans: readonly RigSpan[],
  providerEvents: readonly ProviderEvent[],
  itemId: string,
  clipRateHz: number,
): readonly CountedSpan[] {
  const packets = eventsOf(providerEvents, 'audio-out').filter((event) => event.itemId === itemId);
  const first = packets.find(({ rtp }) => rtp !== undefined);
  if (first === undefined) return spans.filter((span) => span.itemId === itemId);
  const sentSamples = Math.max(
    ...packets.map(
      ({ fromSample, lengthSamples, rateHz }) => ((fromSample + lengthSamples) * clipRateHz) / rateHz,
    ),
  );
  return spans.flatMap((span) => onClip(span, first, clipRateHz, sentSamples) ?? []);
}
