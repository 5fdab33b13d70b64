import type { PcmClip } from '../../audio';
import type { SpeechClip } from '../../ports';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { log10, max, min, round } = Math;

/** What of a reply plays when a board cuts it. */
export type StopKind = 'word' | 'pause' | 'vowel';

const FRAME_MS = 10;
/** A pause is this far below the loudest frame, a word above it, a vowel's middle well above it. */
const PAUSE_DB = -38;
const WORD_DB = -25;
const VOWEL_DB = -9;
/** How long the sound keeps so: a closed lip is no pause, a burst no vowel. */
const LEAST_RUN_MS: Readonly<Record<StopKind, number>> = { word: 10, pause: 50, vowel: 90 };

function frameLevelsDb({ samples, rateHz }: PcmClip): number[] {
  const length = round((FRAME_MS * rateHz) / 1000);
  const powers = Array.from({ length: Math.floor(samples.length / length) }, (_, frame) =>
    samples
      .subarray(frame * length, (frame + 1) * length)
      .reduce((sum, sample) => sum + (sample * sample) / length, 0),
  );
  const loudest = max(...powers);
  return powers.map((power) => 10 * log10(power / loudest + 1e-12));
}

const belongs: Readonly<Record<StopKind, (levelDb: number) => boolean>> = {
  word: (levelDb) => levelDb > WORD_DB,
  pause: (levelDb) => levelDb < PAUSE_DB,
  vowel: (levelDb) => levelDb > VOWEL_DB,
};

/**
 * An instant inside a word, a pause or a long vowel of a reply, in milliseconds from its first sample, at random.
 * @param afterMs - Not before this much of its speech. @param leaveMs - Nor later than this ahead of its speech's end.
 * @returns undefined where the reply has no such place there.
 */
export function stopIn(
  kind: StopKind,
  { clip, sound }: { readonly clip: SpeechClip; readonly sound: PcmClip },
  {
    afterMs,
    leaveMs,
    uniform,
  }: { readonly afterMs: number; readonly leaveMs: number; uniform: () => number },
): number | undefined {
  const fromMs = (clip.onsetSample * 1000) / clip.rateHz + afterMs;
  const toMs = (clip.offsetSample * 1000) / clip.rateHz - leaveMs;
  const levels = frameLevelsDb(sound);
  const chosen: number[] = [];
  for (let frame = 0, run = 0; frame <= levels.length; frame++) {
    if (frame < levels.length && belongs[kind](levels[frame] ?? 0)) {
      run++;
      continue;
    }
    if (run * FRAME_MS >= LEAST_RUN_MS[kind])
      for (let one = frame - run; one < frame; one++)
        if (one * FRAME_MS >= fromMs && (one + 1) * FRAME_MS <= toMs) chosen.push(one);
    run = 0;
  }
  const frame = chosen[min(chosen.length - 1, Math.floor(uniform() * chosen.length))];
  return frame === undefined ? undefined : (frame + uniform()) * FRAME_MS;
}
