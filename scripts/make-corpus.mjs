// Makes fixtures/prompts and fixtures/replies: WAVs and their manifests, from the texts in make-corpus-texts.mjs.
//
//   npm run fixtures:make            needs Debian's espeak-ng 1.51; nothing else of the project does
//
// Each clip is spoken by espeak-ng, resampled to 24 kHz, trimmed to its speech, set to -20 dBFS active level, framed by
// digital silence, written as 16-bit WAV and annotated from the file as written. The mathematics is harness/audio.
// espeak-ng 1.51 gives the same bytes every time, so a second run changes nothing; another version changes the hashes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { stringify } from 'yaml';

import { prompts, promptVoices, replies, replyVoices } from './make-corpus-texts.mjs';

const require = createRequire(import.meta.url);
require('esbuild-register/dist/node').register();
const audio = {
  ...require('../harness/audio/active-speech-level.ts'),
  ...require('../harness/audio/annotate.ts'),
  ...require('../harness/audio/clip-frame.ts'),
  ...require('../harness/audio/levels.ts'),
  ...require('../harness/audio/resample.ts'),
  ...require('../harness/audio/wav.ts'),
};

const RATE_HZ = 24_000;
const ACTIVE_LEVEL_DBFS = -20;
const HIGHEST_PEAK_DBFS = -1;
/** A longer gap would let a provider with a short silence window end the turn inside the prompt. */
const PAUSE_LIMIT_MS = 120;
/** What espeak-ng says outside the annotated speech is more than 35 dB under it; it is faded over this much. */
const FADE_MS = 10;
const root = fileURLToPath(new URL('..', import.meta.url));

function speak({ voice, wordsPerMinute, pitch }, text) {
  const args = ['-v', voice, '-s', `${wordsPerMinute}`, '-p', `${pitch}`, '-z', '--stdout', text];
  const { channels, rateHz } = audio.readWav(execFileSync('espeak-ng', args, { maxBuffer: 1 << 24 }));
  return { samples: channels[0], rateHz };
}

/** Speech between silences, faded at the cuts; onset falls on `leadMs` exactly. */
const framed = (clip, silence) =>
  audio.framedSpeech(clip, audio.annotateSpeech(clip), { ...silence, fadeMs: FADE_MS });

const levelled = (clip) => audio.levelledSpeech(clip, ACTIVE_LEVEL_DBFS).clip;

/** Refuses a clip that breaks what the README promises; the remedy is another text or another speed. */
function check(id, clip, annotation) {
  const durationMs = ((annotation.offsetSample + 1 - annotation.onsetSample) * 1000) / RATE_HZ;
  const peakDbFs = audio.peakDbFs(clip.samples);
  const problems = [
    annotation.longestPauseMs >= PAUSE_LIMIT_MS && `a pause of ${annotation.longestPauseMs} ms`,
    (durationMs < 900 || durationMs > 2200) && `${durationMs.toFixed(0)} ms of speech`,
    peakDbFs > HIGHEST_PEAK_DBFS && `a peak of ${peakDbFs} dBFS`,
  ].filter(Boolean);
  const { levelDbFs } = audio.activeSpeechLevel(clip.samples, RATE_HZ);
  console.log(
    `${id.padEnd(26)} speech ${durationMs.toFixed(0).padStart(5)} ms  pause ${annotation.longestPauseMs} ms  ` +
      `active ${levelDbFs.toFixed(2)} dBFS  peak ${peakDbFs.toFixed(1)} dBFS${problems.length ? `  BAD: ${problems}` : ''}`,
  );
  return problems.length === 0;
}

async function makeClip(
  { id, utterance, language, transcript, recognisable, voice, leadMs, tailMs },
  folder,
) {
  const spoken = await audio.resample(speak(voice, transcript), RATE_HZ);
  const bytes = audio.writeWav(levelled(framed(levelled(spoken), { leadMs, tailMs })));
  const clip = { samples: audio.readWav(bytes).channels[0], rateHz: RATE_HZ };
  const annotation = audio.annotateSpeech(clip);
  writeFileSync(`${folder}/${id}.wav`, bytes);
  const entry = {
    id,
    utterance,
    file: `${id}.wav`,
    language,
    voice: `espeak-ng ${voice.voice}`,
    transcript,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    rateHz: RATE_HZ,
    lengthSamples: clip.samples.length,
    onsetSample: annotation.onsetSample,
    offsetSample: annotation.offsetSample,
    ...(recognisable === false ? { recognisable } : {}),
  };
  return { entry, isGood: check(id, clip, annotation) };
}

async function makeFolder(kind, name, clips) {
  const folder = `${root}fixtures/${name}`;
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder).filter((file) => file.endsWith('.wav'))) rmSync(`${folder}/${file}`);
  const made = [];
  for (const clip of clips) made.push(await makeClip(clip, folder));
  const manifest = {
    schema: 'earshot/clips@1',
    kind,
    licence: 'CC0-1.0',
    clips: made.map(({ entry }) => entry),
  };
  const yaml =
    '# Made by scripts/make-corpus.mjs; synthesised with espeak-ng 1.51. Do not edit by hand: see fixtures/prompts/README.md.\n' +
    stringify(manifest, { lineWidth: 0 });
  writeFileSync(
    `${folder}/${name}.yaml`,
    await prettier.format(yaml, { parser: 'yaml', ...(await prettier.resolveConfig(folder)) }),
  );
  return made.every(({ isGood }) => isGood);
}

const spokenBy = (texts, voices, silence) =>
  texts.flatMap((text) =>
    voices[text.language].map((voice) => ({
      ...text,
      ...silence,
      id: `${text.utterance}-${voice.suffix}`,
      voice,
    })),
  );

const arePromptsGood = await makeFolder(
  'prompt',
  'prompts',
  spokenBy(prompts, promptVoices, { leadMs: 100, tailMs: 200 }),
);
const areRepliesGood = await makeFolder(
  'reply',
  'replies',
  spokenBy(replies, replyVoices, { leadMs: 40, tailMs: 100 }),
);
process.exitCode = arePromptsGood && areRepliesGood ? 0 : 1;
