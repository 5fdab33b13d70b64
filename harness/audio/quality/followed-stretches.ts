import type { Alignment } from '../align';
import { steadyRuns } from '../clock-drift';
import type { Segment } from '../segments';
import type { FollowedStretch } from './cross-spectrum';

type FoundAlignment = Extract<Alignment, { readonly state: 'found' }>;

/**
 * The parts of a reference that were found, each on the line on which clocks that differ by the alignment's drift keep it.
 * Segments without a break between them share a line, which evens out the error of their places; neighbours become one
 * stretch. Pauses and what is missing are left out, and so are segments with a break in them, of which a part only is there.
 * @param rateHz - Of the sound and of the reference.
 */
export function followedStretches(
  { segments, stretchPpm, gaps, repeats, skips, leadingCutMs, trailingCutMs }: FoundAlignment,
  rateHz: number,
): FollowedStretch[] {
  const drift = stretchPpm * 1e-6;
  const inSamples = (ms: number): number => (ms * rateHz) / 1000;
  const breaks = [...gaps, ...repeats, ...skips];
  const heardFrom = (segments[0]?.fromSample ?? 0) + inSamples(leadingCutMs);
  const heardTo = (segments.at(-1)?.toSample ?? 0) - inSamples(trailingCutMs);
  const whole = ({ fromSample, toSample, displacementSamples = 0 }: Segment): boolean =>
    fromSample >= heardFrom &&
    toSample <= heardTo &&
    !breaks.some(
      ({ atSample, lengthMs }) =>
        fromSample + displacementSamples < atSample + inSamples(lengthMs) &&
        toSample + displacementSamples > atSample,
    );
  return steadyRuns(segments.filter(whole), rateHz).flatMap((run) => {
    // A segment was placed as a whole, so its place is that of its middle.
    const offsets = run.map(
      ({ fromSample, toSample, displacementSamples = 0 }) =>
        displacementSamples - (drift * (fromSample + toSample)) / 2,
    );
    const offset = offsets.reduce((sum, value) => sum + value, 0) / offsets.length;
    const stretches: FollowedStretch[] = [];
    for (const { fromSample, toSample } of run) {
      const last = stretches.at(-1);
      if (last?.toSample === fromSample) stretches[stretches.length - 1] = { ...last, toSample };
      else
        stretches.push({
          fromSample,
          toSample,
          atSample: fromSample * (1 + drift) + offset,
          step: 1 + drift,
        });
    }
    return stretches;
  });
}
