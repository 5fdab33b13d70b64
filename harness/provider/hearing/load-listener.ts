import { readFileSync } from 'node:fs';
import {
  fingerprintTemplate,
  readWav,
  recogniseUtterance,
  type FingerprintTemplate,
  type SampleSpan,
} from '../../audio';
import type { SpeechClip } from '../../ports';
import type { Heard } from './heard';

/** Rate of what a session receives. */
const STREAM_RATE_HZ = 24_000;

/**
 * Reads the prompts and gives back what recognises them in mono 16-bit at 24 000 Hz, synchronously.
 * @param betweenSteps - Called each millisecond or so of the work. Default: nothing.
 */
export function loadListener(
  prompts: readonly SpeechClip[],
  betweenSteps?: () => void,
): (samples: Int16Array, leadInSamples: number, invented?: readonly SampleSpan[]) => Heard {
  const templates = prompts.map(templateOf);
  const byId = new Map(prompts.map((clip) => [clip.id, clip]));
  return (pcm, leadInSamples, invented) => {
    const samples = new Float32Array(pcm.length);
    for (let index = 0; index < pcm.length; index++) samples[index] = (pcm[index] as number) / 32768;
    const match = recogniseUtterance(templates, { samples, rateHz: STREAM_RATE_HZ }, leadInSamples, {
      betweenSteps,
      invented,
    });
    const clip = match.id === undefined ? undefined : byId.get(match.id);
    if (clip === undefined) {
      const { confidence, nearest } = match;
      return nearest === undefined ? { confidence } : { confidence, nearest };
    }
    const { id: promptId, utterance, language } = clip;
    return { promptId, utterance, language, confidence: match.confidence };
  };
}

/** What was read of a clip once; several mocks in one process share it as they share the corpus. */
const known = new WeakMap<SpeechClip, FingerprintTemplate>();

function templateOf(clip: SpeechClip): FingerprintTemplate {
  const loaded = known.get(clip);
  if (loaded !== undefined) return loaded;
  const { channels, rateHz } = readWav(readFileSync(clip.path), clip.path);
  const samples = channels[0] ?? new Float32Array();
  const { id, utterance, onsetSample, offsetSample } = clip;
  const template = fingerprintTemplate({ id, utterance, samples, rateHz, onsetSample, offsetSample });
  known.set(clip, template);
  return template;
}
