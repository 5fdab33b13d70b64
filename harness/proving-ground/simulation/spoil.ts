import { FIRST_RIG_SAMPLE, RATE_HZ } from './layout';
import type { Spoken } from './spoken';
import type { SyntheticTurn } from './synthetic-turn';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { floor, round } = Math;

/** What goes wrong with a finished capture, so that nothing is left to measure. */
export type Spoiling =
  | 'digital-silence'
  | 'clipped-flat'
  | 'ends-before-reply'
  | 'ends-in-prompt'
  /** Periods of 10 ms are missing between prompt and reply, and the rig has counted that. */
  | 'lost-periods'
  /** The provider's log names another reply than the one that was played. */
  | 'another-reply';

const PERIOD_SAMPLES = 480;

function withChannels(
  turn: SyntheticTurn,
  change: (samples: Float32Array) => Float32Array,
  overruns = 0,
): SyntheticTurn {
  const { capture } = turn.sound;
  const saved = turn.record.capture;
  if (capture === undefined || saved === undefined) return turn;
  const channels = capture.channels.map(change);
  const lengthSamples = channels[0]?.length ?? 0;
  return {
    ...turn,
    sound: { ...turn.sound, capture: { ...capture, channels } },
    record: {
      ...turn.record,
      endedAtHostMs:
        turn.record.endedAtHostMs - ((saved.lengthSamples - lengthSamples) * 1000) / saved.rateHz,
      capture: {
        ...saved,
        lengthSamples,
        overruns,
        clockPoints: saved.clockPoints.filter(
          ({ rigSample }) => rigSample <= FIRST_RIG_SAMPLE + lengthSamples,
        ),
      },
    },
  };
}

/** First capture sample after the prompt's speech, by counting. */
function promptEndOf({ record }: SyntheticTurn): number {
  const { truth, prompt } = record;
  const start = truth?.promptStartAtRigSample ?? FIRST_RIG_SAMPLE;
  return round(start + (prompt.offsetSample * RATE_HZ) / prompt.rateHz) - FIRST_RIG_SAMPLE + 1;
}

/** A turn after one mishap. */
export function spoiled(
  turn: SyntheticTurn,
  spoiling: Spoiling,
  { uniform, otherReply }: { readonly uniform: () => number; readonly otherReply: Spoken },
): SyntheticTurn {
  const promptEnd = promptEndOf(turn);
  const gapSamples = floor((turn.truth.voiceToVoice * RATE_HZ) / 1000);
  switch (spoiling) {
    case 'digital-silence':
      return withChannels(turn, (samples) => new Float32Array(samples.length));
    case 'clipped-flat':
      return withChannels(turn, (samples) => new Float32Array(samples.length).fill(1));
    case 'ends-before-reply':
      return withChannels(turn, (samples) => samples.subarray(0, promptEnd + floor(0.9 * gapSamples)));
    case 'ends-in-prompt':
      return withChannels(turn, (samples) => samples.subarray(0, promptEnd - floor(0.5 * RATE_HZ)));
    case 'lost-periods': {
      const periods = 1 + floor(3 * uniform());
      const at = promptEnd + floor(uniform() * (gapSamples - periods * PERIOD_SAMPLES));
      const without = (samples: Float32Array): Float32Array => {
        const kept = samples.slice(0, samples.length - periods * PERIOD_SAMPLES);
        kept.set(samples.subarray(at + periods * PERIOD_SAMPLES), at);
        return kept;
      };
      return withChannels(turn, without, periods);
    }
    case 'another-reply':
      return {
        ...turn,
        record: {
          ...turn.record,
          replies: turn.record.replies.map((reply) => ({ ...reply, clip: otherReply.clip })),
        },
        sound: { ...turn.sound, replies: new Map([[otherReply.clip.id, otherReply.sound]]) },
      };
  }
}
