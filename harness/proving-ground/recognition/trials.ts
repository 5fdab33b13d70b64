import type { SpeechClip } from '../../ports';
import { seededUniform } from '../../units';
import { nearMisses } from './near-misses';
import { otherSentences } from './other-sentences';
import { drawPath, type Path } from './path';
import { musicKinds, noiseKinds, type SoundKind } from './sounds';
import { corpusVoices, otherVoices, type Voice } from './voices';

/** What a trial is about; results are counted by class. */
export const trialClasses = [
  'prompt, played faster or slower',
  'prompt, tempo changed, pitch kept',
  'prompt, spoken faster or slower',
  'near miss, voice of the corpus',
  'near miss, tempo changed, pitch kept',
  'near miss, same voice spoken faster or slower',
  'near miss, other voice',
  'other sentence',
  'prompt in another voice',
  'music-like',
  'noise',
] as const;
export type TrialClass = (typeof trialClasses)[number];

export type TrialSource =
  | { readonly kind: 'clip'; readonly clipId: string }
  | { readonly kind: 'spoken'; readonly text: string; readonly voice: Voice }
  | { readonly kind: 'sound'; readonly sound: SoundKind; readonly seed: number };

/** One clip on one path, and what would be right. */
export interface Trial {
  readonly id: string;
  readonly class: TrialClass;
  readonly source: TrialSource;
  readonly path: Path;
  /** Brought to this tempo first, pitch kept; 1.05: 5 % faster. Absent: as it was recorded. */
  readonly tempo?: number;
  /** The utterance that it is; absent: none of the corpus. */
  readonly utterance?: string;
  /** The utterance that a near miss resembles, and in what it differs. */
  readonly near?: { readonly utterance: string; readonly change: string };
}

/** `tune` sets thresholds, `report` is what is published: other words, other sentences, other seeds. */
export type Split = 'tune' | 'report';

/** At 10 dB, which is what the target says. */
const PROMPT_SNR_DB = 10;

const atRate = (voice: Voice, rate: number): Voice => ({
  ...voice,
  wordsPerMinute: Math.round(voice.wordsPerMinute * rate),
});

/** Spoken rates that espeak-ng can tell apart: 4 and 5 % off. */
const SPOKEN_RATES = [0.95, 1.05, 0.96, 1.04] as const;

/** All trials of a split. */
export function trialsOf(split: Split, prompts: readonly SpeechClip[]): readonly Trial[] {
  const parity = split === 'tune' ? 1 : 0;
  let seed = split === 'tune' ? 1_000_000 : 5_000_000;
  const trials: Trial[] = [];
  const add = (
    trialClass: TrialClass,
    source: TrialSource,
    more: Partial<Trial> = {},
    snrDb?: number,
  ): void => {
    const path = drawPath(seed, snrDb);
    const keepsPitch = trialClass.includes('spoken') || trialClass.includes('tempo');
    const inClass = keepsPitch ? { ...path, speed: 1 } : path;
    trials.push({ id: `${split}-${seed++}`, class: trialClass, source, path: inClass, ...more });
  };
  const commands = prompts.filter(({ recognisable }) => recognisable !== false);
  for (let round = 0; round < 8; round++) {
    for (const [index, clip] of commands.entries()) {
      const truth = { utterance: clip.utterance };
      add('prompt, played faster or slower', { kind: 'clip', clipId: clip.id }, truth, PROMPT_SNR_DB);
      if (round >= 4) continue;
      const voices = corpusVoices[clip.language] ?? [];
      const voice = voices[clip.id.endsWith('-a') ? 0 : 1] as Voice;
      const rate = SPOKEN_RATES[(round + index) % SPOKEN_RATES.length] as number;
      const again = { kind: 'spoken', text: clip.transcript, voice: atRate(voice, rate) } as const;
      add('prompt, spoken faster or slower', again, truth, PROMPT_SNR_DB);
      const others = otherVoices[clip.language] ?? [];
      const other = others[round % others.length] as Voice;
      if (clip.id.endsWith('-a'))
        add('prompt in another voice', { kind: 'spoken', text: clip.transcript, voice: other }, truth);
    }
  }
  const misses = nearMisses(new Set(prompts.map(({ transcript }) => transcript)));
  for (const [index, miss] of misses.entries()) {
    if (miss.alternative % 2 !== parity) continue;
    const near = { near: { utterance: miss.utterance, change: miss.change } };
    for (const voice of corpusVoices[miss.language] ?? []) {
      const said = (spoken: Voice): TrialSource => ({ kind: 'spoken', text: miss.text, voice: spoken });
      add('near miss, voice of the corpus', said(voice), near);
      add('near miss, voice of the corpus', said(voice), near, 10 + (index % 3) * 10);
      const rate = SPOKEN_RATES[index % SPOKEN_RATES.length] as number;
      add('near miss, same voice spoken faster or slower', said(atRate(voice, rate)), near);
    }
    const others = otherVoices[miss.language] ?? [];
    const other = others[index % others.length] as Voice;
    add('near miss, other voice', { kind: 'spoken', text: miss.text, voice: other }, near);
  }
  for (const [index, { text, language }] of otherSentences.entries()) {
    if (index % 2 !== parity) continue;
    for (const voice of [...(corpusVoices[language] ?? []), ...(otherVoices[language] ?? [])])
      add('other sentence', { kind: 'spoken', text, voice });
  }
  for (const clip of prompts.filter(({ recognisable }) => recognisable === false))
    for (let round = 0; round < 5; round++) add('other sentence', { kind: 'clip', clipId: clip.id });
  const soundSeed = split === 'tune' ? 1 : 500_001;
  for (let round = 0; round < 60; round++) {
    for (const [at, kind] of musicKinds.entries())
      add('music-like', { kind: 'sound', sound: kind, seed: soundSeed + 16 * round + at });
    for (const [at, kind] of noiseKinds.entries())
      add('noise', { kind: 'sound', sound: kind, seed: soundSeed + 16 * round + 8 + at });
  }
  // Last, so that the trials above keep their seeds.
  for (let round = 0; round < 4; round++)
    for (const clip of commands) {
      const more = { utterance: clip.utterance, tempo: drawTempo(seed) };
      add('prompt, tempo changed, pitch kept', { kind: 'clip', clipId: clip.id }, more, PROMPT_SNR_DB);
    }
  for (const { text, utterance, change, language, alternative } of misses) {
    if (alternative % 2 !== parity) continue;
    for (const voice of corpusVoices[language] ?? []) {
      const more = { near: { utterance, change }, tempo: drawTempo(seed) };
      add('near miss, tempo changed, pitch kept', { kind: 'spoken', text, voice }, more);
    }
  }
  return trials;
}

/** 2 to 5 % faster or slower. */
function drawTempo(seed: number): number {
  const uniform = seededUniform(seed ^ 0x7e3a);
  const off = 0.02 + 0.03 * uniform();
  return uniform() < 0.5 ? 1 - off : 1 + off;
}
