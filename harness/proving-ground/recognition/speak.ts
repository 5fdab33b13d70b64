import { execFileSync } from 'node:child_process';
import { activeSpeechLevel, annotateSpeech, readWav, resample, type PcmClip } from '../../audio';
import type { Voice } from './voices';

const RATE_HZ = 24_000;
/** As the corpus: its clips have this active level (ITU-T P.56). */
const ACTIVE_LEVEL_DBFS = -20;

/** Whether espeak-ng can be started. */
export function hasEspeak(): boolean {
  try {
    execFileSync('espeak-ng', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Remembers the last results by voice and text: trials of one source follow each other, and one original has many near misses. */
function remembering<T>(
  most: number,
  make: (voice: Voice, text: string) => T,
): (voice: Voice, text: string) => T {
  const known = new Map<string, T>();
  return (voice, text) => {
    const key = JSON.stringify([voice, text]);
    const result = known.get(key) ?? make(voice, text);
    known.delete(key);
    known.set(key, result);
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    return result;
  };
}

/** What espeak-ng says, at its own rate; the same bytes every time. */
export const spokenRaw = remembering(200, ({ voice, wordsPerMinute, pitch }, text): Buffer => {
  const args = ['-v', voice, '-s', `${wordsPerMinute}`, '-p', `${pitch}`, '-z', '--stdout', text];
  return execFileSync('espeak-ng', args, { maxBuffer: 1 << 24, stdio: ['ignore', 'pipe', 'ignore'] });
});

/** A sentence as a clip of the corpus would be: 24 000 Hz, cut to its speech, at -20 dBFS active level. */
export const spoken = remembering(4, async (voice, text): Promise<PcmClip> => {
  const { channels, rateHz } = readWav(spokenRaw(voice, text));
  const clip = await resample({ samples: channels[0] ?? new Float32Array(), rateHz }, RATE_HZ);
  const speech = annotateSpeech(clip);
  if (speech === undefined) throw new RangeError(`espeak-ng says nothing for "${text}" in ${voice.voice}.`);
  const { onsetSample, offsetSample } = speech;
  const samples = clip.samples.slice(onsetSample, offsetSample + 1);
  const levelDbFs = activeSpeechLevel(samples, RATE_HZ)?.levelDbFs ?? ACTIVE_LEVEL_DBFS;
  const gain = 10 ** ((ACTIVE_LEVEL_DBFS - levelDbFs) / 20);
  return { samples: samples.map((sample) => sample * gain), rateHz: RATE_HZ };
});
