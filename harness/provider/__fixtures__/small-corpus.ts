/** A few clips of the committed corpus and a scenario without delays. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readWav, toPcm16 } from '../../audio';
import type { Corpus, Scenario, SpeechClip } from '../../ports';

const fixtures = join(__dirname, '../../../fixtures');

function clips(kind: 'prompt' | 'reply', keep: (clip: SpeechClip) => boolean): Map<string, SpeechClip> {
  const folder = join(fixtures, kind === 'prompt' ? 'prompts' : 'replies');
  const file = parse(
    readFileSync(join(folder, `${kind === 'prompt' ? 'prompts' : 'replies'}.yaml`), 'utf8'),
  ) as {
    clips: (SpeechClip & { file: string })[];
  };
  const all = file.clips.map((clip) => ({
    ...clip,
    kind,
    licence: 'CC0-1.0',
    path: join(folder, clip.file),
  }));
  return new Map(all.filter(keep).map((clip) => [clip.id, clip]));
}

/** The committed corpus, or the prompts of it that are wanted. */
export const committedCorpus = (keep: (clip: SpeechClip) => boolean = () => true): Corpus => ({
  prompts: clips('prompt', keep),
  replies: clips('reply', () => true),
});

/** Four utterances, one voice each, two languages: quick to load. */
export const smallCorpus = (): Corpus =>
  committedCorpus((clip) =>
    ['en-light-on-a', 'en-light-off-a', 'en-joke-a', 'zh-light-on-a'].includes(clip.id),
  );

export const scenario: Scenario = {
  schema: 'earshot/scenario@1',
  name: 'test',
  greeting: { en: 'en-greeting', zh: 'zh-greeting' },
  turns: [
    {
      heard: ['en-light-on', 'zh-light-on'],
      calls: [{ name: 'SetLightState', arguments: { LightState: true } }],
      say: { en: 'en-light-is-on', zh: 'zh-light-is-on' },
    },
    { heard: ['en-joke'], calls: [], say: { en: 'en-joke' } },
  ],
  unknown: { en: 'en-sorry', zh: 'zh-sorry' },
  timing: { responseCreatedMs: 0, firstAudioMs: 0, toolCallMs: 0 },
  pacing: { chunkMs: 200, realTimeFactor: 0 },
  text: { firstTokenMs: 0, betweenTokensMs: 0, charsPerToken: 4 },
  turnDetection: { threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs: 200 },
  seed: 1,
};

/** A prompt between silences, mono 16-bit at 24 000 Hz. */
export function spoken(corpus: Corpus, id: string, leadMs = 400, tailMs = 500): Int16Array {
  const clip = corpus.prompts.get(id) ?? corpus.replies.get(id);
  if (clip === undefined) throw new Error(`no clip ${id}`);
  const { channels } = readWav(readFileSync(clip.path));
  const speech = toPcm16(channels[0] ?? new Float32Array()).pcm;
  const out = new Int16Array(24 * leadMs + speech.length + 24 * tailMs);
  out.set(speech, 24 * leadMs);
  return out;
}
