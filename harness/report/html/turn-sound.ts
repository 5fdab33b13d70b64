import type { ChannelRole } from '../../ports';

/**
 * The captures of a turn for the report, made by whoever may read files. `peaks` are evenly spaced over the whole capture
 * (`record.capture`), each the largest magnitude of its stretch, full scale 1.
 */
export interface TurnSoundSummary {
  readonly turnId: string;
  readonly channels: readonly { readonly role: ChannelRole; readonly peaks: readonly number[] }[];
}

/** Largest magnitude of each of `count` even stretches of a channel, to three digits; fewer when there are fewer samples. */
export function peaksOf(samples: Float32Array, count = 480): number[] {
  const buckets = Math.min(count, samples.length);
  return Array.from({ length: buckets }, (_, bucket) => {
    const from = Math.floor((bucket * samples.length) / buckets);
    const to = Math.floor(((bucket + 1) * samples.length) / buckets);
    let peak = 0;
    for (let at = from; at < to; at += 1) peak = Math.max(peak, Math.abs(samples[at] ?? 0));
    return Math.round(peak * 1000) / 1000;
  });
}
